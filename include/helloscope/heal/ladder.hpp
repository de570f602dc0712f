// The shapes that healing tries, in order: "mtu:1400,mtu:1280,mtu:576,split:even,records:even".
// A rung is a shape as people write it, or one of two that depend on the hello: `split:even` cuts
// it into TCP pieces of one size, `records:even` into TLS records of one size, a segment each. The
// order separates causes: a clamp that cures speaks of sizes, a split alone of a parser or a
// filter.
#pragma once

#include "helloscope/shape/shape.hpp"

namespace helloscope::heal {

struct rung {
    enum class kind : std::uint8_t { as_written, even_split, even_records };
    kind what{};
    shape::shape written; // of as_written

    bool clamps() const { return what == kind::as_written && written.limit.has_value(); }
    bool operator==(const rung&) const = default;
};

using ladder = std::vector<rung>;

inline constexpr std::size_t most_rungs = 16;

// A comma parts rungs, unless it stands in a list of positions: "split:1,5,records:sni". The
// failure names the rung. "none" and a rung that changes nothing are no ladder.
result<ladder> parse_ladder(std::string_view text);
std::string to_string(const rung& one);
std::string to_string(const ladder& rungs); // parse_ladder reads it back
const ladder& default_ladder();

// What to cut evenly: a first flight that is one ClientHello.
struct hello_size {
    std::uint32_t flight = 0;  // all that is sent, with record headers
    std::uint32_t message = 0; // the handshake message
    std::uint32_t segment = 0; // data that one segment holds; 0: not known
};

// The rung for this hello, as it can be pasted: "split:747". Even pieces are as few as segments of
// the path would be, two at least.
shape::shape shape_of(const rung& one, const hello_size& hello);

} // namespace helloscope::heal
