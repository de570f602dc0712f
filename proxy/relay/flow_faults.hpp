// What is broken on purpose in one flow: wraps its legs, tells what acted, and carries out what
// faults want of both connections. A flow without faults has none of this.
#pragma once

#include "helloscope/net/streams/fault_stream.hpp"

#include <functional>
#include <string>
#include <vector>

namespace helloscope::relay {

class flow;

class flow_faults final : private net::fault_hook {
  public:
    using listed = std::function<net::fault_setup::list()>;

    // Of `of`, which owns this: those of its route, and of the listener it came by as they are now.
    flow_faults(flow& of, std::vector<fault::spec> fixed, listed live)
        : of_(of), fixed_(std::move(fixed)), live_(std::move(live)) {}

    // Puts itself around the legs that stand and are not wrapped yet: to_server faults around the
    // server leg, to_client faults around the client leg. The flow may be cut when it returns.
    void wrap(const net::asio::any_io_executor& executor, bool v6);

    // A fault that acts before a byte passes, and that chance lets act; null: none.
    const fault::spec* before_bytes(fault::place where);
    // The same, told as acting.
    void tell(const fault::spec& fault, std::string did);

    void look(); // were they exchanged?
    bool stuck() const;
    net::awaitable<void> settle(); // until nothing more goes on by itself

    // Ends what a fault has cut: what was passed before arrives, and then the end.
    net::awaitable<void> finish();

  private:
    void faulted(direction passing, const fault::spec& fault, std::string did, std::uint64_t offset)
        override;
    void answered(direction passing, bytes octets, bool closes) override;
    void ended(direction passing, fault::ending how) override;

    net::fault_stream* towards(direction way) const;
    fault::segments segments_of(direction passing, bool v6) const;

    flow& of_;
    std::vector<fault::spec> fixed_;
    listed live_;
    std::vector<fault::spec> before_; // what before_bytes() points to
    fault::ending how_ = fault::ending::none;
    std::string last_; // that acted
};

} // namespace helloscope::relay
