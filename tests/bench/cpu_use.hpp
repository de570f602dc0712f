// Who used the processors while something was measured: the load itself, the relay, and all others,
// which should be near zero for the figures to mean anything.
#pragma once

#include "loop.hpp"

#include <string>
#include <vector>

namespace bench {

class cpu_use {
  public:
    // Counts from here on; `relay` are the relay's processes.
    explicit cpu_use(std::vector<int> relay);
    // "load_cores":…,"relay_cores":…,"others_cores":… as members of a JSON object: processor
    // seconds a second since the start. The kernel counts the machine's in steps of 10 ms.
    std::string members() const;

  private:
    struct spent {
        double load = 0, relay = 0, machine = 0; // seconds
    };
    spent now() const;

    std::vector<int> relay_;
    clock::time_point begin_;
    spent before_;
};

} // namespace bench
