#include "treatment.hpp"

#include "helloscope/policy/route.hpp"

#include <fmt/format.h>

namespace helloscope::app {
namespace {

constexpr auto group_of_treatment = "What is done with flows";

// A check whose complaint is the parser's own words.
template <class Parse> CLI::Validator parses(Parse parse) {
    return {
        [parse](const std::string& text) {
            const auto got = parse(text);
            return got ? std::string() : got.error().message;
        },
        ""};
}

std::string joined_shape(const treatment_options& options) {
    std::string text;
    const auto add = [&text](std::string_view prefix, const std::string& value) {
        if (value.empty()) return;
        text += fmt::format("{}{}{}", text.empty() ? "" : "|", prefix, value);
    };
    add("mss:", options.mss);
    add("mtu:", options.mtu);
    add("", options.shape);
    return text;
}

result<policy::route> plan_otherwise(const treatment_options& options) {
    policy::route otherwise;
    if (const auto text = joined_shape(options); !text.empty()) {
        auto shape = shape::parse_shape(text);
        if (!shape)
            return std::unexpected(
                failure{fmt::format("--mss, --mtu and --shape: {}", shape.error().message)});
        otherwise.shaping = std::move(*shape);
    }
    for (const auto& text : options.faults) {
        auto fault = fault::parse_spec(text);
        if (!fault) return std::unexpected(failure{"--fault: " + fault.error().message});
        otherwise.faults.push_back(std::move(*fault));
    }
    otherwise.heal = options.heal;
    return otherwise;
}

// The words of a treatment, for people.
std::string words_of(const policy::route& does) {
    std::string words;
    const auto add = [&words](std::string_view what, const std::string& value) {
        words += fmt::format("  {:<8}{}\n", what, value);
    };
    if (!does.shaping.empty()) add("shape", to_string(does.shaping));
    for (const auto& fault : does.faults) add("fault", to_string(fault));
    if (does.via && does.via->parents.empty()) add("via", "direct");
    if (does.via)
        for (const auto& parent : does.via->parents) add("via", to_string(parent));
    if (does.heal) add("heal", "on");
    return words.empty() ? "  nothing is done with its flows\n" : words;
}

std::vector<ip_address> addresses_of(const relay::options& plan, const host_port& target) {
    net::asio::io_context context;
    net::resolver resolver(plan.names, 1);
    net::resolver::answer got;
    net::asio::co_spawn(
        context,
        [&]() -> net::asio::awaitable<void> {
            got = co_await resolver.resolve(
                net::apply_connect_to(plan.names, target), plan.limits.resolve);
        },
        net::asio::detached);
    context.run();
    return got.event.addresses;
}

} // namespace

void add_treatment(CLI::App& command, treatment_options& options) {
    const auto text = [&](const char* name, std::string& value, const char* meaning,
                          const char* type) {
        return command.add_option(name, value, meaning)->type_name(type)->group(group_of_treatment);
    };
    const auto list = [&](const char* name, std::vector<std::string>& values, const char* meaning,
                          const char* type) {
        return command.add_option(name, values, meaning)
            ->type_name(type)
            ->allow_extra_args(false)
            ->group(group_of_treatment);
    };
    auto* mss = text(
        "--mss", options.mss,
        "limit segments to and from the server to N bytes; hello:N: those of the handshake", "N");
    text("--mtu", options.mtu, "the same as a packet's size, for IPv4 and IPv6", "N")
        ->check(parses([](const std::string& n) { return shape::parse_shape("mtu:" + n); }))
        ->excludes(mss);
    mss->check(parses([](const std::string& n) { return shape::parse_shape("mss:" + n); }));
    text(
        "--shape", options.shape,
        "how the first flight is sent: split:POS,…, records:POS,…, pause:50ms, …, joined by |",
        "SHAPE")
        ->check(parses(shape::parse_shape));
    list(
        "--fault", options.faults,
        "break flows on purpose: \"[to_server|to_client] KIND[:PARAMETERS][@TRIGGER]\"", "FAULT")
        ->check(parses(fault::parse_spec));
    command
        .add_flag(
            "--heal", options.heal,
            "when a handshake is stuck, try the same hello in other shapes beside it")
        ->group(group_of_treatment);
    list(
        "--route", options.routes,
        "what is done with flows to a destination, instead: the first that matches of \"host=GLOB "
        "port=N network=CIDR shape=SHAPE fault=FAULT via=URL heal=on\"",
        "ROUTE")
        ->check(parses(policy::parse_route));
    command
        .add_option(
            "--route-for", options.route_for,
            "print which route applies to a destination and why, and do nothing else")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(
            [](const std::string& target) {
                return parse_host_port(target)
                           ? ""
                           : target + ": expected HOST:PORT, such as a.test:443";
            },
            ""))
        ->configurable(false)
        ->group(group_of_treatment);
}

result<void> plan_treatment(
    const treatment_options& options, const ways_out_options& ways, relay::options& plan) {
    auto otherwise = plan_otherwise(options);
    if (!otherwise) return std::unexpected(otherwise.error());
    std::vector<policy::route_entry> entries;
    for (const auto& text : options.routes) {
        auto entry = policy::parse_route(text);
        if (!entry) return std::unexpected(failure{"--route: " + entry.error().message});
        if (entry->via)
            if (auto fine = equip_parents(ways, entry->via->parents, plan); !fine) return fine;
        entries.push_back(std::move(*entry));
    }
    auto made = policy::routes::make(std::move(entries), std::move(*otherwise));
    if (!made) return std::unexpected(failure{"--route: " + made.error().message});
    plan.routes = std::make_shared<const policy::routes>(std::move(*made));
    return {};
}

result<std::string> explain_route(const relay::options& plan, const std::string& target) {
    const auto asked = *parse_host_port(target);
    std::vector<ip_address> addresses;
    std::string told = to_string(asked) + "\n";
    if (plan.routes->wants_addresses(asked)) {
        addresses = addresses_of(plan, asked);
        if (addresses.empty()) told += "  has no address: no route by network applies\n";
        for (const auto& one : addresses) told += fmt::format("  is {}\n", to_string(one));
    }
    std::size_t number = 0;
    for (const auto& [entry, why_not] : plan.routes->explain(asked, addresses)) {
        const auto applies = why_not.empty() ? "applies" : fmt::format("another {}", why_not);
        told += fmt::format("route {}: {}: {}\n", ++number, to_string(*entry), applies);
    }
    const auto found = plan.routes->match(asked, addresses);
    if (!found || found->name.empty()) told += "no route applies\n";
    return told + words_of(found ? *found : policy::route{});
}

} // namespace helloscope::app
