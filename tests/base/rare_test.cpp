#include "helloscope/base/rare.hpp"

#include "support/catch.hpp"

#include <string>

using namespace helloscope;

TEST_CASE("a rare value is copied with what holds it, and takes a pointer when it is not there") {
    rare<std::string> one;
    CHECK_FALSE(one);
    CHECK(std::optional<std::string>(one) == std::nullopt);
    one = std::string("there");
    auto copy = one;
    copy->append(" too");
    CHECK(*one == "there");
    CHECK(*copy == "there too");
    copy = rare<std::string>();
    CHECK_FALSE(copy.has_value());
    one.reset();
    CHECK_FALSE(one);
    STATIC_REQUIRE(sizeof(rare<std::string>) == sizeof(void*));
}
