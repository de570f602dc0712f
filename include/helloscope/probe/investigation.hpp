// One flow that failed, and the server that it failed at: asked again beside it, by hellos of ours
// and for its certificates, on connections of their own. What to ask is decided by diagnose; what
// comes of it is told. It never touches the flow's own legs.
//
// At most five tests, three at a time, each with a time limit, and all of them with another. Lives
// on one thread.
#pragma once

#include "helloscope/model/facts.hpp"
#include "helloscope/net/clock.hpp"
#include "helloscope/net/streams/stream.hpp"
#include "helloscope/net/x509/verify.hpp"
#include "helloscope/shape/shape.hpp"

#include <functional>
#include <memory>

namespace helloscope::probe {

// A connection that is to be asked on.
struct leg {
    std::unique_ptr<net::stream> stream; // null: there is none
    bytes early;                         // what came on it already
    std::string error;                   // why there is none
    leg() = default;
};
using leg_opener = std::function<net::awaitable<leg>(std::optional<shape::clamp>)>;

enum class question_kind : std::uint8_t { hello, certificates };

// What it needs of the flow; all of it outlives the investigation.
struct surroundings {
    leg_opener open;                     // to the same address, on the same way
    leg_opener open_beyond;              // without the parents; empty: there are none
    std::function<model::facts()> facts; // of the flow, now
    std::function<void(model::happening)> tell;
    std::function<bool(question_kind)> may;  // asked once each, before the first connection
    std::string name;                        // whom the certificates must be for
    std::optional<net::x509::roots> trusted; // empty: no certificates are fetched
    surroundings() = default;
};

struct limits {
    std::chrono::milliseconds test{2'000}; // each; longer where the round trip is
    std::chrono::milliseconds settle{250}; // for more of what may be a whole flight
    std::chrono::milliseconds chain{3'000};
    std::chrono::milliseconds total{8'000}; // all tests, since the first began
    std::size_t at_once = 3;
};

class investigation {
  public:
    investigation(net::asio::any_io_executor executor, surroundings around, limits within);
    ~investigation(); // everything is over

    // Begins the tests that can tell something now.
    void look();
    bool begun() const;
    // The flow has ended: what is still to be asked is asked. Comes back when all is over.
    net::awaitable<void> finish();
    // Ends what is under way; nothing begins any more.
    void stop();

  private:
    struct state;
    std::shared_ptr<state> state_; // a timer may outlive us for a moment
};

} // namespace helloscope::probe
