#include "helloscope/net/resolver.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <fmt/format.h>
#include <mutex>
#include <netdb.h>
#include <thread>

namespace helloscope::net {

using namespace std::chrono;

namespace {

// Splits at colons that stand outside of brackets; brackets are taken off.
std::vector<std::string> split_at_colons(std::string_view text, std::size_t most) {
    std::vector<std::string> parts(1);
    int depth = 0;
    for (const char c : text) {
        if (c == '[')
            ++depth;
        else if (c == ']')
            --depth;
        else if (c == ':' && depth == 0 && parts.size() < most)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

std::optional<std::uint16_t> port_or_any(const std::string& text, std::string_view any) {
    return text == any ? std::optional<std::uint16_t>(0) : parse_port(text);
}

bool matches(
    const std::string& host, std::uint16_t port, const host_port& target, std::string_view any) {
    return (host == any || boost::iequals(host, target.host)) && (port == 0 || port == target.port);
}

// What getaddrinfo's error means, with errno's where it says "system error".
std::string explain(int error) {
    return error == EAI_SYSTEM ? std::string(::strerror(errno))
                               : std::string(::gai_strerror(error));
}

struct lookup {
    std::vector<ip_address> addresses;
    std::string error;
};

lookup look_up(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    if (const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &list))
        return {{}, explain(error)};
    lookup found;
    for (auto* entry = list; entry != nullptr; entry = entry->ai_next) {
        tcp::endpoint endpoint;
        endpoint.resize(entry->ai_addrlen);
        std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
        found.addresses.push_back(from_asio(endpoint).address);
    }
    ::freeaddrinfo(list);
    return found;
}

} // namespace

result<resolve_rule> parse_resolve_rule(std::string_view text) {
    const auto bad = [&](std::string_view why) {
        return std::unexpected(failure{
            fmt::format("--resolve '{}': {}: expected HOST:PORT:ADDRESS[,ADDRESS]…", text, why)});
    };
    auto parts = split_at_colons(text.starts_with('+') ? text.substr(1) : text, 3);
    if (parts.size() != 3) return bad("too few parts");
    const auto port = port_or_any(parts[1], "*");
    if (!port) return bad("not a port");
    resolve_rule rule{parts[0], *port, {}};
    for (std::size_t at = 0; at <= parts[2].size();) {
        const auto comma = std::min(parts[2].find(',', at), parts[2].size());
        const auto address = parse_ip_address(parts[2].substr(at, comma - at));
        if (!address) return bad("not an address");
        rule.addresses.push_back(*address);
        at = comma + 1;
    }
    return rule;
}

result<connect_to_rule> parse_connect_to_rule(std::string_view text) {
    const auto parts = split_at_colons(text, 4);
    const auto bad = [&](std::string_view why) {
        return std::unexpected(failure{
            fmt::format("--connect-to '{}': {}: expected HOST1:PORT1:HOST2:PORT2", text, why)});
    };
    if (parts.size() != 4) return bad("too few parts");
    const auto port = port_or_any(parts[1], "");
    const auto to_port = port_or_any(parts[3], "");
    if (!port || !to_port) return bad("not a port");
    return connect_to_rule{parts[0], *port, parts[2], *to_port};
}

host_port apply_connect_to(const resolve_tables& tables, const host_port& target) {
    for (const auto& rule : tables.connect_to) {
        if (!matches(rule.host, rule.port, target, "")) continue;
        return {
            rule.to_host.empty() ? target.host : rule.to_host,
            rule.to_port == 0 ? target.port : rule.to_port};
    }
    return target;
}

// A lookup cannot be cancelled. Its threads are therefore detached and share this with the
// resolver: one that comes back after the resolver is gone finds `stopped` and touches nothing
// else.
struct resolver::impl {
    struct waiting {
        explicit waiting(const asio::any_io_executor& executor) : timer(executor) {}
        asio::steady_timer timer;
        bool answered = false;
        lookup found;
    };
    struct job {
        std::string host;
        std::weak_ptr<waiting> caller; // its timer must not outlive its io_context in our hands
    };
    struct shared {
        std::mutex mutex;
        std::condition_variable wake;
        std::deque<job> jobs;
        unsigned idle = 0;
        unsigned started = 0;
        bool stopped = false;
    };

    resolve_tables tables;
    unsigned most_threads;
    std::shared_ptr<shared> state = std::make_shared<shared>();

    void start(job work) {
        const std::lock_guard lock(state->mutex);
        state->jobs.push_back(std::move(work));
        if (state->idle < state->jobs.size() && state->started < most_threads) {
            std::thread(serve, state).detach();
            ++state->started;
        }
        state->wake.notify_one();
    }

    static void serve(const std::shared_ptr<shared>& state) {
        std::unique_lock lock(state->mutex);
        while (true) {
            ++state->idle;
            state->wake.wait(lock, [&] { return state->stopped || !state->jobs.empty(); });
            --state->idle;
            if (state->stopped) return;
            auto work = std::move(state->jobs.front());
            state->jobs.pop_front();
            if (work.caller.expired()) continue; // given up while it waited for a thread
            lock.unlock();
            auto found = look_up(work.host);
            lock.lock();
            if (state->stopped) return;
            if (auto caller = work.caller.lock()) hand_back(std::move(caller), std::move(found));
        }
    }

    static void hand_back(std::shared_ptr<waiting> caller, lookup found) {
        const auto executor = caller->timer.get_executor();
        asio::post(executor, [caller = std::move(caller), found = std::move(found)]() mutable {
            caller->answered = true;
            caller->found = std::move(found);
            caller->timer.cancel();
        });
    }
};

resolver::resolver(resolve_tables tables, unsigned threads) : impl_(std::make_unique<impl>()) {
    impl_->tables = std::move(tables);
    impl_->most_threads = threads;
}

resolver::~resolver() {
    const std::lock_guard lock(impl_->state->mutex);
    impl_->state->stopped = true;
    impl_->state->jobs.clear();
    impl_->state->wake.notify_all();
}

awaitable<resolver::answer> resolver::resolve(host_port target, milliseconds limit) {
    const auto begin = steady_clock::now();
    answer got;
    got.port = target.port;
    got.event.host = target.host;
    got.event.source = "dns";
    for (const auto& rule : impl_->tables.resolve) {
        if (!matches(rule.host, rule.port, target, "*")) continue;
        got.event.addresses = rule.addresses;
        got.event.source = "--resolve";
        co_return got;
    }
    if (const auto literal = parse_ip_address(target.host)) {
        got.event.addresses = {*literal};
        got.event.source = "literal";
        co_return got;
    }
    auto mine = std::make_shared<impl::waiting>(co_await asio::this_coro::executor);
    mine->timer.expires_after(limit);
    impl::job work{target.host, mine};
    impl_->start(std::move(work));
    co_await mine->timer.async_wait(as_result);
    if (mine->answered) {
        got.event.addresses = std::move(mine->found.addresses);
        got.event.error = std::move(mine->found.error);
    } else if (const auto state = co_await asio::this_coro::cancellation_state;
               state.cancelled() != asio::cancellation_type::none) {
        got.event.error = "given up: nobody waits for it any more";
    } else {
        got.timed_out = true;
        got.event.error = fmt::format(
            "no answer within {} s (--resolve-timeout)",
            duration_cast<std::chrono::duration<double>>(limit).count());
    }
    got.event.took = duration_cast<duration>(steady_clock::now() - begin);
    co_return got;
}

} // namespace helloscope::net
