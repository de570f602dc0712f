#include "fronts.hpp"

#include "helloscope/net/streams/tls_stream.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

namespace helloscope::relay::fronts {

using namespace boost::asio::experimental::awaitable_operators;
using net::asio::awaitable;
using wire::front::first_bytes;
using wire::front::proxy_error;

awaitable<void> refuse_tls(flow& of, stream_reader& from) {
    const auto kind = wire::front::sniff(from.unused());
    tell_unknown(of, name_of(kind), from.unused().size());
    of.watching.saw(direction::to_server, from.unused(), of.clock.now());
    const auto& at = of.came.in.at;
    auto answer = wire::front::tls_to_plain_answer({to_string(at.address), at.port});
    auto line = answer.substr(0, answer.find("\r\n"));
    auto reason = line.substr(std::min<std::size_t>(line.size(), 13)); // behind "HTTP/1.1 400 "
    co_await answer_and_close(of, 400, std::move(reason), "", std::move(answer));
}

// The other way round: a client that speaks plain HTTP to the TLS port.
static awaitable<void> refuse_plain(flow& of, stream_reader& from, first_bytes kind) {
    tell_unknown(of, name_of(kind), from.unused().size());
    co_await refuse(
        of, *http_answers(),
        refusal(
            400, proxy_error::http_request_error,
            fmt::format(
                "this port speaks TLS to the proxy: set HTTPS_PROXY=https://{}",
                to_string(of.came.in.at))));
}

awaitable<bool> accept_tls(flow& of, stream_reader& from) {
    const auto limit = of.around.common.options.limits.front;
    {
        const net::deadline time(co_await net::asio::this_coro::executor, *of.client, limit);
        while (from.unused().empty())
            if (const auto failed = co_await from.more()) {
                co_await left_early(of, from, wire::front::first_bytes::tls, failed, time.fired());
                co_return false;
            }
    }
    const auto kind = wire::front::sniff(from.unused());
    if (kind != first_bytes::tls && kind != first_bytes::need_more) {
        co_await refuse_plain(of, from, kind);
        co_return false;
    }
    auto shaken = co_await (
        net::tls_accept(
            std::move(of.client), *of.around.common.options.identity, limit, from.take()) ||
        of.stopped());
    if (shaken.index() == 1) co_return false;
    auto& made = std::get<0>(shaken);
    of.client = std::move(made.stream);
    if (of.client) co_return true;
    tell_unknown(of, "https-proxy", 0);
    co_await answer_and_close(
        of, 400, "TLS to the proxy failed: " + made.error, "helloscope; error=tls_protocol_error",
        "");
    co_return false;
}

} // namespace helloscope::relay::fronts
