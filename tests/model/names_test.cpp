#include "names.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::model;

TEST_CASE("every event has the name of its type") {
    CHECK(event_name(recording_opened{}) == "recording_opened");
    CHECK(event_name(lost{}) == "lost");
    CHECK(event_name(flow_opened{}) == "flow_opened");
    CHECK(event_name(proxy_protocol{}) == "proxy_protocol");
    CHECK(event_name(requested{}) == "requested");
    CHECK(event_name(routed{}) == "routed");
    CHECK(event_name(resolved{}) == "resolved");
    CHECK(event_name(connecting{}) == "connecting");
    CHECK(event_name(connected{}) == "connected");
    CHECK(event_name(connect_failed{}) == "connect_failed");
    CHECK(event_name(parent_answered{}) == "parent_answered");
    CHECK(event_name(answered{}) == "answered");
    CHECK(event_name(exchanged{}) == "exchanged");
    CHECK(event_name(bytes_read{}) == "bytes_read");
    CHECK(event_name(record{}) == "record");
    CHECK(event_name(records{}) == "records");
    CHECK(event_name(handshake{}) == "handshake");
    CHECK(event_name(alert{}) == "alert");
    CHECK(event_name(not_tls{}) == "not_tls");
    CHECK(event_name(path{}) == "path");
    CHECK(event_name(stalled{}) == "stalled");
    CHECK(event_name(closed{}) == "closed");
    CHECK(event_name(verdict{}) == "verdict");
    CHECK(event_name(flow_closed{}) == "flow_closed");
}

TEST_CASE("legs, stages and certainties have their words") {
    CHECK(to_string(leg::client) == "client");
    CHECK(to_string(leg::server) == "server");
    CHECK(to_string(stage::front) == "front");
    CHECK(to_string(stage::server_flight) == "server_flight");
    CHECK(to_string(stage::close) == "close");
    CHECK(to_string(certainty::suspected) == "suspected");
    CHECK(to_string(certainty::confirmed) == "confirmed");
    CHECK(names_of<direction>[index_of(direction::to_client)] == to_string(direction::to_client));
}
