// What got a first flight through, by destination and network, so that the next flow there need not
// find it out again. It is a hint, never a rule: a remembered shape races beside the flow as it
// came, and is forgotten when the latter wins. Its text is a file of lines:
//
//     # helloscope heal 1
//     NETWORK <tab> HOST:PORT <tab> PARENT or - <tab> SHAPE <tab> LEARNED <tab> WORKED <tab> TIMES
//
// The network is that of our own end: the prefix of /24 or /64 around it. Two homes that use the
// same private prefix are one network to it; what it then gets wrong costs one connection.
#pragma once

#include "helloscope/base/network.hpp"
#include "helloscope/base/time.hpp"
#include "helloscope/shape/shape.hpp"

#include <string>
#include <vector>

namespace helloscope::heal {

struct place {
    network from;       // of our end of the connection
    host_port to;       // as the client names it
    std::string parent; // the nearest parent proxy; empty: direct
    bool operator==(const place&) const = default;
};

network network_of(const ip_address& local);

struct cure {
    place where;
    shape::shape how;
    timestamp learned, worked; // first and last time
    std::uint32_t times = 1;
    bool operator==(const cure&) const = default;
};

class memory {
  public:
    static constexpr std::size_t most = 1'000; // beyond it the one goes that worked longest ago

    // The failure says the line and what was expected there. Times are kept to the second.
    static result<memory> parse(std::string_view text);
    std::string text() const;

    // What worked there in the last `keep`.
    const cure* find(const place& where, timestamp now, duration keep) const;
    // A name or parent that cannot stand in a line is not remembered: false.
    bool learn(const place& where, const shape::shape& how, timestamp now);
    bool forget(const place& where);
    std::size_t forget_host(std::string_view host); // with its every port and network; how many
    std::size_t expire(timestamp now, duration keep);

    const std::vector<cure>& all() const { return cures_; }

  private:
    std::vector<cure> cures_;
};

std::string time_text(timestamp when); // "2026-11-21T03:28:49Z"

} // namespace helloscope::heal
