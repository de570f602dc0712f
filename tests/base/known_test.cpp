#include "helloscope/base/known.hpp"

#include "helloscope/base/time.hpp"
#include "support/catch.hpp"

using namespace helloscope;

TEST_CASE("what is not known is no number, and takes no more memory than one") {
    known<std::uint32_t> one;
    CHECK_FALSE(one);
    CHECK(one.value_or(7) == 7);
    CHECK(one == std::nullopt);
    CHECK(std::optional<std::uint64_t>(one) == std::nullopt);
    one = 0;
    CHECK(one);
    CHECK(*one == 0);
    CHECK(std::optional<std::uint64_t>(one) == 0u);
    one.reset();
    CHECK_FALSE(one.has_value());
    CHECK(known<std::uint32_t>(std::optional<std::uint32_t>(5)) == 5u);
    STATIC_REQUIRE(sizeof(known<duration>) == sizeof(duration));
    STATIC_REQUIRE(sizeof(known<std::uint8_t>) == 1);
}

TEST_CASE("what is not known is less than any number") {
    using number = known<duration>;
    CHECK(number() < number(duration::zero()));
    CHECK(number(std::chrono::seconds(1)) < number(std::chrono::seconds(2)));
    CHECK_FALSE(number() < number());
}
