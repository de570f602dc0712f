// What the resources of the admin API work with.
#pragma once

#include "exchange.hpp"
#include "flow_store.hpp"
#include "helloscope/relay/control.hpp"

#include <string>
#include <vector>

namespace helloscope::web {

struct api {
    relay::control& relay;
    const flow_store& flows;
    std::string version; // of helloscope
};

// A request on its way to a resource: what stands for each {} of its path, decoded, and the query.
struct call {
    const request& asked;
    std::vector<std::string> names;
    std::string query;

    // "20" of "since=3&limit=20"; empty: not there.
    std::string parameter(std::string_view name) const;
};

// How a refusal of the relay is told.
answer refuse(const relay::change_error& why);

} // namespace helloscope::web
