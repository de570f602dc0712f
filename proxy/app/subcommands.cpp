#include "subcommands.hpp"

#include <array>

namespace helloscope::app {

// One row a subcommand; its define_NAME lives in NAME.cpp and is declared here.
action define_certs(CLI::App& command);
action define_completion(CLI::App& command);
action define_explain(CLI::App& command);
action define_heal(CLI::App& command);
action define_man(CLI::App& command);
action define_report(CLI::App& command);
action define_run(CLI::App& command);
action define_serve(CLI::App& command);

namespace {

constexpr std::array table{
    subcommand{"run", "relay, record and diagnose; around one command or until Ctrl-C", define_run},
    subcommand{"report", "what happened in a recording", define_report},
    subcommand{"explain", "what a verdict means, and how it is told", define_explain},
    subcommand{"serve", "a TLS test server, with good and bad chains", define_serve},
    subcommand{"certs", "make a local CA and test chains, good and bad", define_certs},
    subcommand{"heal", "what healing has learned: list it, or forget it", define_heal},
    subcommand{"completion", "a script that completes command lines in a shell", define_completion},
    subcommand{"man", "the manual page", define_man},
};

} // namespace

std::span<const subcommand> subcommands() { return table; }

} // namespace helloscope::app
