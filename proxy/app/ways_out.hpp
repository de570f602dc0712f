// The options that say how connections leave: parent proxies, and from where.
#pragma once

#include "helloscope/relay/options.hpp"

#include <CLI/App.hpp>
#include <functional>
#include <string>
#include <vector>

namespace helloscope::app {

struct ways_out_options {
    std::vector<std::string> via;
    std::string noproxy;
    bool noproxy_given = false; // an empty list is one, too
    std::string via_credentials;
    std::string proxy_cacert;
    bool proxy_insecure = false;
    std::string haproxy_protocol; // "v1", "v2"
    std::string interface, source;
};

void add_ways_out(CLI::App& command, ways_out_options& options);

using environment = std::function<const char*(const char*)>; // std::getenv, but for tests

// Parents that were named elsewhere, in a route: their logins from --via-credentials, and in `plan`
// the trust that https:// ones need.
result<void> equip_parents(
    const ways_out_options& options, std::vector<wire::front::proxy_url>& parents,
    relay::options& plan);

// Fills the ways out of `plan`. The failure names the flag or the variable, and no password.
result<void> plan_ways_out(
    const ways_out_options& options, const environment& lookup, relay::options& plan);

} // namespace helloscope::app
