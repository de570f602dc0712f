// What flows share, in one place. Everything here is either immutable or made for many threads.
#pragma once

#include "helloscope/net/kernel/system_call.hpp"
#include "helloscope/net/resolver.hpp"
#include "helloscope/policy/route.hpp"
#include "helloscope/relay/heal_memory.hpp"
#include "helloscope/relay/options.hpp"
#include "helloscope/relay/recorder.hpp"
#include "path_history.hpp"
#include "recently.hpp"
#include "snapshot.hpp"

#include <atomic>
#include <mutex>
#include <unordered_set>

namespace helloscope::relay {

struct counters {
    std::atomic<std::uint64_t> flows{0}; // ever opened; gives each its number
    std::atomic<std::uint64_t> open{0};
    std::atomic<std::uint64_t> investigations{0}; // flows that are open for nothing else any more
};

// Our own ends of open server legs: a redirected connection that comes from one is our own, sent
// back to us. Kept only where there is a redirect listener; touched once a connection.
class own_ends {
  public:
    void add(const endpoint& local) {
        const std::lock_guard lock(mutex_);
        ends_.insert(to_string(local));
    }
    void remove(const endpoint& local) {
        const std::lock_guard lock(mutex_);
        ends_.erase(to_string(local));
    }
    bool has(const endpoint& peer) const {
        const std::lock_guard lock(mutex_);
        return ends_.contains(to_string(peer));
    }

  private:
    mutable std::mutex mutex_;
    std::unordered_set<std::string> ends_;
};

// A second handle on the pages tells the headers for less than a peek at any number of connections
// and however the sender writes. Where two system calls for each record cost more than to copy it,
// the handle is read whole: tests/bench/README.md says from when on.
inline data_path best_data_path(duration system_call) {
    constexpr duration dear = std::chrono::nanoseconds(330);
    return system_call > dear ? data_path::tee_whole : data_path::tee;
}

struct shared {
    const relay::options options; // its listeners are where we really listen, from the beginning
    snapshot<std::vector<listening>> listeners; // all that are open now; never null
    net::resolver& resolver;
    const std::string pseudonym; // ours, in the Via field of what we send (RFC 9110 section 7.6.3)
    const data_path path;        // never automatic
    counters count;
    own_ends ends;
    // The policy; null: there is none. A flow looks once for each request and keeps what it found.
    snapshot<policy::routes> routes;
    heal_memory cures;
    path_history history;
    recently investigated{std::chrono::minutes(5)};

    shared(relay::options wanted, net::resolver& names, std::string name)
        : options(std::move(wanted)),
          listeners(std::make_shared<const std::vector<listening>>(options.listeners)),
          resolver(names), pseudonym(std::move(name)),
          path(
              options.path == data_path::automatic ? best_data_path(net::system_call_cost())
                                                   : options.path),
          routes(options.routes), cures(options.heal_memory, options.healing.keep) {}
};

} // namespace helloscope::relay
