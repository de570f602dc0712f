// The flows that a recording tells of and that have not ended: the packets of their legs, and what
// is told again of them when the recording goes on in another file.
#pragma once

#include "leg_packets.hpp"

#include <map>
#include <string>
#include <vector>

namespace helloscope::trace {

// How a flow began, to be told again: the last flow_opened, requested, routed, connected,
// parent_answered and answered. Thousands of idle flows keep theirs, so only what tells one from
// another is kept of the events' JSON: its time, and what stands behind that.
class opening {
  public:
    struct told {
        std::string_view name; // of the event
        timestamp time;
        std::string_view rest; // of its JSON, behind "event" and "flow"
    };

    // `json` is that of `what`; of any other event nothing is kept.
    void keep(const model::happening& what, std::string_view json);
    std::vector<told> all() const; // in the order in which flows begin; views of what is kept
    void clear();                  // keeps its memory, unless that has become large

  private:
    bytes texts_; // one behind the other
    std::array<std::uint32_t, 6> sizes_{};
};

struct open_flow {
    std::array<std::optional<leg_packets>, 2> legs; // client, server
    opening told;
    std::string comment; // for the next packet

    std::optional<leg_packets>& at(model::leg of) { return legs[static_cast<std::size_t>(of)]; }
    void clear();
};

// By id, so the oldest is first. Flows that have ended lend their memory to those to come.
class open_flows {
  public:
    // Far more than can be open: bounds what is kept of flows whose flow_closed was lost.
    static constexpr std::size_t most = 65'536;

    void open(
        std::uint64_t id); // anew, should it be open; with `most` open the oldest is forgotten
    open_flow* find(std::uint64_t id); // null: not open
    void close(std::uint64_t id);

    auto begin() const { return flows_.begin(); }
    auto end() const { return flows_.end(); }

  private:
    using by_id = std::map<std::uint64_t, open_flow>;
    by_id flows_;
    std::vector<by_id::node_type> spare_;
};

} // namespace helloscope::trace
