// One subcommand of the command line: a name, a line of help, and the function that adds its
// options. A new one is a file with its `define_NAME` and a row in subcommands.cpp.
#pragma once

#include "helloscope/base/result.hpp"

#include <CLI/App.hpp>
#include <functional>
#include <string_view>

namespace helloscope::app {

// What a process answers. `run -- COMMAND` has its own: the command's status, and 125 for ours.
enum exit_status : int { ran = 0, fail_on_matched = 1, usage = 2, could_not = 3 };

// What a subcommand does once its options have been parsed: an exit status, or a failure that is
// printed as `helloscope: message` and exits with could_not. It may throw a CLI::ParseError for
// options that contradict each other: that is wrong usage.
using action = std::function<result<int>()>;

struct subcommand {
    std::string_view name;
    std::string_view summary;
    action (*define)(CLI::App& command);
};

} // namespace helloscope::app
