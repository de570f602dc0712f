// Whether a flow needs another attempt, in what shape, and when the race is over: a pure function
// of what is known of the attempts at one moment. It is asked again and again; whoever asks carries
// out what it says and tells it the outcome the next time.
//
//   stuck          not acknowledged after so many retransmissions: counted, since a second means
//                  nothing without the round trip
//   half answered  the kernel holds segments behind a gap, and nothing moves
//   silent         all acknowledged and nothing missing: a slow server looks the same, so one clamp
//                  is tried, once
//   ended          reset, closed, or never connected
//
// A further attempt begins when all there are are in such trouble; none is given up for it.
#pragma once

#include "helloscope/heal/ladder.hpp"
#include "helloscope/model/path.hpp"
#include "helloscope/wire/tls/flight.hpp"

#include <span>
#include <string>

namespace helloscope::heal {

enum class ending : std::uint8_t { none, rst, fin, connect, broken };

// One attempt, now.
struct attempt {
    shape::shape how;                   // empty: as it came
    std::optional<std::size_t> of_rung; // of the ladder; none of the first, and of a remembered one
    bool v6 = false;
    bool sent = false; // it is connected, and its first flight was given to the kernel
    ending over = ending::none;
    duration since{}; // it began; once sent, since then
    duration quiet{}; // nothing of the server came for so long; since it was sent, if ever
    wire::tls::flight answer = wire::tls::flight::nothing;
    std::uint64_t received = 0;       // bytes of the answer, not passed on
    std::uint64_t unacknowledged = 0; // bytes of the first flight
    bool gap = false;                 // the kernel holds segments behind one now
    std::optional<model::path_sample> path;
};

struct situation {
    duration since{};              // since the first flight was whole
    std::vector<attempt> attempts; // in the order in which they began; the first one stands
    std::uint64_t flight_size = 0; // bytes
    std::optional<shape::shape> remembered;
};

struct limits {
    std::uint32_t first_retransmits = 2; // that make the first attempt stuck, 0.7 s on a short path
    std::uint32_t later_retransmits = 1;
    std::chrono::milliseconds gap{1'000};     // without progress, behind a gap
    std::chrono::milliseconds settled{250};   // without progress, when a gap was filled
    std::chrono::milliseconds silence{2'000}; // without an answer, nothing missing
    std::chrono::milliseconds connect{1'250}; // a SYN is sent again after 1 s
    std::chrono::milliseconds total{8'000};   // since the first flight was whole
    std::uint64_t held = 64 * 1024;           // bytes of an answer that is not whole
    std::uint32_t attempts = 8;               // the first one included
};

enum class trouble : std::uint8_t { none, connecting, stuck, half_answered, silent, ended };

// `first`: of the two numbers of retransmissions the larger one counts.
trouble trouble_of(const attempt& one, const limits& within, bool first);
// "sent again 2 times and not acknowledged"; empty for none.
std::string words_of(trouble what, const attempt& one);

struct decision {
    enum class verb : std::uint8_t { wait, start, join };
    verb what{};
    std::optional<std::size_t> of_rung; // to start; none: the remembered shape
    std::size_t attempt = 0;            // to join
    std::string why;                    // of both
};

decision decide(const situation& now, const ladder& rungs, const limits& within);

} // namespace helloscope::heal
