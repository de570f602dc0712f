// Flows whose report is known word by word.
#pragma once

#include "support/flows.hpp"

namespace helloscope::test {

inline flow tls_on_the_plain_port() {
    auto on = accepted();
    model::requested request;
    request.front = "tls";
    on.then(std::chrono::milliseconds(1), request);
    on.then({}, model::answered{400, "this port speaks plain HTTP", ""});
    on.then({}, model::closed{model::leg::client, "peer", "fin", ""});
    return on.then(
        microseconds(200), model::flow_closed{model::stage::front, microseconds(1200), 0, 0});
}

inline flow refused() {
    const microseconds took(300);
    return asked()
        .then(
            microseconds(1200),
            model::resolved{
                "releases.bazel.build", {far_side.address}, "dns", microseconds(1200), ""})
        .then({}, model::connecting{far_side})
        .then(took, model::connect_failed{far_side, took, 0u, "ECONNREFUSED", ""})
        .then({}, model::answered{502, "connection refused", ""})
        .then({}, model::flow_closed{model::stage::connect, microseconds(1900), 0, 0});
}

// Five flows: one that went well, two that failed alike, two that failed otherwise.
inline std::vector<model::timeline> a_day() {
    std::vector<model::timeline> flows{
        healthy().told(), silent().told(), silent().told(), refused().told(),
        tls_on_the_plain_port().told()};
    for (std::size_t i = 0; i < flows.size(); ++i) flows[i].flow = i + 8;
    return flows;
}

} // namespace helloscope::test
