#include "helloscope/relay/proxy.hpp"

#include "helloscope/policy/route.hpp"
#include "listener_book.hpp"
#include "server_leg.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <random>
#include <thread>

namespace helloscope::relay {

namespace {

// Unlike that of any other instance, which a request may well pass through too.
std::string make_pseudonym() {
    std::random_device random;
    return fmt::format("helloscope-{:08x}", random());
}

// A parent that is ourselves would be a loop from the first connection on.
result<void> check_parent(
    std::span<const listening> listeners, const wire::front::proxy_url& parent,
    std::string_view source) {
    const auto address = parse_ip_address(
        parent.at.host == "localhost" ? "127.0.0.1" : parent.at.host);
    for (const auto& where : listeners)
        if (address && is_listener(where, *address, parent.at.port))
            return std::unexpected(failure{fmt::format(
                "{}: the parent proxy {} is helloscope itself: set another one, or --via "
                "direct for none",
                source, to_string(parent))});
    return {};
}

result<void> check_routes(std::span<const listening> listeners, const policy::routes& routes) {
    for (const auto& entry : routes.entries())
        for (const auto& parent : entry.via.value_or(policy::way_out{}).parents)
            if (auto fine = check_parent(listeners, parent, "route " + to_string(entry)); !fine)
                return fine;
    return {};
}

result<void> check_ways_out(const options& wanted) {
    const auto check = [&](const auto& parent, std::string_view source) {
        return check_parent(wanted.listeners, parent, source);
    };
    const auto& ways = wanted.ways_out;
    if (wanted.routes)
        if (auto fine = check_routes(wanted.listeners, *wanted.routes); !fine) return fine;
    for (const auto& parent : ways.via)
        if (auto fine = check(parent, "--via"); !fine) return fine;
    if (ways.direct || !ways.via.empty()) return {}; // the environment is not asked
    for (const auto& [parent, source] :
         {std::pair(ways.https_proxy, ways.https_source), {ways.http_proxy, ways.http_source}})
        if (parent)
            if (auto fine = check(*parent, source); !fine) return fine;
    return {};
}

bool speaks_tls(const policy::routes& routes) {
    const auto is_https = [](const wire::front::proxy_url& parent) {
        return parent.scheme == wire::front::proxy_scheme::https;
    };
    return std::ranges::any_of(routes.entries(), [&](const policy::route_entry& entry) {
        return entry.via && std::ranges::any_of(entry.via->parents, is_https);
    });
}

class running final : public proxy {
  public:
    explicit running(const options& wanted) : book_(workers_), resolver_(wanted.names) {
        for (unsigned i = 0; i < wanted.threads; ++i)
            workers_.push_back(std::make_unique<worker>());
    }

    // First the addresses, then the recording: one that is in use must not empty an old file.
    result<void> serve(options wanted, onlookers to) {
        if (auto listening = book_.open_given(wanted); !listening)
            return std::unexpected(listening.error());
        if (auto way_out = check_ways_out(wanted); !way_out)
            return std::unexpected(way_out.error());
        auto record = recorder::start(wanted.recording, wanted.threads, std::move(to));
        if (!record) return std::unexpected(record.error());
        record_ = std::move(*record);

        shared_.emplace(std::move(wanted), resolver_, make_pseudonym());
        book_.begin(*shared_);
        for (unsigned i = 0; i < workers_.size(); ++i)
            threads_.emplace_back([this, i] { workers_[i]->run(*shared_, record_->way_in(i)); });
        return {};
    }

    const std::vector<listening>& listeners() const override { return shared_->options.listeners; }
    std::uint64_t open_flows() const override { return shared_->count.open; }
    std::uint64_t flows() const override { return shared_->count.flows; }
    std::uint64_t investigations() const override { return shared_->count.investigations; }

    std::vector<listener_state> all_listeners() const override { return book_.all(); }
    changed<listener_state> listener(std::string_view name) const override {
        return book_.find(name);
    }
    changed<listener_state> add_listener(listener_wish wanted) override {
        return book_.add(std::move(wanted));
    }
    changed<std::vector<listener_state>> put_listeners(std::vector<listener_wish> wanted) override {
        return book_.put(std::move(wanted));
    }
    changed<void> remove_listener(std::string_view name) override { return book_.remove(name); }
    changed<void> add_fault(std::string_view listener, fault::spec one) override {
        return book_.add_fault(listener, std::move(one));
    }
    changed<void> replace_fault(std::string_view listener, fault::spec one) override {
        return book_.replace_fault(listener, std::move(one));
    }
    changed<void> remove_fault(std::string_view listener, std::string_view name) override {
        return book_.remove_fault(listener, name);
    }

    std::shared_ptr<const policy::routes> routes() const override { return shared_->routes.now(); }
    changed<void> set_routes(std::vector<policy::route_entry> others) override {
        const auto invalid = [](const failure& why) {
            return std::unexpected(change_error{change_error::reason::invalid, why.message});
        };
        const std::lock_guard alone(changing_routes_);
        const auto old = shared_->routes.now();
        const auto otherwise = old && old->otherwise() ? *old->otherwise() : policy::route();
        auto made = policy::routes::make(std::move(others), otherwise);
        if (!made) return invalid(made.error());
        if (auto fine = check_routes(*shared_->listeners.now(), *made); !fine)
            return invalid(fine.error());
        if (speaks_tls(*made) && !shared_->options.parent_trust)
            return invalid({"an https:// parent in a route needs one that was there from the "
                            "start: whom to trust is read then"});
        shared_->routes.exchange(std::make_shared<const policy::routes>(std::move(*made)));
        return {};
    }

    recorder_totals stop() override {
        book_.end();
        for (auto& one : workers_) one->stop();
        for (auto& one : threads_) one.join();
        threads_.clear();
        return record_->stop();
    }

    ~running() override {
        if (!threads_.empty()) stop();
    }

  private:
    // In the order in which they need each other; they end in the other order.
    std::unique_ptr<recorder> record_;
    std::vector<std::unique_ptr<worker>> workers_;
    listener_book book_;
    net::resolver resolver_; // gone before the contexts that its answers go to
    std::optional<shared> shared_;
    std::mutex changing_routes_;
    std::vector<std::thread> threads_;
};

} // namespace

result<std::unique_ptr<proxy>> proxy::start(options wanted, onlookers to) {
    auto made = std::make_unique<running>(wanted);
    if (auto served = made->serve(std::move(wanted), std::move(to)); !served)
        return std::unexpected(served.error());
    return made;
}

} // namespace helloscope::relay
