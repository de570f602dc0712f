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
    const relay::options options; // its listeners are where we really listen
    net::resolver& resolver;
    const std::string pseudonym; // ours, in the Via field of what we send (RFC 9110 section 7.6.3)
    counters count;

    shared(relay::options wanted, net::resolver& names, std::string name)
        : options(std::move(wanted)), resolver(names), pseudonym(std::move(name)) {}
};

} // namespace helloscope::relay
