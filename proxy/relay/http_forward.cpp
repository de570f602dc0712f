#include "http_forward.hpp"

#include "flow_faults.hpp"
#include "flow_runner.hpp"
#include "fronts/fronts.hpp"
#include "http/exchange.hpp"
#include "http/head.hpp"

#include <fmt/format.h>

namespace helloscope::relay {

using model::leg;
using net::asio::awaitable;
using wire::front::proxy_error;

namespace {

// What stays between two requests: the server leg, as long as it fits.
struct kept_leg {
    std::string key; // where it leads
    std::optional<wire::front::proxy_url> http_parent;
    std::unique_ptr<stream_reader> answers;
};

// Requests to any server may go to the same last parent; else a leg is for one server.
std::string key_of(const flow& of, const policy::way_out& way, const host_port& target) {
    const auto& wanted = of.around.common.options;
    std::string key = of.route ? of.route->name + " " : "";
    for (const auto& parent : way.parents) key += to_string(parent) + " ";
    return ends_at_parent(wanted, way, target) ? key : key + to_string(target);
}

void drop_server(flow& of, kept_leg& leg) {
    if (of.server) {
        of.tell_closed(leg::server, "helloscope", "fin");
        of.server->close();
        of.server.reset();
    }
    leg = {};
}

// What a server says before it is asked is no answer to the next request.
bool is_quiet(net::stream& server) {
    std::uint8_t one = 0;
    return server.read_now({&one, 1}).error == net::asio::error::would_block;
}

bool fits(const flow& of, const kept_leg& leg, const std::string& key) {
    return of.server && leg.key == key && leg.answers->unused().empty() && is_quiet(*of.server);
}

enum class opened : std::uint8_t { stands, gone, refused };

awaitable<opened> open(
    flow& of, kept_leg& leg, request& asked, const std::string& key, bool sent_more) {
    drop_server(of, leg);
    auto made = co_await open_unless_gone(of, asked, sent_more);
    if (!made) co_return opened::gone;
    if (made->why) {
        co_await refuse(of, *asked.by, std::move(*made->why));
        co_return opened::refused;
    }
    of.tell_path(leg::server);
    of.enter(model::stage::data);
    if (of.faults) of.faults->wrap(co_await net::asio::this_coro::executor, made->local.address.v6);
    leg.key = key;
    leg.http_parent = std::move(made->http_parent);
    leg.answers = std::make_unique<stream_reader>(of.server, of.around.buffers);
    leg.answers->put(made->early);
    co_return opened::stands;
}

// The client's own login is for the nearest parent alone.
std::string head_for(
    const kept_leg& leg, const http::request_plan& plan, const std::string& authorization) {
    if (!leg.http_parent) return plan.origin_head;
    if (leg.http_parent->login)
        return http::with_authorization(
            plan.parent_head, wire::front::basic_authorization(*leg.http_parent->login));
    if (!plan.to_nearest_parent || authorization.empty()) return plan.parent_head;
    return http::with_authorization(plan.parent_head, authorization);
}

refusal not_passed_on(const parse_error& why) {
    return refusal(
        400, proxy_error::http_request_error,
        fmt::format("the request is not passed on: {}", to_string(why)));
}

refusal no_answer(const kept_leg& leg, const request& asked, const http::outcome& done) {
    if (done.status == 400) return refusal(400, done.error, done.words);
    const auto who = leg.http_parent ? "parent " + to_string(*leg.http_parent)
                                     : to_string(asked.target);
    return refusal(done.status, done.error, fmt::format("{} {}", who, done.words));
}

// Only proxies ask so: it is the parent that speaks, not the server.
void tell_login_wanted(flow& of, const wire::front::proxy_url& parent, const http::outcome& done) {
    model::parent_answered event;
    event.parent = to_string(parent);
    event.status = done.answered;
    event.reason = printable(done.words);
    event.error = "auth";
    of.tell(std::move(event));
}

// What follows on the client's connection: another request, nothing but an orderly end, or it has
// ended already.
enum class after : std::uint8_t { another, goodbye, over };

// One request and its answer.
awaitable<after> serve(flow& of, stream_reader& from, kept_leg& leg, request asked) {
    const auto head = wire::front::parse_request_head(from.unused());
    auto plan = http::plan_request(*head, of.around.common.pseudonym);
    if (!plan) {
        co_await refuse(of, *asked.by, not_passed_on(plan.error()));
        co_return after::over;
    }
    if (plan->ends_here) {
        co_await refuse(
            of, *asked.by,
            refusal(501, proxy_error::http_request_denied, "Max-Forwards: 0 ends here"));
        co_return after::over;
    }
    from.spend(plan->size);
    asked.target = plan->target;
    const auto& wanted = of.around.common.options;
    co_await choose_way(of, asked);
    const auto way = *asked.way;
    const auto key = key_of(of, way, asked.target);
    plan->to_nearest_parent = way.parents.size() == 1 && ends_at_parent(wanted, way, asked.target);
    bool reused = fits(of, leg, key);
    while (true) {
        if (!reused) {
            const auto got = co_await open(of, leg, asked, key, !from.unused().empty());
            if (got != opened::stands) co_return after::over;
        }
        http::exchange now(
            of, from, *leg.answers, *plan, head_for(leg, *plan, asked.authorization));
        const auto done = co_await now.run();
        if (leg.http_parent && done.answered == 407) tell_login_wanted(of, *leg.http_parent, done);
        switch (done.how) {
        case http::outcome::ending::done:
            if (!done.server_stays) drop_server(of, leg);
            co_return done.client_stays ? after::another : after::goodbye;
        case http::outcome::ending::upgraded:
            co_await tunnel(of, from.take(), leg.answers->take());
            co_return after::over;
        case http::outcome::ending::no_answer:
            // A server may close a connection that waits for requests just when one comes.
            if (std::exchange(reused, false) && done.may_repeat) continue;
            co_await refuse(of, *asked.by, no_answer(leg, asked, done));
            co_return after::over;
        case http::outcome::ending::cut: co_return after::over;
        }
    }
}

// It may come whenever it likes (--idle-timeout watches), but has to go on once it has begun.
awaitable<std::optional<request>> next_request(flow& of, stream_reader& from) {
    net::error_code failed;
    if (from.unused().empty()) failed = co_await from.more();
    if (failed) {
        co_await fronts::left_early(of, from, wire::front::first_bytes::http, failed, false);
        co_return std::nullopt;
    }
    const net::deadline time(
        co_await net::asio::this_coro::executor, *of.client, of.around.common.options.limits.front);
    co_return co_await fronts::read_http(of, from, time);
}

} // namespace

awaitable<std::optional<request>> forward_http(flow& of, stream_reader& from, request first) {
    kept_leg leg;
    of.watching.expect_plain();
    std::optional<request> asked(std::move(first));
    while (asked && asked->what == policy::asked_for::plain_http) {
        const auto next = co_await serve(of, from, leg, std::move(*asked));
        asked.reset();
        if (of.aborted || next == after::over) break;
        if (next == after::goodbye) {
            co_await say_goodbye(of, "");
            break;
        }
        asked = co_await next_request(of, from);
    }
    if (of.aborted) co_return std::nullopt;
    drop_server(of, leg);
    if (asked) of.watching.expect_tls();
    co_return asked;
}

} // namespace helloscope::relay
