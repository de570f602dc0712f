// A listener as its flows know it, for as long as they live: longer than it listens, perhaps.
#pragma once

#include "helloscope/relay/control.hpp"
#include "snapshot.hpp"

namespace helloscope::relay {

struct entrance {
    const listening where;
    snapshot<std::vector<fault::spec>> faults; // never null

    explicit entrance(listening at, std::vector<fault::spec> broken = {})
        : where(std::move(at)),
          faults(std::make_shared<const std::vector<fault::spec>>(std::move(broken))) {}
};

} // namespace helloscope::relay
