#include "helloscope/policy/route.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::policy {
namespace {

// In an environment variable, where blanks part several routes, ; parts the words of one.
constexpr std::string_view white = " \t\r\n;";

struct word {
    std::string_view key;
    std::string value;
};

// The next KEY=VALUE, or what is wrong with it. Takes it from `rest`.
result<word> take_word(std::string_view& rest) {
    word taken;
    const auto equals = rest.find_first_of(std::string(white) + "=");
    if (equals == std::string_view::npos || rest[equals] != '=')
        return std::unexpected(failure{fmt::format(
            "'{}': expected KEY=VALUE, such as host=*.example.org", rest.substr(0, equals))});
    taken.key = rest.substr(0, equals);
    rest.remove_prefix(equals + 1);
    while (!rest.empty() && white.find(rest.front()) == std::string_view::npos) {
        const char quote = rest.front();
        if (quote != '\'' && quote != '"') {
            const auto end = std::min(rest.find_first_of(std::string(white) + "'\""), rest.size());
            taken.value += rest.substr(0, end);
            rest.remove_prefix(end);
            continue;
        }
        const auto end = rest.find(quote, 1);
        if (end == std::string_view::npos)
            return std::unexpected(failure{
                fmt::format("{}: the quote that {} opens is never closed", taken.key, quote)});
        taken.value += rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
    }
    return taken;
}

result<void> wrong(const word& at, std::string_view what) {
    return std::unexpected(failure{fmt::format("{}={}: {}", at.key, at.value, what)});
}

result<void> twice(const word& at) { return wrong(at, "said twice"); }

result<void> set_name(route_entry& to, const word& said) {
    if (!to.name.empty()) return twice(said);
    if (said.value.empty()) return wrong(said, "expected a name");
    to.name = said.value;
    return {};
}

result<void> set_host(route_entry& to, const word& said) {
    if (!to.to.host.empty()) return twice(said);
    const auto bad = [](unsigned char c) { return c <= ' ' || c == 0x7f || c == '/'; };
    if (said.value.empty() || std::ranges::any_of(said.value, bad))
        return wrong(said, "expected a host name, * and ? in it for any letters");
    if (said.value.find(':') != std::string::npos && !parse_ip_address(said.value))
        return wrong(said, "expected a host alone: port=N says which port");
    to.to.host = said.value;
    return {};
}

result<void> set_port(route_entry& to, const word& said) {
    if (to.to.ports) return twice(said);
    const std::string_view text = said.value;
    const auto dash = text.find('-');
    const auto first = parse_port(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_port(text.substr(dash + 1));
    if (!first || !last || *first == 0 || *last < *first)
        return wrong(said, "expected a port, 1 to 65535, or a range such as 8000-8999");
    to.to.ports = port_range{*first, *last};
    return {};
}

result<void> set_network(route_entry& to, const word& said) {
    if (to.to.addresses) return twice(said);
    to.to.addresses = parse_network(said.value);
    if (!to.to.addresses)
        return wrong(said, "expected an address or a network such as 10.0.0.0/8 or 2001:db8::/32");
    return {};
}

result<void> set_shape(route_entry& to, const word& said) {
    if (to.shaping) return twice(said);
    if (said.value == "none") {
        to.shaping.emplace();
        return {};
    }
    auto shape = shape::parse_shape(said.value);
    if (!shape) return wrong(said, shape.error().message);
    to.shaping = std::move(*shape);
    return {};
}

result<void> add_fault(route_entry& to, const word& said) {
    const bool none = said.value == "none";
    if (to.faults && (none || to.faults->empty())) return wrong(said, "none goes with no other");
    if (!to.faults) to.faults.emplace();
    if (none) return {};
    auto fault = fault::parse_spec(said.value);
    if (!fault) return wrong(said, fault.error().message);
    to.faults->push_back(std::move(*fault));
    return {};
}

// No error repeats the value: it may hold a password.
result<void> add_via(route_entry& to, const word& said) {
    auto parent = parse_via(said.value);
    if (!parent)
        return std::unexpected(failure{fmt::format(
            "via: {}: expected [http|https|socks5|socks5h://][USER:PASSWORD@]HOST[:PORT], or "
            "direct",
            to_string(parent.error()))});
    if (to.via && (!*parent || to.via->parents.empty()))
        return std::unexpected(failure{"via: direct goes with no other"});
    if (!to.via) to.via.emplace();
    if (*parent) to.via->parents.push_back(std::move(**parent));
    return {};
}

result<void> set_heal(route_entry& to, const word& said) {
    if (to.heal) return twice(said);
    if (said.value != "on" && said.value != "off") return wrong(said, "expected on or off");
    to.heal = said.value == "on";
    return {};
}

struct key_row {
    std::string_view name;
    result<void> (*take)(route_entry&, const word&);
};

constexpr key_row keys[] = {
    {"name", set_name},   {"host", set_host},   {"port", set_port}, {"network", set_network},
    {"shape", set_shape}, {"fault", add_fault}, {"via", add_via},   {"heal", set_heal},
};

std::string names_of_keys() {
    std::string names;
    for (const auto& row : keys) names += (names.empty() ? "" : ", ") + std::string(row.name);
    return names;
}

std::string quoted(std::string_view value) {
    if (!value.empty() && value.find_first_of(std::string(white) + "'\"") == std::string_view::npos)
        return std::string(value);
    const char quote = value.find('\'') == std::string_view::npos ? '\'' : '"';
    return fmt::format("{}{}{}", quote, value, quote);
}

class words {
  public:
    void add(std::string_view key, std::string_view value) {
        text_ += fmt::format("{}{}={}", text_.empty() ? "" : " ", key, quoted(value));
    }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

} // namespace

parsed<std::optional<wire::front::proxy_url>> parse_via(std::string_view text) {
    if (text == "direct") return std::nullopt;
    auto parent = wire::front::parse_proxy_url(text);
    if (!parent) return std::unexpected(parent.error());
    return std::optional(std::move(*parent));
}

result<route_entry> parse_route(std::string_view text) {
    route_entry made;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(white), text.size()));
        if (text.empty()) return made;
        const auto said = take_word(text);
        if (!said) return std::unexpected(said.error());
        const auto row = std::ranges::find(keys, said->key, &key_row::name);
        if (row == std::end(keys) && (said->key == "client-mss" || said->key == "client_mss"))
            return std::unexpected(failure{
                "client-mss: belongs to a listener, which is there before any destination is "
                "known: --client-mss"});
        if (row == std::end(keys))
            return std::unexpected(failure{fmt::format(
                "'{}' is no key of a route: expected one of {}", said->key, names_of_keys())});
        if (auto taken = row->take(made, *said); !taken) return std::unexpected(taken.error());
    }
}

std::string to_string(const route_entry& entry) {
    words out;
    if (!entry.name.empty()) out.add("name", entry.name);
    if (!entry.to.host.empty()) out.add("host", entry.to.host);
    if (const auto& ports = entry.to.ports)
        out.add(
            "port", ports->first == ports->last ? std::to_string(ports->first)
                                                : fmt::format("{}-{}", ports->first, ports->last));
    if (entry.to.addresses) out.add("network", to_string(*entry.to.addresses));
    if (entry.shaping)
        out.add("shape", entry.shaping->empty() ? "none" : to_string(*entry.shaping));
    if (entry.faults && entry.faults->empty()) out.add("fault", "none");
    if (entry.faults)
        for (const auto& fault : *entry.faults) out.add("fault", to_string(fault));
    if (entry.via && entry.via->parents.empty()) out.add("via", "direct");
    if (entry.via)
        for (const auto& parent : entry.via->parents) out.add("via", to_string(parent));
    if (entry.heal) out.add("heal", *entry.heal ? "on" : "off");
    return out.take();
}

} // namespace helloscope::policy
