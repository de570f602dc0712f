// The options that say how flows are healed whose route says so, and where what healing has learned
// is kept.
#pragma once

#include "helloscope/relay/options.hpp"

#include <CLI/App.hpp>
#include <string>

namespace helloscope::app {

struct healing_options {
    std::string ladder = to_string(heal::default_ladder());
    unsigned attempts = heal::limits{}.attempts;
    double time = 8;
    double remember = 7 * 24 * 3600;
};

void add_healing(CLI::App& command, healing_options& options);

// The ladder has been checked already, when it was parsed.
void plan_healing(const healing_options& options, relay::options& plan);

// In the user's state directory; empty when there is no home.
std::filesystem::path heal_memory_file();

} // namespace helloscope::app
