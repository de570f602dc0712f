// A running relay: its listeners, its threads, its flows, and what can be changed of it meanwhile.
// Thread-safe.
#pragma once

#include "helloscope/relay/control.hpp"
#include "helloscope/relay/options.hpp"
#include "helloscope/relay/recorder.hpp"

#include <memory>

namespace helloscope::relay {

class proxy : public control {
  public:
    // Listens and serves when it returns. Fails when the address cannot be had or a recording that
    // was asked for cannot be begun; the failure says what to do.
    static result<std::unique_ptr<proxy>> start(options wanted, onlookers to);

    // Where it really listens, in the order of the options. Those made since are in
    // all_listeners().
    virtual const std::vector<listening>& listeners() const = 0;
    virtual std::uint64_t open_flows() const = 0;
    virtual std::uint64_t flows() const = 0; // ever
    // Of the open flows, those that have ended and whose server is still asked about them.
    virtual std::uint64_t investigations() const = 0;

    // Accepts no more, ends the flows that are open and everything else; what happened is recorded.
    virtual recorder_totals stop() = 0;
};

} // namespace helloscope::relay
