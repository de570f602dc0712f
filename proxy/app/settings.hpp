// What one source, a configuration file or the environment, sets: values as text, each with the
// words that an error about it begins with.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace helloscope::app {

struct setting {
    struct value {
        std::string text;
        std::string at; // "FILE:LINE:COLUMN: "; empty for the environment
    };
    CLI::Option* option = nullptr;
    std::string name;          // as its source calls it: "threads", "HELLOSCOPE_RUN_THREADS"
    std::string at;            // of the name
    std::string origin;        // "FILE:LINE", or the variable
    std::vector<value> values; // as on the command line; none: a flag that is said to be off
};

using settings = std::vector<setting>; // in the order in which they were found

} // namespace helloscope::app
