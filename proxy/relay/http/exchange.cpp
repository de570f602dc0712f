#include "exchange.hpp"

#include "../front.hpp"
#include "../pump.hpp"
#include "helloscope/wire/front/masked_head.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

namespace helloscope::relay::http {

using namespace boost::asio::experimental::awaitable_operators;
using model::leg;
using net::error_code;
using net::asio::awaitable;
using wire::front::body_kind;
using wire::front::proxy_error;

namespace {

constexpr std::size_t longest_line = 16 * 1024; // of a chunk's head, or of trailers

// Others a proxy must not repeat by itself (RFC 9110 section 9.2.2).
bool is_idempotent(std::string_view method) {
    constexpr std::string_view all[] = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
    return std::ranges::find(all, method) != std::end(all);
}

} // namespace

awaitable<outcome> exchange::run() {
    const auto began = of_.touch();
    co_await (send_request() && receive_answer());
    if (!answered_) out_.how = outcome::ending::cut; // the flow was ended from outside
    if (out_.how == outcome::ending::done || out_.how == outcome::ending::upgraded) {
        model::exchanged event;
        event.method = wire::front::masked_method(asked_.method.substr(0, 32));
        event.status = out_.answered;
        event.request_bytes = sent_;
        event.response_bytes = received_;
        event.took = of_.clock.now() - began;
        of_.tell(std::move(event));
    }
    co_return std::move(out_);
}

awaitable<void> exchange::send_request() {
    if (const auto head = wire::front::parse_request_head(as_bytes(head_)))
        of_.tell_dialogue(
            direction::to_server, wire::front::masked_head(*head), trace::legs::server);
    const auto failed = co_await say(direction::to_server, head_);
    if (!failed) {
        const auto out = asked_.framing.kind == body_kind::chunked ? written_as::chunked
                                                                   : written_as::as_it_is;
        body moving(asked_.framing, out);
        const auto how = co_await pass_body(moving, direction::to_server);
        asked_all_ = how == passed::whole;
        if (answered_) co_return;
        if (how == passed::source_bad) {
            out_.status = 400;
            no_answer(proxy_error::http_request_error, "the body of the request: " + bad_);
        } else if (how == passed::source_cut) {
            of_.tell_closed(leg::client, "peer", "fin");
            cut();
        }
    }
    // Whatever the server thinks of half a request, it may still say it.
    if (!answered_) co_await wait_for_client();
}

// A client that goes away while it waits takes the exchange with it.
awaitable<void> exchange::wait_for_client() {
    if (!client_.unused().empty()) co_return; // it has asked for more already
    if (co_await of_.client->wait_readable() || answered_) co_return;
    const auto end = of_.client->ended();
    if (!end) co_return;
    if (end == net::asio::error::eof)
        of_.tell_closed(leg::client, "peer", "fin");
    else
        of_.tell_broken(leg::client, end);
    cut();
}

awaitable<void> exchange::receive_answer() {
    while (!answered_) {
        const auto head = wire::front::parse_response_head(server_.unused());
        if (!head && head.error().code == errc::need_more &&
            server_.unused().size() <= wire::front::max_head_size) {
            const auto failed = co_await server_.more();
            if (answered_ || of_.aborted) co_return;
            if (!failed) continue;
            out_.may_repeat = server_.unused().empty() && is_idempotent(asked_.method) &&
                              asked_.framing.kind == body_kind::none;
            if (failed != net::asio::error::eof) of_.tell_broken(leg::server, failed);
            no_answer(
                proxy_error::connection_terminated,
                server_.unused().empty() ? "closed the connection without an answer"
                                         : "closed the connection in the head of its answer");
            co_return;
        }
        parsed<response_plan> plan;
        if (head) plan = plan_response(*head, asked_, of_.around.common.pseudonym);
        if (plan && plan->status == 101 && !(asked_.upgrade && asked_all_)) {
            no_answer(
                proxy_error::http_protocol_error,
                asked_.upgrade ? "switched protocols before it had the whole request"
                               : "switched protocols, which nobody had asked for");
            co_return;
        }
        if (!head || !plan) {
            no_answer(
                proxy_error::http_protocol_error,
                "did not answer in HTTP/1: " + to_string(head ? plan.error() : head.error()));
            co_return;
        }
        of_.tell_dialogue(
            direction::to_client, wire::front::masked_response_head(*head), trace::legs::server);
        server_.spend(head->size);
        if (!co_await pass_answer(std::move(*plan))) co_return;
    }
}

// False when it was the last one.
awaitable<bool> exchange::pass_answer(response_plan plan) {
    const bool interim = plan.status < 200 && plan.status != 101;
    if (interim && asked_.minor_version == 0) co_return true; // it would not understand
    out_.answered = plan.status;
    out_.words = std::move(plan.reason);
    answer_begun_ = !interim;
    if (!interim && !asked_all_) end_client(plan); // what is left of the request is for nobody
    if (const auto head = wire::front::parse_response_head(as_bytes(plan.head)))
        of_.tell_dialogue(
            direction::to_client, wire::front::masked_response_head(*head), trace::legs::client);
    if (co_await say(direction::to_client, plan.head)) {
        cut();
        co_return false;
    }
    if (interim) co_return true;
    if (plan.status == 101) {
        out_.how = outcome::ending::upgraded;
        finish();
        co_return false;
    }
    body moving(plan.framing, plan.out);
    const auto how = co_await pass_body(moving, direction::to_client);
    if (answered_) co_return false;
    if (of_.aborted) { // a fault has ended the flow, or helloscope ends
        out_.how = outcome::ending::cut;
        finish();
        co_return false;
    }
    if (how != passed::whole) {
        if (how == passed::target_broken) of_.tell_closed(leg::client, "peer", "rst");
        if (how == passed::source_cut) of_.tell_closed(leg::server, "peer", "fin");
        if (how == passed::source_bad)
            of_.tell_closed(leg::server, "helloscope", "error", "answer's body: " + bad_);
        cut();
        co_return false;
    }
    out_.server_stays = plan.server_stays && asked_all_;
    out_.client_stays = plan.client_stays;
    finish();
    co_return false;
}

awaitable<exchange::passed> exchange::pass_body(body& moving, direction way) {
    auto& from = way == direction::to_server ? client_ : server_;
    auto& total = way == direction::to_server ? sent_ : received_;
    bytes out;
    while (true) {
        out.clear();
        const auto unused = from.unused();
        const auto step = moving.take(unused, out);
        if (step.used > 0) {
            of_.touch();
            of_.watching.saw(way, unused.first(step.used), of_.last_byte);
            from.spend(step.used);
            total += step.content;
        }
        if (!out.empty() && co_await write_all(of_.to(way), out)) co_return passed::target_broken;
        if (moving.done()) co_return passed::whole;
        if (!step.error.empty() || from.unused().size() > longest_line) {
            bad_ = step.error.empty() ? "a line of it is too long" : step.error;
            co_return passed::source_bad;
        }
        if (moving.plain_left() > 0) co_return co_await pass_plain(moving, way);
        if (const auto failed = co_await from.more()) {
            if (failed != net::asio::error::eof) co_return passed::source_cut;
            out.clear();
            if (!moving.end(out)) co_return passed::source_cut;
            co_return out.empty() || !co_await write_all(of_.to(way), out) ? passed::whole
                                                                           : passed::target_broken;
        }
        if (answered_) co_return passed::source_cut; // no wait was there to be ended
    }
}

// What needs no looking at goes through a large buffer, uncopied.
awaitable<exchange::passed> exchange::pass_plain(body& moving, direction way) {
    auto& total = way == direction::to_server ? sent_ : received_;
    while (!moving.done()) {
        if (co_await of_.from(way).wait_readable() || answered_) co_return passed::source_cut;
        auto buffer = of_.around.buffers.borrow();
        const auto room = buffer.span().first(static_cast<std::size_t>(
            std::min<std::uint64_t>(moving.plain_left(), buffer.span().size())));
        const auto got = of_.from(way).read_now(room);
        if (got.error == net::asio::error::would_block) continue;
        if (got.size == 0) {
            bytes none;
            const bool whole = got.error == net::asio::error::eof && moving.end(none);
            co_return whole ? passed::whole : passed::source_cut;
        }
        const auto read = bytes_view(room).first(got.size);
        of_.touch();
        of_.watching.saw(way, read, of_.last_byte);
        total += got.size;
        moving.passed(got.size);
        if (co_await write_all(of_.to(way), read)) co_return passed::target_broken;
    }
    co_return passed::whole;
}

awaitable<error_code> exchange::say(direction way, std::string_view head) {
    const auto failed = co_await write_all(of_.to(way), as_bytes(head));
    of_.touch();
    if (failed && !of_.aborted)
        of_.tell_broken(way == direction::to_server ? leg::server : leg::client, failed);
    co_return failed;
}

void exchange::no_answer(proxy_error error, std::string words) {
    if (answer_begun_) return cut();
    out_.how = outcome::ending::no_answer;
    out_.error = error;
    out_.words = std::move(words);
    finish();
}

// Nobody must take what has passed for the whole.
void exchange::cut() {
    out_.how = outcome::ending::cut;
    finish();
    of_.abort();
}

// Who still waits for a leg comes back.
void exchange::finish() {
    answered_ = true;
    of_.client->stop_waiting();
    of_.server->stop_waiting();
}

} // namespace helloscope::relay::http
