#include "resources.hpp"

#include "fields.hpp"
#include "flow_json.hpp"
#include "helloscope/policy/route.hpp"
#include "proxies.hpp"
#include "route_json.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace helloscope::web {

namespace {

using relay::listener_state;
using relay::listener_wish;
using relay::way_in;

answer bad_body(std::string_view why) {
    return refuse(400, fmt::format("bad request body: {}", why));
}

// ---- listeners and their faults

std::string_view name_of(way_in how) {
    switch (how) {
    case way_in::proxy: return "proxy";
    case way_in::tls_proxy: return "tls-proxy";
    case way_in::reverse: return "reverse";
    case way_in::redirect: return "redirect";
    case way_in::tproxy: return "tproxy";
    }
    return "";
}

json::object to_json(const fault::spec& one) {
    return {{"name", one.name}, {"fault", to_string(one)}};
}

json::object to_json(const listener_state& one) {
    json::object out{
        {"name", one.where.name},
        {"how", name_of(one.where.how)},
        {"listen", to_string(one.where.at)}};
    if (one.where.how == way_in::reverse) out["target"] = to_string(one.where.target);
    out["open"] = one.open;
    out["given"] = one.given;
    json::array faults;
    for (const auto& fault : one.faults) faults.push_back(to_json(fault));
    out["faults"] = std::move(faults);
    return out;
}

// A fault without a name is called by its text.
result<fault::spec> named_fault(const std::string& text, std::string name) {
    auto made = fault::parse_spec(text);
    if (!made) return made;
    if (!name.empty()) made->name = std::move(name);
    if (made->name.empty()) made->name = to_string(*made);
    return made;
}

result<void> read_faults(fields& given, listener_wish& wanted) {
    std::vector<std::string> texts;
    given.texts("faults", texts);
    if (given.find("faults") == nullptr) return {};
    wanted.faults.emplace();
    for (const auto& text : texts) {
        auto one = named_fault(text, "");
        if (!one) return std::unexpected(one.error());
        const auto same = std::ranges::find(*wanted.faults, one->name, &fault::spec::name);
        if (same != wanted.faults->end())
            return std::unexpected(failure{fmt::format("there are two faults '{}'", one->name)});
        wanted.faults->push_back(std::move(*one));
    }
    return {};
}

// What a body says of a listener; what it does not say stays.
result<void> read_listener(const json::value& body, listener_wish& wanted) {
    constexpr std::string_view known[] = {"name", "listen", "target", "open", "faults"};
    std::string listen, target;
    fields given(body);
    given.only(known, "a listener");
    given.text("listen", listen);
    given.text("target", target);
    given.yes_or_no("open", wanted.open);
    if (auto done = read_faults(given, wanted); !done) return done;
    if (given.wrong()) return std::unexpected(*given.wrong());
    if (given.find("listen") != nullptr) {
        const auto at = parse_listen(listen);
        if (!at) return std::unexpected(at.error());
        wanted.where.at = *at;
    }
    if (given.find("target") == nullptr) return {};
    const auto to = parse_host_port(target);
    if (!to)
        return std::unexpected(failure{fmt::format(
            "\"target\": HOST:PORT is expected, such as registry.test:443, not \"{}\"", target)});
    wanted.where.how = way_in::reverse;
    wanted.where.target = *to;
    return {};
}

answer list_listeners(api& with, const call&) {
    json::array out;
    for (const auto& one : with.relay.all_listeners()) out.push_back(to_json(one));
    return {200, write(json::object{{"listeners", std::move(out)}})};
}

answer make_listener(api& with, const call& asked) {
    const auto body = read(asked.asked.body);
    if (!body) return bad_body(body.error().message);
    listener_wish wanted;
    wanted.where.at.port = 0;
    fields given(*body);
    given.text("name", wanted.where.name);
    if (given.wrong()) return bad_body(given.wrong()->message);
    if (auto done = read_listener(*body, wanted); !done) return bad_body(done.error().message);
    const auto made = with.relay.add_listener(std::move(wanted));
    return made ? answer{201, write(to_json(*made))} : refuse(made.error());
}

answer show_listener(api& with, const call& asked) {
    const auto found = with.relay.listener(asked.names[0]);
    return found ? answer{200, write(to_json(*found))} : refuse(found.error());
}

answer change_listener(api& with, const call& asked) {
    const auto old = with.relay.listener(asked.names[0]);
    if (!old) return refuse(old.error());
    const auto body = read(asked.asked.body);
    if (!body) return bad_body(body.error().message);
    std::vector<listener_wish> one;
    one.push_back({old->where, old->open, {}});
    if (auto done = read_listener(*body, one[0]); !done) return bad_body(done.error().message);
    const auto changed = with.relay.put_listeners(std::move(one));
    return changed ? answer{200, write(to_json(changed->at(0)))} : refuse(changed.error());
}

answer remove_listener(api& with, const call& asked) {
    const auto gone = with.relay.remove_listener(asked.names[0]);
    return gone ? answer{204, ""} : refuse(gone.error());
}

answer list_faults(api& with, const call& asked) {
    const auto found = with.relay.listener(asked.names[0]);
    if (!found) return refuse(found.error());
    json::array out;
    for (const auto& one : found->faults) out.push_back(to_json(one));
    return {200, write(json::object{{"faults", std::move(out)}})};
}

// {"fault":"to_server stall@1460","name":"frozen"}
result<fault::spec> read_fault(const std::string& body, std::string_view name_in_path) {
    constexpr std::string_view known[] = {"fault", "name"};
    const auto value = read(body);
    if (!value) return std::unexpected(value.error());
    std::string text, name;
    fields given(*value);
    given.only(known, "a fault");
    given.text("fault", text);
    given.text("name", name);
    if (given.wrong()) return std::unexpected(*given.wrong());
    if (!name_in_path.empty()) name = name_in_path;
    return named_fault(text, std::move(name));
}

answer make_fault(api& with, const call& asked) {
    const auto one = read_fault(asked.asked.body, "");
    if (!one) return bad_body(one.error().message);
    const auto done = with.relay.add_fault(asked.names[0], *one);
    return done ? answer{201, write(to_json(*one))} : refuse(done.error());
}

answer show_fault(api& with, const call& asked) {
    const auto found = with.relay.listener(asked.names[0]);
    if (!found) return refuse(found.error());
    const auto one = std::ranges::find(found->faults, asked.names[1], &fault::spec::name);
    if (one != found->faults.end()) return {200, write(to_json(*one))};
    return refuse(404, fmt::format("'{}' has no fault '{}'", asked.names[0], asked.names[1]));
}

answer put_fault(api& with, const call& asked) {
    const auto one = read_fault(asked.asked.body, asked.names[1]);
    if (!one) return bad_body(one.error().message);
    auto done = with.relay.replace_fault(asked.names[0], *one);
    if (!done && done.error().why == relay::change_error::reason::unknown)
        done = with.relay.add_fault(asked.names[0], *one);
    return done ? answer{200, write(to_json(*one))} : refuse(done.error());
}

answer remove_fault(api& with, const call& asked) {
    const auto gone = with.relay.remove_fault(asked.names[0], asked.names[1]);
    return gone ? answer{204, ""} : refuse(gone.error());
}

// ---- routes

answer show_routes(api& with, const call&) {
    return {200, write(routes_json(with.relay.routes().get()))};
}

answer put_routes(api& with, const call& asked) {
    const auto body = read(asked.asked.body);
    if (!body) return bad_body(body.error().message);
    auto entries = read_routes(*body);
    if (!entries) return bad_body(entries.error().message);
    const auto done = with.relay.set_routes(std::move(*entries));
    return done ? show_routes(with, asked) : refuse(done.error());
}

// ---- flows

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// ?after=N&limit=N: those of higher numbers than N, at most so many.
answer list_flows(api& with, const call& asked) {
    constexpr std::uint64_t most = 1'000;
    std::uint64_t after = 0, limit = 100;
    for (const auto& [name, value] : {std::pair("after", &after), {"limit", &limit}}) {
        const auto text = asked.parameter(name);
        if (text.empty()) continue;
        const auto number = parse_number(text);
        if (!number)
            return refuse(400, fmt::format("{}={}: a whole number is expected", name, text));
        *value = *number;
    }
    json::array out;
    for (const auto& one : with.flows.after(after, std::min(limit, most)))
        out.push_back(flow_summary(one));
    return {200, write(json::object{{"flows", std::move(out)}})};
}

answer show_flow(api& with, const call& asked) {
    const auto number = parse_number(asked.names[0]);
    const auto found = number ? with.flows.find(*number) : std::nullopt;
    if (found) return {200, write(flow_details(*found))};
    return refuse(
        404,
        fmt::format(
            "there is no flow {}: it never was, or is too long over to be kept", asked.names[0]));
}

answer follow_events(api&, const call&) {
    answer lines;
    lines.follows = true;
    return lines;
}

answer show_index(api&, const call&);

#define PREFIX "/helloscope/v1"
constexpr resource table[] = {
    {"GET", PREFIX, show_index},
    {"GET", PREFIX "/listeners", list_listeners},
    {"POST", PREFIX "/listeners", make_listener},
    {"GET", PREFIX "/listeners/{}", show_listener},
    {"PATCH", PREFIX "/listeners/{}", change_listener},
    {"DELETE", PREFIX "/listeners/{}", remove_listener},
    {"GET", PREFIX "/listeners/{}/faults", list_faults},
    {"POST", PREFIX "/listeners/{}/faults", make_fault},
    {"GET", PREFIX "/listeners/{}/faults/{}", show_fault},
    {"PUT", PREFIX "/listeners/{}/faults/{}", put_fault},
    {"DELETE", PREFIX "/listeners/{}/faults/{}", remove_fault},
    {"GET", PREFIX "/routes", show_routes},
    {"PUT", PREFIX "/routes", put_routes},
    {"GET", PREFIX "/flows", list_flows},
    {"GET", PREFIX "/flows/{}", show_flow},
    {"GET", PREFIX "/events", follow_events},
};
#undef PREFIX

answer show_index(api& with, const call&) {
    json::array out;
    for (const auto& row : table) out.emplace_back(fmt::format("{} {}", row.method, row.path));
    return {200, write(json::object{{"helloscope", with.version}, {"resources", std::move(out)}})};
}

} // namespace

std::span<const resource> own_resources() { return table; }

} // namespace helloscope::web
