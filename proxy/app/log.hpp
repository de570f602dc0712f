// The log: spdlog to stderr or a file, one line an event. It is for a person at a terminal or for a
// collector (JSON lines), and never on the way of a byte.
#pragma once

#include "helloscope/base/result.hpp"

#include <CLI/App.hpp>
#include <string>

namespace helloscope::app {

struct log_options {
    int verbose = 0;
    bool quiet = false;
    std::string file;
    std::string format = "text";
};

// -q, -v (repeatable), --log-file, --log-format. `options` outlives the parse.
void add_log_options(CLI::App& command, log_options& options);

// Makes spdlog's default logger: warnings with -q, else info, -v debug, -vv trace.
result<void> start_log(const log_options& options);

} // namespace helloscope::app
