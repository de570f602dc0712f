#include "helloscope/net/kernel/system_call.hpp"

#include <algorithm>
#include <sys/syscall.h>
#include <unistd.h>

namespace helloscope::net {

namespace {

// The least of a few short series: whoever else had the core in one of them does not count.
duration measure() {
    constexpr int series = 5, calls = 32;
    auto least = duration::max();
    for (int i = 0; i < series; ++i) {
        const auto begun = std::chrono::steady_clock::now();
        for (int k = 0; k < calls; ++k) ::syscall(SYS_getppid);
        const duration took = std::chrono::steady_clock::now() - begun;
        least = std::min(least, took / calls);
    }
    return least;
}

} // namespace

duration system_call_cost() {
    static const auto measured = measure();
    return measured;
}

} // namespace helloscope::net
