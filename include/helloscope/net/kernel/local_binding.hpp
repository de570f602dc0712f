// Where connections go out: --source and --interface, like curl's --interface.
#pragma once

#include "helloscope/net/asio.hpp"

#include <optional>

namespace helloscope::net {

struct local_binding {
    std::optional<ip_address> source; // an address of this machine
    std::string interface;            // "eth0"; empty: any
    bool operator==(const local_binding&) const = default;
};

// Nothing when it took; else why not: "--source 192.0.2.9: EADDRNOTAVAIL".
struct binding_failure {
    error_code error;
    std::string words;
};

// Of an open socket, before connect. An address of the other family fails with EAFNOSUPPORT.
binding_failure bind_locally(tcp::socket& socket, const local_binding& to);

} // namespace helloscope::net
