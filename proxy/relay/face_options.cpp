#include "face_options.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::relay {

namespace {

failure bad(std::string_view option, std::string_view value, std::string_view expected) {
    return {fmt::format("{}: '{}' is not {}", option, value, expected)};
}

template <class Parse, class T>
result<void> read_each(const std::vector<std::string>& texts, Parse parse, std::vector<T>& out) {
    for (const auto& text : texts) {
        auto one = parse(text);
        if (!one) return std::unexpected(one.error());
        out.push_back(std::move(*one));
    }
    return {};
}

result<network> parse_allowed(const std::string& text) {
    const auto some = parse_network(text);
    if (!some) return std::unexpected(bad("allow_from", text, "a network, such as 10.0.0.0/8"));
    return *some;
}

// Where it listens, and who may come. Open to nobody by accident.
result<void> plan_way_in(const proxy_options& wanted, options& plan) {
    auto& where = plan.listeners.front();
    if (auto done = read_listener(wanted.listen, wanted.reverse, where); !done) return done;
    if (auto done = read_each(wanted.allow_from, parse_allowed, plan.access.allow_from); !done)
        return done;
    if (where.at.address.is_loopback() || !plan.access.allow_from.empty()) return {};
    return std::unexpected(failure{fmt::format(
        "listen: everybody who reaches {} could use this proxy: say who may with allow_from",
        wanted.listen)});
}

result<void> plan_way_out(const proxy_options& wanted, options& plan) {
    auto& names = plan.names;
    if (auto done = read_each(wanted.resolve, net::parse_resolve_rule, names.resolve); !done)
        return done;
    if (auto done = read_each(wanted.connect_to, net::parse_connect_to_rule, names.connect_to);
        !done)
        return done;
    auto& parents = plan.ways_out.via;
    const auto parse_via = [](std::string_view text) { return policy::parse_parent("via", text); };
    if (auto done = read_each(wanted.via, parse_via, parents); !done) return done;
    const bool tls = std::ranges::any_of(
        parents, [](const auto& one) { return one.scheme == wire::front::proxy_scheme::https; });
    if (!tls) return {};
    auto trust = net::tls_client_context::make(wanted.proxy_cacert, net::peer_check::verify);
    if (!trust) return std::unexpected(failure{"proxy_cacert: " + trust.error().message});
    plan.parent_trust = std::move(*trust);
    return {};
}

std::string shape_of(const proxy_options& wanted) {
    std::string text;
    for (const auto& [prefix, value] :
         {std::pair("mss:", &wanted.mss), {"mtu:", &wanted.mtu}, {"", &wanted.shape}})
        if (!value->empty()) text += fmt::format("{}{}{}", text.empty() ? "" : "|", prefix, *value);
    return text;
}

// What is done with flows, and which of them.
result<void> plan_treatment(const proxy_options& wanted, options& plan) {
    policy::route otherwise;
    otherwise.heal = wanted.heal;
    if (const auto text = shape_of(wanted); !text.empty()) {
        auto shape = shape::parse_shape(text);
        if (!shape) return std::unexpected(failure{"mss, mtu and shape: " + shape.error().message});
        otherwise.shaping = std::move(*shape);
    }
    if (auto done = read_each(wanted.faults, fault::parse_spec, otherwise.faults); !done)
        return std::unexpected(failure{"faults: " + done.error().message});
    auto entries = read_routes(wanted.routes);
    if (!entries) return std::unexpected(entries.error());
    auto made = policy::routes::make(std::move(*entries), std::move(otherwise));
    if (!made) return std::unexpected(failure{"routes: " + made.error().message});
    plan.routes = std::make_shared<const policy::routes>(std::move(*made));
    return {};
}

} // namespace

result<options> make_options(const proxy_options& wanted) {
    options plan;
    if (auto done = plan_way_in(wanted, plan); !done) return std::unexpected(done.error());
    if (auto done = plan_way_out(wanted, plan); !done) return std::unexpected(done.error());
    if (auto done = plan_treatment(wanted, plan); !done) return std::unexpected(done.error());
    if (wanted.investigate) {
        auto trusted = net::x509::roots::make(wanted.cacert);
        if (!trusted) return std::unexpected(failure{"cacert: " + trusted.error().message});
        plan.investigate = true;
        plan.trusted = std::move(*trusted);
    }
    plan.recording.file = wanted.record;
    plan.breakable = true;
    plan.limits.front = wanted.front_timeout;
    plan.limits.resolve = wanted.resolve_timeout;
    plan.limits.connect = wanted.connect_timeout;
    plan.limits.parent = wanted.parent_timeout;
    plan.limits.idle = wanted.idle_timeout;
    return plan;
}

result<void> read_listener(
    const std::string& listen, const std::string& reverse, listening& where) {
    const auto at = parse_endpoint(listen);
    if (!at)
        return std::unexpected(bad("listen", listen, "an address and a port, such as 127.0.0.1:0"));
    where.at = *at;
    if (reverse.empty()) return {};
    const auto target = parse_host_port(reverse);
    if (!target)
        return std::unexpected(bad("reverse", reverse, "HOST:PORT, such as registry.test:443"));
    where.how = way_in::reverse;
    where.target = *target;
    return {};
}

result<std::vector<policy::route_entry>> read_routes(const std::vector<std::string>& texts) {
    std::vector<policy::route_entry> entries;
    if (auto done = read_each(texts, policy::parse_route, entries); !done)
        return std::unexpected(failure{"routes: " + done.error().message});
    return entries;
}

} // namespace helloscope::relay
