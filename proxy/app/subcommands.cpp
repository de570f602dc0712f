#include "subcommands.hpp"

#include <array>

namespace helloscope::app {

// One row a subcommand; its define_NAME lives in NAME.cpp and is declared here.

namespace {

constexpr std::array<subcommand, 0> table{};

} // namespace

std::span<const subcommand> subcommands() { return table; }

} // namespace helloscope::app
