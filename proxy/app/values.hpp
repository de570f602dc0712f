// Checks for option values, each with a message that says what was expected.
#pragma once

#include "helloscope/base/endpoint.hpp"

#include <CLI/Error.hpp> // which Validators.hpp of 2.1.2 forgets
#include <CLI/Validators.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class Option;
}

namespace helloscope::app {

CLI::Validator whole_number(std::uint64_t lowest, std::uint64_t highest);
CLI::Validator one_of(std::vector<std::string> names);
CLI::Validator address_and_port(); // what parse_endpoint takes: 127.0.0.1:8443, [::1]:0
CLI::Validator ip_address_text();  // what parse_ip_address takes
CLI::Validator seconds();          // 0 to a year, fractions too
CLI::Validator size();             // "1000000", "64MiB": becomes a number of bytes

// What the checks above know of an option's values: whether they are numbers, in whatever form, and
// the names of one_of. Configuration files and completions go by it.
bool takes_numbers(CLI::Option& option);
std::vector<std::string> choices_of(CLI::Option& option);

} // namespace helloscope::app
