#include "route_json.hpp"

#include <fmt/format.h>

namespace helloscope::web {

namespace {

constexpr std::size_t most_routes = 1'000;

// As a word of a route's text, which knows both quotes and no escape.
std::string quoted(std::string_view value) {
    std::string out = "'";
    for (const char c : value) {
        if (c == '\'')
            out += "'\"'\"'";
        else
            out += c;
    }
    return out + "'";
}

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

// One value of a word: text, or what is a number or a yes in JSON.
std::optional<std::string> text_of(const json::value& value) {
    if (const auto* text = value.if_string()) return std::string(view(*text));
    if (value.is_int64() || value.is_uint64()) return write(value);
    if (const auto* yes = value.if_bool()) return *yes ? "on" : "off";
    return std::nullopt;
}

result<std::string> words_of(const json::object& route) {
    std::string out;
    for (const auto& member : route) {
        const std::string_view key(member.key().data(), member.key().size());
        if (key.find_first_of("= \t\r\n;'\"") != key.npos)
            return std::unexpected(failure{fmt::format("\"{}\" is no word of a route", key)});
        json::array values;
        if (const auto* many = member.value().if_array())
            values = *many;
        else
            values.push_back(member.value());
        for (const auto& one : values) {
            const auto text = text_of(one);
            if (!text)
                return std::unexpected(failure{
                    fmt::format("\"{}\": a string is expected, not {}", key, kind_of(one))});
            out += fmt::format("{}={} ", key, quoted(*text));
        }
    }
    return out;
}

result<policy::route_entry> read_route(const json::value& body) {
    const auto* route = body.if_object();
    if (route == nullptr)
        return std::unexpected(
            failure{fmt::format("an object is expected, not {}", kind_of(body))});
    const auto words = words_of(*route);
    if (!words) return std::unexpected(words.error());
    return policy::parse_route(*words);
}

std::string port_text(const policy::port_range& ports) {
    return ports.first == ports.last ? fmt::format("{}", ports.first)
                                     : fmt::format("{}-{}", ports.first, ports.last);
}

json::object route_json(const policy::route_entry& entry) {
    json::object out;
    if (!entry.name.empty()) out["name"] = entry.name;
    if (!entry.to.host.empty()) out["host"] = entry.to.host;
    if (entry.to.ports) out["port"] = port_text(*entry.to.ports);
    if (entry.to.addresses) out["network"] = to_string(*entry.to.addresses);
    if (entry.shaping) out["shape"] = entry.shaping->empty() ? "none" : to_string(*entry.shaping);
    if (entry.faults) {
        json::array faults;
        for (const auto& one : *entry.faults) faults.emplace_back(to_string(one));
        if (faults.empty()) faults.emplace_back("none");
        out["fault"] = std::move(faults);
    }
    if (entry.via) {
        json::array via;
        for (const auto& one : entry.via->parents) via.emplace_back(to_string(one));
        if (via.empty()) via.emplace_back("direct");
        out["via"] = std::move(via);
    }
    if (entry.heal) out["heal"] = *entry.heal;
    return out;
}

} // namespace

json::object routes_json(const policy::routes* routes) {
    json::array out;
    if (routes != nullptr)
        for (const auto& one : routes->entries()) out.push_back(route_json(one));
    return {{"routes", std::move(out)}};
}

result<std::vector<policy::route_entry>> read_routes(const json::value& body) {
    const auto* list = body.if_array();
    if (const auto* object = body.if_object(); object != nullptr && object->size() == 1)
        if (const auto* inside = object->if_contains("routes")) list = inside->if_array();
    if (list == nullptr)
        return std::unexpected(failure{"{\"routes\":[…]} is expected, or the array alone"});
    if (list->size() > most_routes)
        return std::unexpected(failure{fmt::format("{} routes are the most", most_routes)});
    std::vector<policy::route_entry> entries;
    for (const auto& one : *list) {
        auto entry = read_route(one);
        if (!entry)
            return std::unexpected(
                failure{fmt::format("route {}: {}", entries.size() + 1, entry.error().message)});
        entries.push_back(std::move(*entry));
    }
    return entries;
}

} // namespace helloscope::web
