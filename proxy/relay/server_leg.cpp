#include "server_leg.hpp"

#include "connect_faults.hpp"
#include "helloscope/net/dialers/happy_eyeballs.hpp"
#include "helloscope/net/dialers/hop.hpp"
#include "helloscope/net/streams/tcp_stream.hpp"
#include "helloscope/net/streams/tls_stream.hpp"
#include "helloscope/wire/front/haproxy_header.hpp"
#include "helloscope/wire/front/request_head.hpp"
#include "pump.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::relay {

using model::leg;
using model::stage;
using net::hop_answer;
using net::asio::awaitable;
using wire::front::proxy_error;
using wire::front::proxy_scheme;
using wire::front::proxy_url;

namespace {

// What the words of a failure are about: "registry.test:443", "parent proxy http://p:3128".
struct hop_name {
    std::string text;
    host_port at;
    bool parent = false;
};

hop_name name_of(const host_port& target) { return {to_string(target), target}; }
hop_name name_of(const proxy_url& parent) {
    return {"parent proxy " + to_string(parent), parent.at, true};
}

refusal no_address(const hop_name& what, const net::resolver::answer& got) {
    return refusal(
        got.timed_out ? proxy_error::dns_timeout : proxy_error::dns_error,
        fmt::format(
            "cannot resolve {}: {}", what.parent ? what.text : what.at.host, got.event.error));
}

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

awaitable<bool> cancelled() {
    const auto state = co_await net::asio::this_coro::cancellation_state;
    co_return state.cancelled() != net::asio::cancellation_type::none;
}

awaitable<net::resolver::answer> resolve(flow& of, host_port what) {
    return of.around.common.resolver.resolve(
        std::move(what), of.around.common.options.limits.resolve);
}

// A TCP connection to the server or to the nearest parent, whose addresses may be known already.
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

// ---- parents

// A leg that is being made: the flow's own, step by step, or another one beside it, of which the
// flow is told nothing.
struct making {
    flow& of;
    std::unique_ptr<net::stream>& stream;
    bool beside = false;
    bytes early{}; // what came behind the last parent's answer

    void tell(model::happening what) const {
        if (!beside) of.tell(std::move(what));
    }
    void heard() const {
        if (!beside) of.last_byte = of.clock.now();
    }
};

std::string_view word_of(hop_answer::ending how) {
    switch (how) {
    case hop_answer::ending::passed: return "";
    case hop_answer::ending::refused: return "refused";
    case hop_answer::ending::wants_login: return "auth";
    case hop_answer::ending::garbled: return "garbled";
    case hop_answer::ending::closed: return "closed";
    case hop_answer::ending::silent: return "silent";
    case hop_answer::ending::broken: return "broken";
    }
    return "";
}

void tell_answer(const making& on, const proxy_url& parent, const hop_answer& answer) {
    model::parent_answered event;
    event.parent = to_string(parent);
    event.status = answer.status;
    event.reason = printable(answer.reason.empty() ? answer.error : answer.reason);
    event.took = answer.took;
    event.error = word_of(answer.how);
    on.tell(std::move(event));
}

// What the client says to a challenge goes to the nearest parent: it must not be told another's.
// RFC 9110 section 15.5.8: without one it is no 407.
void drop_challenge(refusal& why) {
    why.fields.clear();
    if (why.spec.status == 407) why.spec.status = 502;
}

// The parent's own status and words pass on to the client; for HTTP the fields that belong to them.
refusal refused_by(const proxy_url& parent, const hop_answer& answer) {
    const bool http = parent.speaks_http();
    auto cause = fmt::format(
        "parent {} answered{}: {}", to_string(parent),
        http ? fmt::format(" {}", answer.status) : "", printable(answer.reason));
    const bool login = answer.how == hop_answer::ending::wants_login;
    const int status = http && answer.status >= 400 ? answer.status : login ? 407 : 502;
    const bool client_error = status / 100 == 4;
    refusal why(
        status,
        client_error ? proxy_error::http_request_denied : proxy_error::destination_unavailable,
        std::move(cause));
    for (const auto& [name, value] : answer.fields)
        if (wire::front::same_field_name(name, "Proxy-Authenticate"))
            why.fields.emplace_back(name, value);
    if (status == 407 && why.fields.empty()) drop_challenge(why);
    return why;
}

refusal stopped_by(const flow& of, const proxy_url& parent, const hop_answer& answer) {
    const auto name = to_string(parent);
    switch (answer.how) {
    case hop_answer::ending::silent: {
        const std::chrono::duration<double> limit = of.around.common.options.limits.parent;
        return refusal(
            504, proxy_error::http_response_timeout,
            fmt::format(
                "parent {} did not answer within {} s (--parent-timeout)", name, limit.count()));
    }
    case hop_answer::ending::garbled:
        return refusal(
            502, proxy_error::http_protocol_error,
            fmt::format("parent {}: {}", name, answer.error));
    case hop_answer::ending::closed:
        return refusal(
            502, proxy_error::connection_terminated,
            fmt::format("parent {} closed the connection: {}", name, answer.error));
    case hop_answer::ending::broken:
        return refusal(
            502, proxy_error::connection_terminated,
            fmt::format("the connection to parent {} broke: {}", name, answer.error));
    default: return refused_by(parent, answer);
    }
}

// TLS to an https:// parent, around what is there.
awaitable<std::optional<refusal>> wrap_in_tls(making& on, const proxy_url& parent) {
    const auto& options = on.of.around.common.options;
    const auto began = on.of.clock.now();
    auto made = co_await net::tls_connect(
        std::move(on.stream), *options.parent_trust, parent.at.host, options.limits.parent);
    on.stream = std::move(made.stream);
    if (on.stream) co_return std::nullopt;
    model::parent_answered event;
    event.parent = to_string(parent);
    event.reason = made.error;
    event.took = on.of.clock.now() - began;
    event.error = "tls";
    on.tell(std::move(event));
    co_return refusal(
        502, proxy_error::tls_protocol_error,
        fmt::format("TLS to parent {} failed: {}", to_string(parent), made.error));
}

// A SOCKS5 parent that takes addresses only: the name is resolved here.
awaitable<std::optional<refusal>> resolve_for(const making& on, host_port& next) {
    if (parse_ip_address(next.host)) co_return std::nullopt;
    auto to = co_await resolve(on.of, next);
    on.tell(to.event);
    if (to.event.addresses.empty()) co_return no_address(name_of(next), to);
    next.host = to_string(to.event.addresses.front());
    co_return std::nullopt;
}

// Through one parent to the next hop.
awaitable<std::optional<refusal>> pass(making& on, net::hop_request asking) {
    const auto parent = asking.parent;
    if (parent.scheme == proxy_scheme::socks5)
        if (auto why = co_await resolve_for(on, asking.next)) co_return why;
    auto answer = co_await net::pass_hop(*on.stream, std::move(asking));
    if (co_await cancelled()) co_return std::nullopt;
    on.heard();
    tell_answer(on, parent, answer);
    if (answer.how != hop_answer::ending::passed) co_return stopped_by(on.of, parent, answer);
    on.early = std::move(answer.early);
    co_return std::nullopt;
}

awaitable<std::optional<refusal>> pass_parents(
    making& on, server_leg& leg, const policy::way_out& way, const host_port& target,
    const request& asked) {
    const auto& common = on.of.around.common;
    const auto& parents = way.parents;
    const bool to_parent = asked.what == policy::asked_for::plain_http &&
                           ends_at_parent(common.options, way, asked.target);
    on.heard();
    on.of.enter(stage::parent);
    for (std::size_t i = 0; i < parents.size(); ++i) {
        const auto& parent = parents[i];
        const bool last = i + 1 == parents.size();
        if (parent.scheme == proxy_scheme::https)
            if (auto why = co_await wrap_in_tls(on, parent)) co_return why;
        if (last && to_parent) {
            leg.http_parent = parent;
            co_return std::nullopt;
        }
        net::hop_request asking;
        asking.parent = parent;
        asking.next = last ? target : parents[i + 1].at;
        asking.via = fmt::format(
            "{}{}1.1 {}", asked.via, asked.via.empty() ? "" : ", ", common.pseudonym);
        if (i == 0) asking.client_authorization = asked.authorization;
        asking.limit = common.options.limits.parent;
        auto why = co_await pass(on, std::move(asking));
        if (why && i > 0) drop_challenge(*why);
        if (why) co_return why;
    }
    co_return std::nullopt;
}

void tell_way(flow& of, const policy::way_out& way) {
    if (way.parents.empty() && way.source.empty() && !of.route) return;
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
