#include "server_leg.hpp"

#include "connect_faults.hpp"
#include "dialing.hpp"
#include "helloscope/net/dialers/happy_eyeballs.hpp"
#include "helloscope/net/streams/tcp_stream.hpp"
#include "helloscope/wire/front/haproxy_header.hpp"
#include "parents.hpp"
#include "pump.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::relay {

using model::leg;
using model::stage;
using net::asio::awaitable;
using wire::front::proxy_error;

namespace {

void tell_way(flow& of, const policy::way_out& way) {
    const bool unsaid = way.parents.empty() && way.source.empty();
    if (unsaid && !of.route) return;
    if (unsaid && of.route->only_heals() && of.route->name.empty()) return of.put_off_healing();
    model::routed event;
    for (const auto& parent : way.parents) event.parents.push_back(to_string(parent));
    event.source = way.source;
    if (of.route) {
        event.route = of.route->name;
        if (!of.route->shaping.empty()) event.shape = to_string(of.route->shaping);
        for (const auto& fault : of.route->faults) event.faults.push_back(to_string(fault));
        event.heals = of.route->heal;
    }
    of.tell(std::move(event));
}

// The PROXY protocol: who the client is, before anything else that the server gets.
awaitable<std::optional<refusal>> introduce(const making& on, int version) {
    auto& of = on.of;
    wire::front::haproxy_header header;
    header.version = version;
    header.source = of.introduced.value_or(of.came.from);
    header.destination = of.came.destination.value_or(of.came.in.at);
    const auto octets = wire::front::write_haproxy_header(header);
    model::proxy_protocol event;
    event.of = leg::server;
    event.version = static_cast<std::uint32_t>(version);
    event.source = header.source;
    event.destination = header.destination;
    on.tell(std::move(event));
    if (!on.beside) of.tell_unseen(direction::to_server, trace::legs::server, octets.size());
    if (const auto failed = co_await write_all(*on.stream, octets))
        co_return refusal(
            proxy_error::connection_terminated,
            fmt::format("the server took no PROXY protocol header: {}", failed.message()));
    co_return std::nullopt;
}

} // namespace

// A PROXY protocol header is for the server, and comes before its first byte. Where --connect-to
// leads elsewhere, the parent must not go by the request's own words, which the server is to get.
bool ends_at_parent(const options& wanted, const policy::way_out& way, const host_port& target) {
    return !way.parents.empty() && way.parents.back().speaks_http() && !wanted.haproxy_version &&
           net::apply_connect_to(wanted.names, target) == target;
}

bool is_listener(const listening& where, const ip_address& address, std::uint16_t port) {
    const auto& at = where.at;
    auto reached = unmapped(address);
    if (reached.is_unspecified()) // connect() takes it for this machine
        reached = *parse_ip_address(reached.v6 ? "::1" : "127.0.0.1");
    return port == at.port &&
           (reached == at.address || (at.address.is_unspecified() && reached.is_loopback()));
}

void note_own_end(flow& of, const endpoint& local) {
    if (of.came.in.how != way_in::redirect) return;
    if (of.own_end) of.around.common.ends.remove(*of.own_end);
    of.own_end = local;
    of.around.common.ends.add(local);
}

awaitable<void> choose_way(flow& of, request& asked) {
    const auto& options = of.around.common.options;
    const auto routes = of.around.common.routes.now();
    if (routes && routes->wants_addresses(asked.target))
        asked.addresses = co_await resolve(of, net::apply_connect_to(options.names, asked.target));
    std::span<const ip_address> addresses;
    if (asked.addresses) addresses = asked.addresses->event.addresses;
    of.route = routes ? routes->match(asked.target, addresses) : nullptr;
    asked.way = of.route && of.route->via ? *of.route->via
                                          : options.ways_out.choose(asked.target, asked.what);
}

awaitable<server_leg> open_server_leg(flow& of, request& asked) {
    const auto& options = of.around.common.options;
    if (!asked.way) co_await choose_way(of, asked);
    auto way = *std::exchange(asked.way, std::nullopt);
    tell_way(of, way);
    arm_faults(of);
    const auto target = net::apply_connect_to(options.names, asked.target);
    const bool direct = way.parents.empty();
    // In the words of the client, even where --connect-to leads elsewhere.
    const auto nearest = direct ? hop_name{to_string(asked.target), target}
                                : name_of(way.parents.front());
    auto known = std::exchange(asked.addresses, std::nullopt);
    if (!direct) known.reset(); // they are the target's
    auto leg = co_await dial(of, nearest, direct && target != asked.target, std::move(known));
    if (!of.server) co_return leg;
    making on{of, of.server};
    if (!direct) leg.why = co_await pass_parents(on, leg, way, target, asked);
    if (!leg.why && options.haproxy_version)
        leg.why = co_await introduce(on, *options.haproxy_version);
    if (leg.why) of.server.reset();
    leg.early = std::move(on.early);
    leg.way = std::move(way);
    co_return leg;
}

awaitable<leg_beside> open_leg_beside(
    flow& of, const request& asked, const server_leg& like, std::size_t turn,
    std::optional<shape::clamp> segments) {
    const auto& options = of.around.common.options;
    net::dial_limits dialing;
    dialing.total = options.limits.connect;
    dialing.binding = options.leave_by;
    dialing.segments = segments;
    auto addresses = like.addresses;
    std::rotate(
        addresses.begin(), addresses.begin() + static_cast<std::ptrdiff_t>(turn % addresses.size()),
        addresses.end());
    net::dial_report untold = [](model::happening) {};
    auto dialed = co_await net::dial(
        std::move(addresses), like.address.port, dialing, std::move(untold));
    leg_beside made;
    if (!dialed.socket) {
        made.error = dialed.unusable.empty() ? net::error_name(dialed.error) : dialed.unusable;
        co_return made;
    }
    made.local = dialed.local;
    made.address = dialed.address;
    made.stream = net::make_tcp_stream(std::move(*dialed.socket));
    making on{of, made.stream, true};
    server_leg unused;
    std::optional<refusal> why;
    const auto target = net::apply_connect_to(options.names, asked.target);
    if (!like.way.parents.empty()) why = co_await pass_parents(on, unused, like.way, target, asked);
    if (!why && options.haproxy_version) why = co_await introduce(on, *options.haproxy_version);
    if (why) {
        made.stream.reset();
        made.error = std::move(why->spec.cause);
    }
    made.early = std::move(on.early);
    co_return made;
}

} // namespace helloscope::relay
