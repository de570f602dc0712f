// Routes as JSON: the words of [[route]] in the configuration file.
#pragma once

#include "helloscope/policy/route.hpp"
#include "json_text.hpp"

namespace helloscope::web {

// {"routes":[{"host":"*.test","port":443,"shape":"split:sni","fault":["to_server stall"]}]}; null:
// there are none. No password of a parent is in it.
json::object routes_json(const policy::routes* routes);

// The same, or the array alone. The failure says which route, which word and what was expected.
result<std::vector<policy::route_entry>> read_routes(const json::value& body);

} // namespace helloscope::web
