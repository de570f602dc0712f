// A network namespace for one test, with nothing in it but a loopback that is up: rules, interfaces
// and rights of its own, and nothing left behind. Needs root.
#pragma once

#include "support/catch.hpp"

#include <cstdlib>
#include <exception>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace helloscope::test {

inline bool enter_own_network() {
    if (::unshare(CLONE_NEWNET) != 0) return false;
    const int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq loopback{};
    loopback.ifr_name[0] = 'l';
    loopback.ifr_name[1] = 'o';
    loopback.ifr_flags = IFF_UP | IFF_RUNNING;
    const bool up = ::ioctl(any, SIOCSIFFLAGS, &loopback) == 0;
    ::close(any);
    return up;
}

// Runs `what` inside, on a thread that is gone afterwards; commands that it starts are inside too.
// Without the right to make a namespace it says so and runs nothing.
template <class F> void in_own_network(F what) {
    std::exception_ptr failed;
    std::thread inside([&] {
        try {
            if (enter_own_network())
                what();
            else
                WARN("not run: network namespaces need root");
        } catch (...) { // a REQUIRE that did not hold
            failed = std::current_exception();
        }
    });
    inside.join();
    if (failed) std::rethrow_exception(failed);
}

} // namespace helloscope::test
