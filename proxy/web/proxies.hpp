// The resources of Toxiproxy's HTTP API 2.x: proxies, their toxics, populate, reset, version. A
// proxy is a reverse listener that was made at run time.
#pragma once

#include "router.hpp"

namespace helloscope::web {

std::span<const resource> toxiproxy_resources();

// "127.0.0.1:0", and as Go writes it: "localhost:0", ":8080", "" for a free port of loopback.
result<endpoint> parse_listen(std::string_view text);

} // namespace helloscope::web
