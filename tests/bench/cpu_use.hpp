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
    // "load_cores":…,"relay_cores":…,"others_cores":…,"load_waited":… as members of a JSON object:
    // processor seconds a second since the start, and the part of the time that the load was ready
    // to run and did not. The kernel counts the machine's processors in steps of 10 ms.
    std::string members() const;

  private:
    struct spent {
        double load = 0, waited = 0, relay = 0, machine = 0; // seconds
    };
    spent now() const;

    std::vector<int> relay_;
    clock::time_point begin_;
    spent before_;
};

} // namespace bench
