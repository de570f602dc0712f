#include "front.hpp"

#include "fronts/fronts.hpp"
#include "helloscope/net/streams/deadline.hpp"
#include "helloscope/relay/access.hpp"
#include "helloscope/wire/front/hop_fields.hpp"
#include "helloscope/wire/front/sniff.hpp"
#include "pump.hpp"

#include <fmt/format.h>

namespace helloscope::relay {

using model::leg;
using net::asio::awaitable;
using wire::front::error_answer_spec;
using wire::front::first_bytes;
using wire::front::proxy_error;

namespace {

using namespace std::chrono_literals;

constexpr auto answer_limit = 5s; // for an error answer to be taken, and for the client to close

error_answer_spec spec_of(int status, proxy_error error, std::string cause) {
    error_answer_spec spec;
    spec.status = status;
    spec.error = error;
    spec.cause = std::move(cause);
    return spec;
}

awaitable<std::optional<request>> by_first_bytes(flow& of, stream_reader& from) {
    const net::deadline time(
        co_await net::asio::this_coro::executor, *of.client, of.around.common.options.limits.front);
    auto kind = wire::front::sniff(from.unused());
    while (kind == first_bytes::need_more) {
        if (const auto failed = co_await from.more()) {
            co_await fronts::left_early(of, from, kind, failed, time.fired());
            co_return std::nullopt;
        }
        kind = wire::front::sniff(from.unused());
    }
    switch (kind) {
    case first_bytes::socks4:
    case first_bytes::socks5: co_return co_await fronts::read_socks(of, from, time);
    case first_bytes::tls:
    case first_bytes::sslv2_hello: co_await fronts::refuse_tls(of, from); co_return std::nullopt;
    case first_bytes::proxy_v1:
    case first_bytes::proxy_v2:
        fronts::tell_unknown(of, "proxy-protocol", from.unused().size());
        co_await refuse(
            of, *fronts::http_answers(),
            refusal(
                400, proxy_error::http_request_error,
                "a PROXY protocol header came: helloscope run takes it with "
                "--accept-haproxy-protocol"));
        co_return std::nullopt;
    default: co_return co_await fronts::read_http(of, from, time);
    }
}

} // namespace

refusal::refusal(proxy_error error, std::string cause)
    : refusal(wire::front::recommended_status(error), error, std::move(cause)) {}

refusal::refusal(int status, proxy_error error, std::string cause)
    : spec(spec_of(status, error, std::move(cause))) {}

std::string printable(std::string_view words) {
    std::string out(words);
    for (auto& c : out)
        if (c < ' ' || c > '~') c = '?';
    return out;
}

// A coroutine without a local, which awaits in a condition, loses its arguments in g++ 12.
awaitable<std::optional<request>> read_front(flow& of, stream_reader& from) {
    bool goes_on = true;
    if (of.around.common.options.accept_haproxy) goes_on = co_await fronts::read_haproxy(of, from);
    if (!goes_on) co_return std::nullopt;
    switch (of.came.in.how) {
    case way_in::reverse:
    case way_in::redirect:
    case way_in::tproxy: co_return co_await fronts::read_unspoken(of);
    case way_in::tls_proxy: goes_on = co_await fronts::accept_tls(of, from); break;
    case way_in::proxy: break;
    }
    if (!goes_on) co_return std::nullopt;
    co_return co_await by_first_bytes(of, from);
}

awaitable<void> say_goodbye(flow& of, std::string answer) {
    const net::deadline limit(co_await net::asio::this_coro::executor, *of.client, answer_limit);
    if (!co_await write_all(*of.client, as_bytes(answer))) {
        of.client->shutdown_send();
        auto buffer = of.around.buffers.borrow();
        net::moved got;
        while (!got.error || got.error == net::asio::error::would_block) {
            if (limit.fired() || co_await of.client->wait_readable()) break;
            got = of.client->read_now(buffer.span());
        }
    }
    of.tell_closed(leg::client, "helloscope", "fin");
    of.client->close();
}

awaitable<void> refuse(flow& of, const front& by, refusal why) {
    auto answer = by.refused(why);
    const auto status = static_cast<std::uint16_t>(why.spec.status);
    co_await fronts::answer_and_close(
        of, status, why.spec.cause, fmt::format("helloscope; error={}", to_string(why.spec.error)),
        std::move(answer));
}

namespace fronts {

void tell_unknown(flow& of, std::string_view front, std::size_t length) {
    model::requested event;
    event.front = front;
    event.length = static_cast<std::uint32_t>(length);
    of.tell(std::move(event));
}

awaitable<void> answer_and_close(
    flow& of, std::uint16_t status, std::string reason, std::string proxy_status,
    std::string answer) {
    model::answered event{status, std::move(reason), std::move(proxy_status)};
    of.tell(std::move(event));
    if (answer.empty()) {
        of.tell_closed(leg::client, "helloscope", "rst");
        of.abort();
        co_return;
    }
    of.tell_dialogue(direction::to_client, answer);
    co_await say_goodbye(of, std::move(answer));
}

awaitable<void> left_early(
    flow& of, stream_reader& from, first_bytes kind, net::error_code how, bool late) {
    if (of.aborted) co_return;
    const auto so_far = from.unused();
    if (!so_far.empty()) tell_unknown(of, name_of(kind), so_far.size());
    if (late) {
        of.tell_closed(leg::client, "helloscope", "timeout", "--front-timeout");
        const bool speaks_http = kind == first_bytes::http || kind == first_bytes::need_more ||
                                 kind == first_bytes::unknown;
        if (!so_far.empty() && speaks_http) {
            const std::chrono::duration<double> limit = of.around.common.options.limits.front;
            co_await refuse(
                of, *http_answers(),
                refusal(
                    408, proxy_error::http_request_error,
                    fmt::format("no whole request head within {} s", limit.count())));
            co_return;
        }
    } else if (how == net::asio::error::eof) {
        of.tell_closed(leg::client, "peer", "fin");
    } else {
        of.tell_broken(leg::client, how);
    }
    of.client->close();
}

std::string_view name_of(first_bytes kind) {
    switch (kind) {
    case first_bytes::http: return "http";
    case first_bytes::tls: return "tls";
    case first_bytes::sslv2_hello: return "sslv2-hello";
    case first_bytes::socks4: return "socks4";
    case first_bytes::socks5: return "socks5";
    case first_bytes::proxy_v1:
    case first_bytes::proxy_v2: return "proxy-protocol";
    default: return "unknown";
    }
}

bool may_use(const flow& of) {
    return may_come(of.came.from.address, of.around.common.options.access);
}

refusal forbidden(const flow& of) {
    return refusal(
        403, proxy_error::http_request_denied,
        fmt::format("{} may not use this proxy (--allow-from)", to_string(of.came.from.address)));
}

std::optional<refusal> came_back(const flow& of, std::string_view via) {
    const std::vector<wire::front::header_field> fields{{"Via", via}};
    if (!wire::front::came_through(fields, of.around.common.pseudonym)) return std::nullopt;
    return refusal(
        502, proxy_error::proxy_loop_detected,
        "the request came back to this proxy: a loop of proxies");
}

} // namespace fronts

} // namespace helloscope::relay
