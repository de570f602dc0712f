// Whether a request may be looked at. A page in the user's browser reaches this port too: by its
// own origin, or by a name of its own that it has pointed here (DNS rebinding).
#pragma once

#include "exchange.hpp"

#include <optional>

namespace helloscope::web {

// The answer that refuses the request; nothing when it may pass:
//   - Host names an address, localhost or a name without a dot, as containers have them: nobody
//     outside can point such a name anywhere
//   - Origin, if a browser sent one, is this very host
//   - a body says that it is application/json, which no page can send elsewhere unasked
std::optional<answer> object_to(const request& asked);

} // namespace helloscope::web
