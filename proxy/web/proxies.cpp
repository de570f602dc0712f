#include "proxies.hpp"

#include "fields.hpp"
#include "toxics.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::web {

namespace {

using relay::listener_state;
using relay::listener_wish;

// The version of Toxiproxy whose API this is: clients ask before they use what is newer.
constexpr std::string_view speaks = "2.12.0";

bool is_proxy(const listener_state& one) {
    return !one.given && one.where.how == relay::way_in::reverse;
}

answer no_proxy() { return refuse(404, "proxy not found"); }
answer no_toxic() { return refuse(404, "toxic not found"); }
answer missing(std::string_view field) {
    return refuse(400, fmt::format("missing required field: {}", field));
}
answer bad_body(std::string_view why) {
    return refuse(400, fmt::format("bad request body: {}", why));
}
answer refused(const relay::change_error& why) {
    using reason = relay::change_error::reason;
    if (why.why == reason::taken) return refuse(409, "proxy already exists");
    return web::refuse(why);
}

json::array toxics_json(const listener_state& proxy) {
    json::array out;
    for (const auto& one : toxics_among(proxy.faults)) out.push_back(to_json(one));
    return out;
}

json::object proxy_json(const listener_state& proxy) {
    return {
        {"name", proxy.where.name},
        {"listen", to_string(proxy.where.at)},
        {"upstream", to_string(proxy.where.target)},
        {"enabled", proxy.open},
        {"toxics", toxics_json(proxy)}};
}

std::optional<listener_state> find_proxy(const api& with, const call& asked) {
    auto found = with.relay.listener(asked.names.at(0));
    if (!found || !is_proxy(*found)) return std::nullopt;
    return std::move(*found);
}

// What a body says of a proxy; what it does not say stays. The answer says what is wrong.
std::optional<answer> read_proxy(const json::value& body, listener_wish& proxy) {
    std::string listen, upstream;
    fields given(body);
    given.text("listen", listen);
    given.text("upstream", upstream);
    given.yes_or_no("enabled", proxy.open);
    if (given.wrong()) return bad_body(given.wrong()->message);
    if (given.find("listen") != nullptr) {
        const auto at = parse_listen(listen);
        if (!at) return bad_body(at.error().message);
        proxy.where.at = *at;
    }
    if (given.find("upstream") != nullptr) {
        const auto target = parse_host_port(upstream);
        if (!target)
            return bad_body(fmt::format(
                "\"upstream\": HOST:PORT is expected, such as registry.test:443, not \"{}\"",
                upstream));
        proxy.where.target = *target;
    }
    return std::nullopt;
}

// The same of one that is to be made. `which` is told beside what is missing.
std::optional<answer> read_new_proxy(
    const json::value& body, std::string_view which, listener_wish& proxy) {
    std::string name, upstream;
    fields given(body);
    given.text("name", name);
    given.text("upstream", upstream);
    if (given.wrong()) return bad_body(given.wrong()->message);
    if (name.empty()) return missing(fmt::format("name{}", which));
    if (upstream.empty()) return missing(fmt::format("upstream{}", which));
    proxy.where.how = relay::way_in::reverse;
    proxy.where.name = name;
    proxy.where.at.port = 0;
    return read_proxy(body, proxy);
}

answer list_proxies(api& with, const call&) {
    json::object out;
    for (const auto& one : with.relay.all_listeners())
        if (is_proxy(one)) out[one.where.name] = proxy_json(one);
    return {200, write(out)};
}

answer make_proxy(api& with, const call& asked) {
    const auto body = read(asked.asked.body);
    if (!body) return bad_body(body.error().message);
    listener_wish wanted;
    if (auto wrong = read_new_proxy(*body, "", wanted)) return std::move(*wrong);
    const auto made = with.relay.add_listener(std::move(wanted));
    if (!made) return refused(made.error());
    return {201, write(proxy_json(*made))};
}

answer show_proxy(api& with, const call& asked) {
    const auto proxy = find_proxy(with, asked);
    return proxy ? answer{200, write(proxy_json(*proxy))} : no_proxy();
}

answer change_proxy(api& with, const call& asked) {
    auto proxy = find_proxy(with, asked);
    if (!proxy) return no_proxy();
    const auto body = read(asked.asked.body);
    if (!body) return bad_body(body.error().message);
    listener_wish wanted{std::move(proxy->where), proxy->open, {}};
    if (auto wrong = read_proxy(*body, wanted)) return std::move(*wrong);
    std::vector<listener_wish> one;
    one.push_back(std::move(wanted));
    const auto changed = with.relay.put_listeners(std::move(one));
    if (!changed) return refused(changed.error());
    return {200, write(proxy_json(changed->at(0)))};
}

answer remove_proxy(api& with, const call& asked) {
    if (!find_proxy(with, asked)) return no_proxy();
    const auto gone = with.relay.remove_listener(asked.names[0]);
    return gone ? answer{204, ""} : refused(gone.error());
}

// Toxiproxy leaves a proxy alone that is there with the same addresses, and makes any other anew.
void as_it_is_or_anew(const api& with, listener_wish& wanted) {
    const auto old = with.relay.listener(wanted.where.name);
    const bool same = old && is_proxy(*old) && old->where.at == wanted.where.at &&
                      old->where.target == wanted.where.target;
    if (same)
        wanted.open = old->open;
    else
        wanted.faults.emplace();
}

// All of them or, where one cannot be had, none.
answer populate(api& with, const call& asked) {
    const auto body = read(asked.asked.body);
    if (!body) return bad_body(body.error().message);
    const auto* list = body->if_array();
    if (list == nullptr)
        return bad_body(fmt::format("an array of proxies is expected, not {}", kind_of(*body)));
    std::vector<listener_wish> wanted;
    for (const auto& one : *list) {
        const auto which = fmt::format(" at proxy {}", wanted.size() + 1);
        if (auto wrong = read_new_proxy(one, which, wanted.emplace_back()))
            return std::move(*wrong);
        as_it_is_or_anew(with, wanted.back());
    }
    const auto made = with.relay.put_listeners(std::move(wanted));
    if (!made) return refused(made.error());
    json::array out;
    for (const auto& one : *made) out.push_back(proxy_json(one));
    return {201, write(json::object{{"proxies", std::move(out)}})};
}

answer reset(api& with, const call&) {
    std::vector<listener_wish> wanted;
    for (auto& one : with.relay.all_listeners())
        if (is_proxy(one))
            wanted.push_back({std::move(one.where), true, std::vector<fault::spec>()});
    const auto done = with.relay.put_listeners(std::move(wanted));
    return done ? answer{204, ""} : refused(done.error());
}

answer version(api& with, const call&) {
    return {200, write(json::object{{"version", speaks}, {"helloscope", with.version}})};
}

// ---- toxics

std::optional<fault::toxic> find_toxic(const listener_state& of, std::string_view name) {
    const auto all = toxics_among(of.faults);
    const auto found = std::ranges::find(all, name, &fault::toxic::name);
    if (found == all.end()) return std::nullopt;
    return *found;
}

answer tell(const fault::toxic& one, const relay::changed<void>& done) {
    using reason = relay::change_error::reason;
    if (done) return {200, write(to_json(one))};
    if (done.error().why == reason::taken) return refuse(409, "toxic already exists");
    return refused(done.error());
}

answer list_toxics(api& with, const call& asked) {
    const auto proxy = find_proxy(with, asked);
    return proxy ? answer{200, write(toxics_json(*proxy))} : no_proxy();
}

answer make_toxic(api& with, const call& asked) {
    if (!find_proxy(with, asked)) return no_proxy();
    const auto body = read(asked.asked.body);
    if (!body) return bad_body(body.error().message);
    const auto made = read_toxic(*body);
    if (!made) return refuse(400, made.error().message);
    return tell(*made, with.relay.add_fault(asked.names[0], *parse_toxic(*made)));
}

answer show_toxic(api& with, const call& asked) {
    const auto proxy = find_proxy(with, asked);
    if (!proxy) return no_proxy();
    const auto found = find_toxic(*proxy, asked.names[1]);
    return found ? answer{200, write(to_json(*found))} : no_toxic();
}

answer change_toxic(api& with, const call& asked) {
    const auto proxy = find_proxy(with, asked);
    if (!proxy) return no_proxy();
    auto found = find_toxic(*proxy, asked.names[1]);
    if (!found) return no_toxic();
    const auto body = read(asked.asked.body);
    if (!body) return bad_body(body.error().message);
    const auto next = web::change_toxic(std::move(*found), *body);
    if (!next) return refuse(400, next.error().message);
    return tell(*next, with.relay.replace_fault(asked.names[0], *parse_toxic(*next)));
}

answer remove_toxic(api& with, const call& asked) {
    const auto proxy = find_proxy(with, asked);
    if (!proxy) return no_proxy();
    if (!find_toxic(*proxy, asked.names[1])) return no_toxic();
    const auto gone = with.relay.remove_fault(asked.names[0], asked.names[1]);
    return gone ? answer{204, ""} : refused(gone.error());
}

// POST changes what is there, in clients older than 2.6.
constexpr resource table[] = {
    {"GET", "/proxies", list_proxies},
    {"POST", "/proxies", make_proxy},
    {"POST", "/populate", populate},
    {"GET", "/proxies/{}", show_proxy},
    {"POST", "/proxies/{}", change_proxy},
    {"PATCH", "/proxies/{}", change_proxy},
    {"DELETE", "/proxies/{}", remove_proxy},
    {"GET", "/proxies/{}/toxics", list_toxics},
    {"POST", "/proxies/{}/toxics", make_toxic},
    {"GET", "/proxies/{}/toxics/{}", show_toxic},
    {"POST", "/proxies/{}/toxics/{}", change_toxic},
    {"PATCH", "/proxies/{}/toxics/{}", change_toxic},
    {"DELETE", "/proxies/{}/toxics/{}", remove_toxic},
    {"POST", "/reset", reset},
    {"GET", "/version", version},
};

} // namespace

std::span<const resource> toxiproxy_resources() { return table; }

result<endpoint> parse_listen(std::string_view text) {
    std::string address(text.empty() ? "127.0.0.1:0" : text);
    if (address.starts_with("localhost:")) address.replace(0, 9, "127.0.0.1");
    if (address.starts_with(':')) address.insert(0, "[::]"); // Go's words for every address
    if (const auto at = parse_endpoint(address)) return *at;
    return std::unexpected(failure{fmt::format(
        "\"listen\": ADDRESS:PORT is expected, such as 127.0.0.1:0, not \"{}\"", text)});
}

} // namespace helloscope::web
