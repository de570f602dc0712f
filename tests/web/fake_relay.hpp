// A relay without sockets, for the resources that change one: it keeps what it is told.
#pragma once

#include "helloscope/policy/route.hpp"
#include "helloscope/relay/control.hpp"
#include "json_text.hpp"
#include "proxies.hpp"
#include "resources.hpp"

#include <algorithm>

namespace helloscope::test {

class fake_relay final : public relay::control {
  public:
    using reason = relay::change_error::reason;
    static constexpr std::uint16_t port_in_use = 9;

    fake_relay() {
        relay::listener_state first;
        first.where.name = "127.0.0.1:8484";
        first.given = true;
        listeners.push_back(first);
    }

    std::vector<relay::listener_state> all_listeners() const override { return listeners; }
    relay::changed<relay::listener_state> listener(std::string_view name) const override {
        const auto* found = const_cast<fake_relay*>(this)->look(name);
        if (found == nullptr) return no(reason::unknown, "no listener");
        return *found;
    }
    relay::changed<relay::listener_state> add_listener(relay::listener_wish wanted) override {
        if (look(wanted.where.name) != nullptr) return no(reason::taken, "taken");
        if (wanted.where.at.port == port_in_use) return no(reason::unavailable, "port in use");
        listeners.emplace_back();
        return fill(listeners.back(), std::move(wanted));
    }
    relay::changed<std::vector<relay::listener_state>> put_listeners(
        std::vector<relay::listener_wish> wanted) override {
        for (const auto& one : wanted) {
            if (one.where.at.port == port_in_use) return no(reason::unavailable, "port in use");
            if (const auto* old = look(one.where.name); old != nullptr && old->given)
                return no(reason::invalid, "given");
        }
        std::vector<relay::listener_state> out;
        for (auto& one : wanted) {
            auto* old = look(one.where.name);
            out.push_back(fill(old ? *old : listeners.emplace_back(), std::move(one)));
        }
        return out;
    }
    relay::changed<void> remove_listener(std::string_view name) override {
        const auto gone = std::erase_if(
            listeners, [&](const auto& one) { return one.where.name == name && !one.given; });
        if (gone == 0) return no(reason::unknown, "no listener");
        return {};
    }
    relay::changed<void> add_fault(std::string_view listener, fault::spec one) override {
        auto* at = look(listener);
        if (at == nullptr) return no(reason::unknown, "no listener");
        if (std::ranges::find(at->faults, one.name, &fault::spec::name) != at->faults.end())
            return no(reason::taken, "taken");
        at->faults.push_back(std::move(one));
        return {};
    }
    relay::changed<void> replace_fault(std::string_view listener, fault::spec one) override {
        auto* at = look(listener);
        if (at == nullptr) return no(reason::unknown, "no listener");
        const auto old = std::ranges::find(at->faults, one.name, &fault::spec::name);
        if (old == at->faults.end()) return no(reason::unknown, "no fault");
        *old = std::move(one);
        return {};
    }
    relay::changed<void> remove_fault(std::string_view listener, std::string_view name) override {
        auto* at = look(listener);
        if (at == nullptr) return no(reason::unknown, "no listener");
        if (std::erase_if(at->faults, [&](const auto& one) { return one.name == name; }) == 0)
            return no(reason::unknown, "no fault");
        return {};
    }
    std::shared_ptr<const policy::routes> routes() const override { return routes_; }
    relay::changed<void> set_routes(std::vector<policy::route_entry> others) override {
        auto made = policy::routes::make(std::move(others), {});
        if (!made) return no(reason::invalid, made.error().message);
        routes_ = std::make_shared<const policy::routes>(std::move(*made));
        return {};
    }

    // What faults a listener has, as texts.
    std::vector<std::string> faults_of(std::string_view name) {
        std::vector<std::string> out;
        for (const auto& one : look(name)->faults) out.push_back(to_string(one));
        return out;
    }

    std::vector<relay::listener_state> listeners;

  private:
    static std::unexpected<relay::change_error> no(reason why, std::string message) {
        return std::unexpected(relay::change_error{why, std::move(message)});
    }
    relay::listener_state* look(std::string_view name) {
        const auto found = std::ranges::find_if(
            listeners, [&](const auto& one) { return one.where.name == name; });
        return found == listeners.end() ? nullptr : &*found;
    }
    relay::listener_state fill(relay::listener_state& one, relay::listener_wish wanted) {
        one.where = std::move(wanted.where);
        if (one.where.at.port == 0 && wanted.open) one.where.at.port = next_port_++;
        one.open = wanted.open;
        if (wanted.faults) one.faults = std::move(*wanted.faults);
        return one;
    }

    std::shared_ptr<const policy::routes> routes_;
    std::uint16_t next_port_ = 40'000;
};

// The admin API around it, asked as by a client that means well.
struct asking {
    fake_relay relay;
    web::flow_store flows;
    web::api api{relay, flows, "0.1.0"};

    web::answer ask(std::string method, std::string target, std::string body = "") {
        std::vector<web::resource> table;
        for (const auto& row : web::toxiproxy_resources()) table.push_back(row);
        for (const auto& row : web::own_resources()) table.push_back(row);
        web::request asked;
        asked.method = std::move(method);
        asked.target = std::move(target);
        asked.host = "127.0.0.1:8474";
        if (!body.empty()) asked.content_type = "application/json";
        asked.body = std::move(body);
        return web::route(api, table, asked);
    }
    // Status and body, as one text: "404 {…}".
    std::string says(std::string method, std::string target, std::string body = "") {
        const auto got = ask(std::move(method), std::move(target), std::move(body));
        return std::to_string(got.status) + (got.body.empty() ? "" : " " + got.body);
    }
};

} // namespace helloscope::test
