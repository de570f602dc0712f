#include "command_line.hpp"
#include "subcommands.hpp"

#include <csignal>
#include <malloc.h>

int main(int argc, char** argv) {
    // A reader that went away is an error of the write that meets it, not the end of the process.
    // It is inherited over exec: whoever starts a command sets SIG_DFL in the child.
    std::signal(SIGPIPE, SIG_IGN);
#ifdef M_MMAP_THRESHOLD
    // Fixed: glibc would raise it with each large block that is freed, and then keep in the heap
    // what a recording's next file begins with, megabytes where thousands of tunnels idle.
    ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
#ifdef M_MXFAST
    // What the relaying threads tell, the recording one frees. In fast bins that piles up until the
    // next large block, for which the relaying thread then has to join it all.
    ::mallopt(M_MXFAST, 0);
#endif
    return helloscope::app::run_command_line(
        {argv + 1, argv + argc}, helloscope::app::subcommands());
}
