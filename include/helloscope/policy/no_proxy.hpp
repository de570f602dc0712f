// Which targets go without a parent: NO_PROXY by the rules of Go's golang.org/x/net/http/httpproxy,
// so that helloscope takes the way out that Go's clients would have taken without it.
#pragma once

#include "helloscope/base/network.hpp"

#include <vector>

namespace helloscope::policy {

class no_proxy {
  public:
    // Entries part at commas: "*" for every target; an address, "10.0.0.0/8", "[::1]"; a name for
    // itself and what ends in it ("corp.test" covers "a.corp.test"), behind a dot or "*." only for
    // the latter. Addresses and names may have a port. As in Go, an entry that is none of these is
    // no error and covers nothing.
    static no_proxy parse(std::string_view list);

    // localhost and loopback addresses always are. A name is not looked up: an entry with an
    // address covers only a target that is one.
    bool covers(const host_port& target) const;

    static bool is_loopback(const host_port& target); // covered by every list, the empty one too

  private:
    struct exception {
        std::optional<network> addresses;
        std::string name; // in lower case; a leading dot covers the names under it alone
        std::optional<std::uint16_t> port;

        bool covers(const host_port& target, const std::optional<ip_address>& address) const;
    };
    static std::optional<exception> parse_entry(std::string_view entry);

    bool all_ = false;
    std::vector<exception> exceptions_;
};

} // namespace helloscope::policy
