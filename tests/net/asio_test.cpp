#include "helloscope/net/asio.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::net;

TEST_CASE("endpoints go to Asio and back unchanged") {
    for (const auto* text : {"127.0.0.1:8484", "0.0.0.0:1", "[2001:db8::1]:443", "[::1]:65535"}) {
        CAPTURE(text);
        const auto endpoint = *parse_endpoint(text);
        CHECK(from_asio(to_asio(endpoint)) == endpoint);
        CHECK(to_string(endpoint) == text);
    }
}

TEST_CASE("errors have the names that people search for") {
    CHECK(error_name(asio::error::connection_refused) == "ECONNREFUSED");
    CHECK(error_name(asio::error::connection_reset) == "ECONNRESET");
    CHECK(error_name(asio::error::eof) == "asio.misc:2");
}
