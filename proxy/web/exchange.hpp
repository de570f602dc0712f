// One request of the admin API and its answer, without the connection that carries them.
#pragma once

#include <string>
#include <string_view>

namespace helloscope::web {

struct request {
    std::string method;
    std::string target; // "/proxies/redis?since=3"
    // Fields; empty: not there.
    std::string host, origin, fetch_site, content_type;
    std::string body;
};

struct answer {
    unsigned status = 200;
    std::string body;     // JSON; empty: none
    std::string allow{};  // of a 405: the methods that there are
    bool follows = false; // the events of all flows, as lines, for as long as the client listens
};

// As Toxiproxy words it: {"error":"proxy not found","status":404}.
answer refuse(unsigned status, std::string_view why);

} // namespace helloscope::web
