#include "front/authority.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::wire::front;

TEST_CASE("a default port stands in for one that is missing or empty, and for no other") {
    for (const char* text : {"a.test", "a.test:"}) {
        CAPTURE(text);
        CHECK(parse_authority(text, 0, 80) == host_port{"a.test", 80});
        CHECK(parse_authority(text, 0).error().field == "port");
    }
    CHECK(parse_authority("[::1]", 0, 80) == host_port{"::1", 80});
    CHECK(parse_authority("a.test:8080", 0, 80) == host_port{"a.test", 8080});
    CHECK_FALSE(parse_authority("a.test:0", 0, 80));
    CHECK_FALSE(parse_authority("a.test:x", 0, 80));
}

TEST_CASE("errors count from the offset that they are told") {
    struct row {
        std::string text;
        parse_error error;
    };
    using enum errc;
    for (const auto& [text, error] : {
             row{"", {malformed, 7, "host"}},
             row{":80", {malformed, 7, "host"}},
             row{"a.test:99999", {malformed, 14, "port"}},
             row{"a b", {malformed, 8, "host"}},
             row{"[::1", {malformed, 7, "host"}},
             row{"[::1]]", {malformed, 7, "host"}},
             row{"[a.test]", {malformed, 7, "host"}},
             row{std::string(255, 'a'), {too_long, 7 + 254, "host"}},
         }) {
        CAPTURE(text);
        CHECK(parse_authority(text, 7, 80).error() == error);
    }
}
