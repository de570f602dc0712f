// What flows share, in one place. Everything here is either immutable or made for many threads.
#pragma once

#include "helloscope/net/resolver.hpp"
#include "helloscope/relay/options.hpp"
#include "helloscope/relay/recorder.hpp"

#include <atomic>

namespace helloscope::relay {

struct counters {
    std::atomic<std::uint64_t> flows{0}; // ever opened; gives each its number
    std::atomic<std::uint64_t> open{0};
};

struct shared {
    const relay::options options;
    const endpoint listener; // where we really listen
    net::resolver& resolver;
    counters count;

    shared(relay::options wanted, endpoint at, net::resolver& names)
        : options(std::move(wanted)), listener(at), resolver(names) {}
};

} // namespace helloscope::relay
