#include "trigger.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::fault;

TEST_CASE("triggers read back as they were written") {
    for (const auto* const text :
         {"0", "1460", "64KiB", "record:1", "record:12", "client_hello", "certificate",
          "application_data", "change_cipher_spec", "sni", "sni+3", "sni-12", "midsni", "2s",
          "500ms"}) {
        INFO(text);
        const auto got = parse_trigger(text);
        REQUIRE(got);
        CHECK(to_string(*got) == text);
    }
}

TEST_CASE("what is no trigger gives none") {
    for (const auto* const text :
         {"", "soon", "-5", "record:", "record:0", "record:x", "sni+", "sni+x", "snix",
          "client hello"})
        CHECK_FALSE(parse_trigger(text));
}

TEST_CASE("some triggers go one way only") {
    CHECK(parse_trigger("client_hello")->way() == direction::to_server);
    CHECK(parse_trigger("midsni")->way() == direction::to_server);
    CHECK(parse_trigger("server_hello")->way() == direction::to_client);
    CHECK_FALSE(parse_trigger("certificate")->way());
    CHECK_FALSE(parse_trigger("1460")->way());
}
