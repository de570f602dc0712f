#include "helloscope/base/digits.hpp"

#include "support/catch.hpp"

#include <limits>
#include <string>

using namespace helloscope;

namespace {

template <std::size_t width> std::string digits(std::uint64_t value) {
    char text[width];
    return {text, put_digits<width>(text, value)};
}

std::string number(std::uint64_t value) {
    char text[20];
    return {text, put_number(text, value)};
}

template <std::size_t usual> std::string usually(std::int64_t value) {
    char text[20];
    return {text, put_usual<usual>(text, value)};
}

} // namespace

TEST_CASE("digits of one width have zeros in front") {
    CHECK(digits<6>(0) == "000000");
    CHECK(digits<6>(40'507) == "040507");
    CHECK(digits<9>(123'456'789) == "123456789");
    CHECK(digits<9>(7) == "000000007");
    CHECK(digits<6>(91'234'567) == "234567"); // the last ones
}

TEST_CASE("numbers are as long as they are") {
    for (const std::uint64_t value : {0UL, 9UL, 10UL, 99UL, 100UL, 65'535UL, ~0UL})
        CHECK(number(value) == std::to_string(value));
}

TEST_CASE("a number of the usual length, and any other") {
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    for (const std::int64_t value :
         {least, -1L, 0L, 9'999L, 10'000L, 12'345L, 99'999L, 100'000L, most})
        CHECK(usually<5>(value) == std::to_string(value));
    CHECK(usually<19>(most) == std::to_string(most));
}
