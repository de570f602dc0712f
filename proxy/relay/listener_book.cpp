#include "listener_book.hpp"

#include "helloscope/net/kernel/listen.hpp"
#include "helloscope/relay/access.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <latch>

namespace helloscope::relay {

namespace {

using reason = change_error::reason;

constexpr std::size_t longest_name = 200;
constexpr std::size_t most_listeners = 1'000;
constexpr std::size_t most_faults = 100; // on one listener

change_error no_listener(std::string_view name) {
    return {reason::unknown, fmt::format("there is no listener '{}'", name)};
}

std::string_view flag_of(way_in how) {
    switch (how) {
    case way_in::proxy: return "--listen";
    case way_in::tls_proxy: return "--listen-tls";
    case way_in::reverse: return "--reverse";
    case way_in::redirect:
    case way_in::tproxy: return "--transparent";
    }
    return "";
}

bool is_plain(char c) { return c > ' ' && c != '/' && c != '\x7f'; }

} // namespace

struct listener_book::plan {
    listener_wish wanted;
    std::optional<std::vector<net::tcp::acceptor>> sockets; // newly opened ones
    bool same = false; // nothing changes, but perhaps the faults
};

result<void> listener_book::open_given(options& wanted) {
    std::vector<net::asio::io_context*> contexts;
    for (auto& one : workers_) contexts.push_back(&one->context());
    for (auto& where : wanted.listeners) {
        const auto kind = where.how == way_in::tproxy ? net::listen_kind::transparent
                                                      : net::listen_kind::plain;
        auto acceptors = net::listen(
            contexts, where.at, kind, flag_of(where.how), where.client_mss);
        if (!acceptors) return std::unexpected(acceptors.error());
        where.at = net::from_asio(acceptors->front().local_endpoint());
        const auto in = std::make_shared<entrance>(
            where, wanted.breakable, std::vector<fault::spec>());
        for (std::size_t i = 0; i < workers_.size(); ++i)
            workers_[i]->take(std::move((*acceptors)[i]), in);
        entries_.push_back({in, true, true});
    }
    return {};
}

void listener_book::end() {
    const std::lock_guard alone(mutex_);
    over_ = true;
}

std::string listener_book::name_of(const listening& where) {
    return where.name.empty() ? to_string(where.at) : where.name;
}

listener_state listener_book::state_of(const entry& one) {
    listener_state state{one.now->where, one.open, one.given, *one.now->faults.now()};
    state.where.name = name_of(state.where);
    return state;
}

std::vector<listener_state> listener_book::all() const {
    const std::lock_guard alone(mutex_);
    std::vector<listener_state> out;
    for (const auto& one : entries_) out.push_back(state_of(one));
    return out;
}

changed<listener_state> listener_book::find(std::string_view name) const {
    const std::lock_guard alone(mutex_);
    const auto* found = look(name);
    if (found == nullptr) return std::unexpected(no_listener(name));
    return state_of(*found);
}

const listener_book::entry* listener_book::look(std::string_view name) const {
    const auto found = std::ranges::find_if(
        entries_, [&](const entry& one) { return name_of(one.now->where) == name; });
    return found == entries_.end() ? nullptr : &*found;
}

listener_book::entry* listener_book::look(std::string_view name) {
    return const_cast<entry*>(std::as_const(*this).look(name));
}

changed<listener_state> listener_book::add(listener_wish wanted) {
    const std::lock_guard alone(mutex_);
    if (look(wanted.where.name) != nullptr)
        return std::unexpected(change_error{
            reason::taken, fmt::format("there is a listener '{}' already", wanted.where.name)});
    auto ready = prepare(std::move(wanted));
    if (!ready) return std::unexpected(std::move(ready.error()));
    return carry_out(std::move(*ready));
}

changed<std::vector<listener_state>> listener_book::put(std::vector<listener_wish> wanted) {
    const std::lock_guard alone(mutex_);
    std::vector<plan> ready;
    for (auto& one : wanted) {
        const auto& name = one.where.name;
        if (std::ranges::any_of(
                ready, [&](const plan& other) { return other.wanted.where.name == name; }))
            return std::unexpected(
                change_error{reason::invalid, fmt::format("'{}' is there twice", name)});
        auto next = prepare(std::move(one));
        if (!next) return std::unexpected(std::move(next.error()));
        ready.push_back(std::move(*next));
    }
    std::vector<listener_state> out;
    for (auto& one : ready) out.push_back(carry_out(std::move(one)));
    return out;
}

changed<void> listener_book::remove(std::string_view name) {
    const std::lock_guard alone(mutex_);
    const auto* found = look(name);
    if (found == nullptr) return std::unexpected(no_listener(name));
    if (found->given)
        return std::unexpected(change_error{
            reason::invalid,
            fmt::format("'{}' is there from the start and cannot be removed", name)});
    if (over_) return std::unexpected(change_error{reason::over, "the proxy is stopping"});
    const auto gone = found->now;
    std::erase_if(entries_, [&](const entry& one) { return one.now == gone; });
    publish();
    on_workers([&](worker& on, std::size_t) { on.close(*gone, "its listener was removed"); });
    return {};
}

// What can be said without asking the system.
std::optional<change_error> listener_book::objection(const listener_wish& wanted) const {
    const auto& where = wanted.where;
    const auto invalid = [](std::string why) { return change_error{reason::invalid, why}; };
    if (over_) return change_error{reason::over, "the proxy is stopping"};
    if (where.name.empty() || where.name.size() > longest_name ||
        !std::ranges::all_of(where.name, is_plain))
        return invalid(fmt::format(
            "the name of a listener is 1 to {} characters without space and '/'", longest_name));
    if (where.how != way_in::proxy && where.how != way_in::reverse)
        return invalid("only proxy and reverse listeners can be made at run time");
    if (const auto* old = look(where.name); old != nullptr && old->given)
        return invalid(
            fmt::format("'{}' is there from the start and cannot be changed", where.name));
    if (entries_.size() >= most_listeners && look(where.name) == nullptr)
        return invalid(fmt::format("there are {} listeners: no more can be made", most_listeners));
    if (wanted.faults && wanted.faults->size() > most_faults)
        return invalid(fmt::format("a listener takes {} faults", most_faults));
    if (!is_guarded(where, common_->options.access))
        return invalid(fmt::format(
            "everybody who reaches {} could use '{}': say who may with --allow-from CIDR, or "
            "listen on 127.0.0.1",
            to_string(where.at), where.name));
    return std::nullopt;
}

changed<listener_book::plan> listener_book::prepare(listener_wish wanted) {
    if (auto why = objection(wanted)) return std::unexpected(std::move(*why));
    plan ready;
    const auto* old = look(wanted.where.name);
    const bool stays = old != nullptr && old->open && wanted.open &&
                       old->now->where.at == wanted.where.at;
    ready.same = old != nullptr && old->open == wanted.open &&
                 old->now->where.at == wanted.where.at && old->now->where.how == wanted.where.how &&
                 old->now->where.target == wanted.where.target;
    if (wanted.open && !stays) {
        std::vector<net::asio::io_context*> contexts;
        for (auto& one : workers_) contexts.push_back(&one->context());
        auto opened = net::listen(
            contexts, wanted.where.at, net::listen_kind::plain, "\"listen\"",
            wanted.where.client_mss);
        if (!opened)
            return std::unexpected(change_error{reason::unavailable, opened.error().message});
        wanted.where.at = net::from_asio(opened->front().local_endpoint());
        ready.sockets = std::move(*opened);
    }
    ready.wanted = std::move(wanted);
    return ready;
}

// Nothing can fail any more.
listener_state listener_book::carry_out(plan what) {
    auto& wanted = what.wanted;
    auto* one = look(wanted.where.name);
    if (one == nullptr) one = &entries_.emplace_back();
    const auto old = one->now;
    if (!wanted.faults) wanted.faults = old ? *old->faults.now() : faults();
    if (what.same) {
        exchange_faults(*old, std::move(*wanted.faults));
        return state_of(*one);
    }
    const bool was_open = old && one->open;
    one->now = std::make_shared<entrance>(std::move(wanted.where), true, std::move(*wanted.faults));
    one->open = wanted.open;
    publish();
    const bool stays = was_open && wanted.open && !what.sockets;
    on_workers([&](worker& on, std::size_t index) {
        if (stays) on.exchange(*old, one->now);
        if (was_open && !stays)
            on.close(*old, wanted.open ? "its listener was changed" : "its listener was closed");
        if (what.sockets) on.take(std::move((*what.sockets)[index]), one->now);
    });
    return state_of(*one);
}

void listener_book::publish() {
    auto open = std::make_shared<std::vector<listening>>();
    for (const auto& one : entries_)
        if (one.open) open->push_back(one.now->where);
    common_->listeners.exchange(std::move(open));
}

changed<void> listener_book::add_fault(std::string_view listener, fault::spec one) {
    if (one.name.empty() || one.name.size() > longest_name)
        return std::unexpected(change_error{
            reason::invalid,
            fmt::format("a fault has a name of up to {} characters", longest_name)});
    return change_faults(listener, [&](faults& all) -> std::optional<change_error> {
        if (std::ranges::find(all, one.name, &fault::spec::name) != all.end())
            return change_error{
                reason::taken, fmt::format("'{}' has a fault '{}' already", listener, one.name)};
        if (all.size() >= most_faults)
            return change_error{
                reason::invalid, fmt::format("a listener takes {} faults", most_faults)};
        all.push_back(std::move(one));
        return std::nullopt;
    });
}

changed<void> listener_book::replace_fault(std::string_view listener, fault::spec one) {
    return change_faults(listener, [&](faults& all) -> std::optional<change_error> {
        const auto old = std::ranges::find(all, one.name, &fault::spec::name);
        if (old == all.end())
            return change_error{
                reason::unknown, fmt::format("'{}' has no fault '{}'", listener, one.name)};
        *old = std::move(one);
        return std::nullopt;
    });
}

changed<void> listener_book::remove_fault(std::string_view listener, std::string_view name) {
    return change_faults(listener, [&](faults& all) -> std::optional<change_error> {
        if (std::erase_if(all, [&](const fault::spec& one) { return one.name == name; }) == 0)
            return change_error{
                reason::unknown, fmt::format("'{}' has no fault '{}'", listener, name)};
        return std::nullopt;
    });
}

changed<void> listener_book::change_faults(
    std::string_view listener, const std::function<std::optional<change_error>(faults&)>& how) {
    const std::lock_guard alone(mutex_);
    auto* one = look(listener);
    if (one == nullptr) return std::unexpected(no_listener(listener));
    auto next = *one->now->faults.now();
    if (auto why = how(next)) return std::unexpected(std::move(*why));
    exchange_faults(*one->now, std::move(next));
    return {};
}

void listener_book::exchange_faults(entrance& of, faults next) {
    of.faults.exchange(std::make_shared<const faults>(std::move(next)));
    on_workers([&](worker& on, std::size_t) { on.look_at_faults(of); });
}

// On each worker's thread, and waits until all have done it.
void listener_book::on_workers(const std::function<void(worker&, std::size_t)>& what) {
    if (over_) return;
    std::latch done(static_cast<std::ptrdiff_t>(workers_.size()));
    for (std::size_t i = 0; i < workers_.size(); ++i)
        net::asio::post(workers_[i]->context(), [&, i] {
            what(*workers_[i], i);
            done.count_down();
        });
    done.wait();
}

} // namespace helloscope::relay
