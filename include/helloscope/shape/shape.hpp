// How the server leg is to be spoken to, as values and as text:
// "mss:1360|records:sni+2|split:records". Words are joined by '|'. The clamp (mss, mtu) holds for
// the whole connection and mss:hello for the handshake; the other words are steps, applied from
// left to right to the first flight (plan.hpp).
#pragma once

#include "helloscope/base/time.hpp"
#include "helloscope/shape/position.hpp"

#include <optional>
#include <variant>

namespace helloscope::shape {

// What TCP_MAXSEG takes, for either family; it refuses anything else with EINVAL.
inline constexpr std::uint32_t least_mss = 88, greatest_mss = 32'767;
// IP and TCP headers without options: what an MSS leaves out of a packet.
inline constexpr std::uint32_t headers_v4 = 40, headers_v6 = 60;

// A limit of segments in both directions: said as the size of a segment or of the packet it is in.
struct clamp {
    enum class measure : std::uint8_t { mss, mtu };
    measure in{};
    std::uint32_t size = 0;

    std::uint32_t mss(bool v6) const {
        return in == measure::mss ? size : size - (v6 ? headers_v6 : headers_v4);
    }
    bool operator==(const clamp&) const = default;
};

// The hello in TLS records made anew (RFC 8446 section 5.1), each as long as the positions part
// its handshake message; they count from the message's first byte, behind the record header.
struct records {
    positions at;
    bool operator==(const records&) const = default;
};

// One write, and one segment, up to each position. They count from the first byte that is sent.
struct split {
    positions at;
    bool operator==(const split&) const = default;
};

// Each piece in pieces of so many bytes.
struct dribble {
    std::uint32_t size = 0;
    bool operator==(const dribble&) const = default;
};

// Between one piece and the next.
struct pacing {
    std::optional<std::chrono::milliseconds> wait; // empty: until the piece is acknowledged
    bool operator==(const pacing&) const = default;
};

using step = std::variant<records, split, dribble, pacing>;

struct shape {
    std::optional<clamp> limit;
    std::optional<std::uint32_t>
        hello_mss; // bytes of each segment of ours until the handshake ends
    std::vector<step> steps;

    bool empty() const { return !limit && !hello_mss && steps.empty(); }
    // Whether the first flight is held until it is whole.
    bool holds_first_flight() const { return hello_mss || !steps.empty(); }
    bool operator==(const shape&) const = default;
};

// An empty text is the empty shape. The failure names the word, says what is wrong with it and how
// to write it.
result<shape> parse_shape(std::string_view text);
std::string to_string(const shape& how);   // parse_shape reads it back
std::string to_string(const clamp& limit); // "mss:1360", "mtu:1400"

} // namespace helloscope::shape
