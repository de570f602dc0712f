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

inline flow tunnelled_by_parent() {
    auto on = through_parent();
    finish_tls13(answer_tls13(greet(on, small_hello())));
    return end(on, model::leg::client);
}

inline flow forbidden_by_parent() {
    auto on = at_parent();
    return refuse(on, {proxy, 403, "Forbidden by policy", std::chrono::milliseconds(3), "refused"});
}

// Two pages over plain HTTP, from two hosts.
inline flow browsed() {
    auto on = asked_plainly();
    on.then({}, model::routed{{}, "NO_PROXY"});
    on.then({}, model::connecting{far_side});
    on.then(microseconds(300), model::connected{far_side, far_side, microseconds(300), 0u});
    exchange(on, 200, 1234);
    on.then(microseconds(900), model::requested{"http", "POST", "b.test", 8080, "HTTP/1.1", 9, {}});
    on.then(microseconds(800), model::exchanged{"POST", 201, 77, 100, microseconds(800)});
    on.then({}, model::bytes_read{direction::to_client, 0, 1700, 2});
    return end(on, model::leg::client);
}

// SOCKS5, behind a balancer that says who came, and a PROXY protocol header to the server.
inline flow announced() {
    const auto real = *parse_endpoint("203.0.113.7:41000");
    auto on = accepted();
    on.then({}, model::proxy_protocol{model::leg::client, 2, real, far_side});
    on.then(microseconds(500), model::requested{"socks5", "", "ssh.test", 22, "SOCKS5", 20, {}});
    on.then({}, model::routed{{"socks5h://near:1080", "https://far:443"}, "--via"});
    reach_parent(on);
    on.then(microseconds(200), model::parent_answered{"socks5h://near:1080", 0, "", {}, ""});
    on.then({}, model::parent_answered{"https://far:443", 0, "ECONNRESET", {}, "broken"});
    on.then({}, model::proxy_protocol{model::leg::server, 1, {}, {}});
    return on.then({}, model::flow_closed{model::stage::parent, microseconds(1300), 0, 0});
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
