// One parent proxy on the way to the server: the dialogue that asks it for a connection to the next
// hop, CONNECT (RFC 9110 section 9.3.6) or SOCKS5 (RFC 1928). TLS to an https:// parent is the
// caller's, before.
#pragma once

#include "helloscope/base/time.hpp"
#include "helloscope/net/streams/stream.hpp"
#include "helloscope/wire/front/proxy_url.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace helloscope::net {

struct hop_request {
    wire::front::proxy_url parent;
    host_port next;                          // an address, if the parent is socks5://
    std::string via;                         // the Via field, "1.1 us"; empty: none. For SOCKS, too
    std::string client_authorization;        // Proxy-Authorization, if the parent has no login
    std::chrono::milliseconds limit{30'000}; // for the whole dialogue
    hop_request() = default;
};

struct hop_answer {
    enum class ending : std::uint8_t {
        passed,
        refused,
        wants_login,
        garbled, // no HTTP, no SOCKS
        closed,  // in the middle of its answer, or before it
        silent,  // nothing, or no whole answer, within the limit
        broken,  // the connection failed
    };
    ending how = ending::broken;
    std::uint16_t status = 0;                                // of HTTP; of SOCKS5 its reply code
    std::string reason;                                      // the parent's own words
    std::vector<std::pair<std::string, std::string>> fields; // of an HTTP answer that refuses
    std::string error; // why it ended otherwise: "ECONNRESET", "the answer is not HTTP/1: …"
    bytes early;       // came behind the answer: belongs to the tunnel
    duration took{};
    hop_answer() = default;
};

// `through` is connected to the parent, or leads there. It stands as it was, whatever the answer.
awaitable<hop_answer> pass_hop(stream& through, hop_request asked);

} // namespace helloscope::net
