// JSON as the admin API reads and writes it.
#pragma once

#include "helloscope/base/result.hpp"

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace helloscope::web {

namespace json = boost::json;

// Numbers as people write them (1, 0.5), in the order in which members were put in.
std::string write(const json::value& value);

// The failure says what is wrong, and at which byte. Depth and kinds of numbers are bounded.
result<json::value> read(std::string_view text);

// "a string", "a number", …: what an error calls it.
std::string_view kind_of(const json::value& value);

} // namespace helloscope::web
