#include "command_line.hpp"
#include "subcommands.hpp"

#include <csignal>

int main(int argc, char** argv) {
    // A reader that went away is an error of the write that meets it, not the end of the process.
    // It is inherited over exec: whoever starts a command sets SIG_DFL in the child.
    std::signal(SIGPIPE, SIG_IGN);
    return helloscope::app::run_command_line(
        {argv + 1, argv + argc}, helloscope::app::subcommands());
}
