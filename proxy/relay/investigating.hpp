// --investigate: a flow's server is asked again beside it (probe/investigation.hpp), while it
// stands still or when it has failed. The flow's legs and its client notice nothing; the flow
// itself stays, without its legs, until all is told. At most once in a while for one address and
// name.
#pragma once

#include "helloscope/probe/investigation.hpp"
#include "server_leg.hpp"

namespace helloscope::relay {

class investigating {
  public:
    struct ways {
        probe::leg_opener again;  // to the same address, as the flow went
        probe::leg_opener beyond; // without the parents; empty: there are none
        endpoint address;
        host_port target;
        ways() = default;
    };

    investigating(
        flow& of, const net::asio::any_io_executor& executor, ways how, probe::limits within = {});

    void tick(); // while the flow goes on
    // The flow's legs are over: what is left to ask is asked now. Comes back when all is told, or
    // stopped; then once more at once.
    net::awaitable<void> finish();
    void stop();

  private:
    void tell(model::happening what);
    bool may(probe::question_kind what) const;

    flow& of_;
    const ways how_;
    probe::investigation asking_;
    bool counted_ = false, over_ = false;
};

// Of a flow whose server leg stands; null where it is not wanted.
std::unique_ptr<investigating> make_investigating(
    flow& of, const net::asio::any_io_executor& executor, const request& asked,
    const server_leg& like);

} // namespace helloscope::relay
