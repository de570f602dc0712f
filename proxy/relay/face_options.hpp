// What an embedding program wants, as the relay understands it.
#pragma once

#include "helloscope/helloscope.hpp"
#include "helloscope/relay/options.hpp"

namespace helloscope::relay {

// The failure names the option and says how to write it.
result<options> make_options(const proxy_options& wanted);

} // namespace helloscope::relay
