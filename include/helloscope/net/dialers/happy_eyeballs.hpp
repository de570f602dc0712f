// Connects to one of several addresses (RFC 8305): families interleaved, the next attempt starts
// 250 ms after the last one or as soon as it failed, the first to connect wins, the others are
// closed. Every attempt is reported as it happens.
#pragma once

#include "helloscope/model/event.hpp"
#include "helloscope/net/kernel/local_binding.hpp"
#include "helloscope/shape/shape.hpp"

#include <chrono>
#include <functional>

namespace helloscope::net {

// RFC 8305 section 4: the families take turns, beginning with that of the first address.
std::vector<ip_address> interleave_families(const std::vector<ip_address>& addresses);

struct dial_limits {
    std::chrono::milliseconds total{30'000};      // for all attempts together
    std::chrono::milliseconds attempt_delay{250}; // RFC 8305 section 5
    local_binding binding; // addresses of another family than its source are left out
    std::optional<shape::clamp> segments; // how large they may be, both ways
    dial_limits() = default;
};

struct dialed {
    std::optional<tcp::socket> socket;
    endpoint address, local; // its two ends
    error_code error;        // of the last attempt that failed; timed_out when `total` ran out
    std::string unusable;    // why that attempt could not leave as the limits want; else empty
    dialed() = default;
};

using dial_report = std::function<void(model::happening)>; // connecting, connected, connect_failed

awaitable<dialed> dial(
    std::vector<ip_address> addresses, std::uint16_t port, dial_limits limits, dial_report report);

} // namespace helloscope::net
