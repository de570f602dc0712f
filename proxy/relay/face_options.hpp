// What an embedding program wants, as the relay understands it.
#pragma once

#include "helloscope/helloscope.hpp"
#include "helloscope/policy/route.hpp"
#include "helloscope/relay/options.hpp"

namespace helloscope::relay {

// The failure names the option and says how to write it.
result<options> make_options(const proxy_options& wanted);

// The parts of it that are asked for at run time too.
result<void> read_listener(const std::string& listen, const std::string& reverse, listening& where);
result<std::vector<policy::route_entry>> read_routes(const std::vector<std::string>& texts);

} // namespace helloscope::relay
