// The options that say how clients come in, and who may.
#pragma once

#include "helloscope/relay/options.hpp"

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace helloscope::app {

struct ways_in_options {
    std::vector<std::string> listen, listen_tls, reverse, transparent;
    bool print_rules = false;
    bool accept_haproxy = false;
    std::string certs, cert, key;
    std::vector<std::string> allow_from;
    std::string proxy_auth;       // a file
    std::uint32_t client_mss = 0; // 0: as the link has it
};

void add_ways_in(CLI::App& command, ways_in_options& options);

// Fills the listeners, the identity and the access of `plan`. `with_command`: there is always a
// port for the command's proxy variables, and by default a free one. The failure names the flag.
result<void> plan_ways_in(const ways_in_options& options, bool with_command, relay::options& plan);

// The nft and ip commands that bring connections to the transparent ones among `listeners`, when
// `user` runs helloscope.
std::string transparent_rules(const std::vector<relay::listening>& listeners, unsigned user);

} // namespace helloscope::app
