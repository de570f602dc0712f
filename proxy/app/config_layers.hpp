// Which source's word counts: flag, then environment, then configuration file, then default. An
// option that excludes one from a weaker source sets that aside, with what needs it; within one
// source both are an error.
#pragma once

#include "helloscope/base/result.hpp"
#include "option_table.hpp"
#include "settings.hpp"

#include <map>
#include <span>

namespace helloscope::app {

// Where values came from, and what was set aside for what. What is in neither has its default.
struct effective_settings {
    std::map<const CLI::Option*, std::string> origins;
    std::map<const CLI::Option*, std::string> set_aside;
};

// Between CLI11's reading of the command line and its checks: fills the options that the command
// line left open from `layers`, the stronger first. Failures begin with the place of the value.
result<effective_settings> apply_layers(
    std::span<const option_row> options, std::span<const settings> layers);

} // namespace helloscope::app
