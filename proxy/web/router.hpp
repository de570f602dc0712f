// From a request to its resource and back: all of the admin API but the connection.
#pragma once

#include "api.hpp"

#include <span>

namespace helloscope::web {

// A row of the table of resources. `path` has {} for a name: "/proxies/{}/toxics".
struct resource {
    std::string_view method, path;
    answer (*handle)(api&, const call&);
};

// Guarded (guard.hpp), found in the table and handled; what is not there is 404 or 405.
answer route(api& with, std::span<const resource> table, const request& asked);

} // namespace helloscope::web
