// What a route's shape does to the first flight: held until the ClientHello is whole, planned, and
// sent as planned. Only flows of such a route come here; the other direction runs meanwhile.
#pragma once

#include "helloscope/shape/plan.hpp"
#include "pump.hpp"

namespace helloscope::relay {

struct held_flight {
    bytes came;               // so far, with what is behind the hello
    shape::first_flight what; // unfinished: it took too long, or the client ended inside
    duration held{};          // since its first byte
    ending end = ending::open;

    held_flight() = default;
};

// Reads from the client until what comes is known to be a hello, whole, or none. All of it is shown
// to the observer, but for what stands behind a hello.
net::awaitable<held_flight> hold_first_flight(flow& moving, bytes early);

// Sends what was planned, each write as a segment of its own, and waits between them as long as the
// client is there. `sent` is called after each. The error that stopped it.
using write_report = std::function<void(bytes_view sent)>;
net::awaitable<net::error_code> perform(
    flow& moving, net::stream& to, const shape::plan& planned, write_report sent);

struct sent_flight {
    ending end = ending::open;
    bytes behind; // came with the flight, and is still to be sent

    sent_flight() = default;
};

// Both, and tells what became of it.
net::awaitable<sent_flight> send_first_flight(flow& moving, const shape::shape& how, bytes early);

} // namespace helloscope::relay
