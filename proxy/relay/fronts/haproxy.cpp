#include "fronts.hpp"

#include "helloscope/wire/front/haproxy_header.hpp"

namespace helloscope::relay::fronts {

using net::asio::awaitable;

awaitable<bool> read_haproxy(flow& of, stream_reader& from) {
    const net::deadline time(
        co_await net::asio::this_coro::executor, *of.client, of.around.common.options.limits.front);
    auto header = wire::front::parse_haproxy_header(from.unused());
    while (!header && header.error().code == errc::need_more) {
        if (const auto failed = co_await from.more()) {
            co_await left_early(of, from, wire::front::first_bytes::proxy_v1, failed, time.fired());
            co_return false;
        }
        header = wire::front::parse_haproxy_header(from.unused());
    }
    if (!header) {
        // Whoever does not speak it is not meant to be here: no answer would be understood.
        tell_unknown(of, "haproxy-protocol", from.unused().size());
        co_await answer_and_close(
            of, 400,
            "the connection does not begin with a PROXY protocol header "
            "(--accept-haproxy-protocol): " +
                to_string(header.error()),
            "helloscope; error=http_request_error", "");
        co_return false;
    }
    of.tell_unseen(direction::to_server, trace::legs::client, header->size);
    from.spend(header->size);
    model::proxy_protocol event;
    event.of = model::leg::client;
    event.version = static_cast<std::uint32_t>(header->version);
    if (!header->local) {
        event.source = header->source;
        event.destination = header->destination;
        of.introduced = header->source;
    }
    of.tell(std::move(event));
    co_return true;
}

} // namespace helloscope::relay::fronts
