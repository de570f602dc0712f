// The options that say what is done with the flows to a destination: routes, and what is done with
// flows that no route claims.
#pragma once

#include "helloscope/relay/options.hpp"
#include "ways_out.hpp"

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace helloscope::app {

struct treatment_options {
    std::vector<std::string> routes;
    std::string route_for; // whose route is to be printed, and nothing else done
    std::string mss, mtu, shape;
    std::vector<std::string> faults;
    bool heal = false;
};

void add_treatment(CLI::App& command, treatment_options& options);

// Fills the routes of `plan`. Logins of their parents are added from --via-credentials, trust in
// https:// ones as for --via. The failure names the flag and the route.
result<void> plan_treatment(
    const treatment_options& options, const ways_out_options& ways, relay::options& plan);

// What --route-for prints: each route up to the one that applies, and what that one does. Looks the
// name up if a network decides.
result<std::string> explain_route(const relay::options& plan, const std::string& target);

} // namespace helloscope::app
