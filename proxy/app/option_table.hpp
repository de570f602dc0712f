// The one table of options, read back: what the define functions told CLI11, a row each, as
// configuration, completion and the man page want it. Nothing is listed a second time here.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace helloscope::app {

// What an option takes: nothing (and is on), nothing (and is counted), a number, text.
enum class value_kind : std::uint8_t { flag, count, number, text };

struct option_row {
    CLI::Option* option = nullptr;  // of the App that was read: it outlives the row
    std::string key;                // "record-detail"; of an argument without dashes, "FILE"
    std::vector<std::string> flags; // "-q", "--quiet"; none of such an argument
    value_kind kind{};
    bool repeatable = false;
    bool value_optional = false;      // "--transparent" and "--transparent tproxy"
    std::string type;                 // "FILE|DIR"; empty for a flag
    std::vector<std::string> choices; // the only values, where there are a few
};

struct command_row {
    std::string name; // empty: the program itself
    std::string summary, footer;
    std::vector<option_row> options;
};

std::vector<option_row> option_rows(CLI::App& command);

// The program itself first, then its subcommands. Without options that help hides.
std::vector<command_row> command_rows(CLI::App& root);

// Those that a configuration file or the environment may set: with a long name, and not told
// otherwise by CLI11's configurable(false).
std::vector<option_row> configurable_rows(CLI::App& command);

// What the option's own checks say of a value, which they may change to another form of it
// ("1MiB"); empty: it fits.
std::string complaint_of(CLI::Option& option, std::string& value);

// "run", "record-detail": HELLOSCOPE_RUN_RECORD_DETAIL.
std::string variable_of(std::string_view command, std::string_view key);

} // namespace helloscope::app
