// A listener as its flows know it, for as long as they live: longer than it listens, perhaps.
#pragma once

#include "helloscope/relay/control.hpp"
#include "snapshot.hpp"

namespace helloscope::relay {

struct entrance {
    const listening where;
    const bool breakable;                      // its faults may change while flows run
    snapshot<std::vector<fault::spec>> faults; // never null

    explicit entrance(listening at) : entrance(std::move(at), false, {}) {}
    entrance(listening at, bool may_break, std::vector<fault::spec> broken)
        : where(std::move(at)), breakable(may_break),
          faults(std::make_shared<const std::vector<fault::spec>>(std::move(broken))) {}
};

} // namespace helloscope::relay
