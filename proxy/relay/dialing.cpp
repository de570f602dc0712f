#include "dialing.hpp"

#include "connect_faults.hpp"
#include "helloscope/net/dialers/happy_eyeballs.hpp"
#include "helloscope/net/streams/tcp_stream.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::relay {

using model::leg;
using model::stage;
using net::asio::awaitable;
using wire::front::proxy_error;

namespace {

refusal not_connected(
    const hop_name& what, const net::resolver::answer& to, const net::dialed& tried) {
    const auto& error = tried.error;
    const auto where = to_string(endpoint{to.event.addresses.front(), to.port});
    const auto more = to.event.addresses.size() - 1;
    const auto at = more == 0 ? where : fmt::format("{} and {} more", where, more);
    const auto cannot = fmt::format("cannot connect to {}", what.text);
    if (!tried.unusable.empty())
        return refusal(
            proxy_error::proxy_configuration_error, fmt::format("{}: {}", cannot, tried.unusable));
    if (error == net::asio::error::connection_refused)
        return refusal(
            proxy_error::connection_refused,
            fmt::format("{}: {} refused the connection", cannot, at));
    if (error == net::asio::error::no_descriptors || error == net::asio::error::no_memory)
        return refusal(
            proxy_error::proxy_internal_error,
            fmt::format("{}: {}: is ulimit -n high enough?", cannot, error.message()));
    if (error == net::asio::error::timed_out)
        return refusal(
            proxy_error::connection_timeout, fmt::format("{}: no answer from {}", cannot, at));
    return refusal(
        proxy_error::destination_ip_unroutable,
        fmt::format("{}: {}: {}", cannot, at, error.message()));
}

refusal ourselves(const hop_name& what) {
    return refusal(
        502, proxy_error::proxy_loop_detected,
        fmt::format("{} is this proxy itself: a loop", what.text));
}

refusal came_back(const hop_name& what) {
    return refusal(
        502, proxy_error::proxy_loop_detected,
        fmt::format(
            "the connection to {} is helloscope's own, redirected back to it: the rules must "
            "leave out its user (--print-rules as that user)",
            what.text));
}

bool leads_to_us(const flow& of, const ip_address& address, std::uint16_t port) {
    const auto listeners = of.around.common.listeners.now();
    return std::ranges::any_of(
        *listeners, [&](const auto& where) { return is_listener(where, address, port); });
}

// The same once it is connected: an address of this machine that a wildcard listener takes.
bool leads_to_us(const flow& of, const net::dialed& to) {
    if (to.address.address != to.local.address) return false;
    const auto listeners = of.around.common.listeners.now();
    return std::ranges::any_of(*listeners, [&](const auto& where) {
        return where.at.address.is_unspecified() && where.at.port == to.address.port;
    });
}

} // namespace

refusal no_address(const hop_name& what, const net::resolver::answer& got) {
    return refusal(
        got.timed_out ? proxy_error::dns_timeout : proxy_error::dns_error,
        fmt::format(
            "cannot resolve {}: {}", what.parent ? what.text : what.at.host, got.event.error));
}

awaitable<bool> cancelled() {
    const auto state = co_await net::asio::this_coro::cancellation_state;
    co_return state.cancelled() != net::asio::cancellation_type::none;
}

awaitable<net::resolver::answer> resolve(flow& of, host_port what) {
    return of.around.common.resolver.resolve(
        std::move(what), of.around.common.options.limits.resolve);
}

awaitable<server_leg> dial(
    flow& of, hop_name what, bool other_target, std::optional<net::resolver::answer> known) {
    const auto& options = of.around.common.options;
    of.enter(stage::resolve);
    net::resolver::answer to;
    if (auto broken = broken_lookup(of, what.at))
        to = std::move(*broken);
    else if (known)
        to = std::move(*known);
    else
        to = co_await resolve(of, what.at);
    if (co_await cancelled()) co_return server_leg(); // nobody is told of a lookup that failed
    if (other_target && to.event.source != "--resolve") to.event.source = "--connect-to";
    of.tell(to.event);
    if (to.event.addresses.empty()) co_return server_leg(no_address(what, to));
    for (const auto& address : to.event.addresses)
        if (leads_to_us(of, address, to.port)) co_return server_leg(ourselves(what));

    of.enter(stage::connect);
    net::dial_limits dialing;
    dialing.total = options.limits.connect;
    dialing.binding = options.leave_by;
    if (of.route) dialing.segments = of.route->shaping.limit;
    net::dial_report report = [&of](model::happening event) { of.tell(std::move(event)); };
    if (const auto broken = co_await broken_dial(of, to, dialing.total)) {
        auto why = not_connected(what, to, *broken);
        why.spec.cause += ", says a fault of helloscope";
        co_return server_leg(std::move(why));
    }
    if (co_await cancelled()) co_return server_leg();
    auto dialed = co_await net::dial(to.event.addresses, to.port, dialing, std::move(report));
    if (!dialed.socket) co_return server_leg(not_connected(what, to, dialed));
    if (leads_to_us(of, dialed)) co_return server_leg(ourselves(what));
    server_leg made;
    made.local = dialed.local;
    made.address = dialed.address;
    made.addresses = std::move(to.event.addresses);
    note_own_end(of, made.local);
    // Only now is it certain that a flow of ours which leads here has told its own end.
    if (of.came.in.how == way_in::redirect && of.around.common.ends.has(of.came.from))
        co_return server_leg(came_back(what));
    of.server = net::make_tcp_stream(std::move(*dialed.socket));
    if (dialing.segments) {
        model::clamped limit;
        limit.of = leg::server;
        limit.asked = to_string(*dialing.segments);
        of.tell_clamped(std::move(limit));
    }
    co_return made;
}

} // namespace helloscope::relay
