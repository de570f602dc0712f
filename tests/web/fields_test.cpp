#include "fields.hpp"

#include "support/catch.hpp"

#include <limits>

using namespace helloscope;

namespace {

constexpr auto most = std::numeric_limits<std::int64_t>::max();

// What is wrong with a member when it is read as this; empty: nothing.
template <class T>
std::string wrong(const std::string& body, void (web::fields::*read)(std::string_view, T&)) {
    const auto value = *web::read(body);
    web::fields given(value);
    T out{};
    (given.*read)("a", out);
    return given.wrong() ? given.wrong()->message : "";
}

} // namespace

TEST_CASE("members are read as what they should be, and what is missing stays") {
    const auto body = *web::read(R"({"t":"x","y":true,"p":0.25,"n":3,"l":["a","b"],"z":null})");
    web::fields given(body);
    std::string text = "old", other = "old";
    bool yes = false;
    double chance = 1;
    std::int64_t count = 0;
    std::vector<std::string> list;
    given.text("t", text);
    given.text("z", other);
    given.yes_or_no("y", yes);
    given.chance("p", chance);
    given.count("n", count, most);
    given.texts("l", list);
    CHECK_FALSE(given.wrong());
    CHECK(text == "x");
    CHECK(other == "old");
    CHECK(yes);
    CHECK(chance == 0.25);
    CHECK(count == 3);
    CHECK(list == std::vector<std::string>{"a", "b"});
    given.texts("t", list);
    CHECK(list == std::vector<std::string>{"x"});
}

TEST_CASE("a member of another kind is named with what was expected") {
    using web::fields;
    CHECK(wrong(R"({"a":1})", &fields::text) == "\"a\": a string is expected, not 1");
    CHECK(
        wrong(R"({"a":"yes"})", &fields::yes_or_no) ==
        "\"a\": true or false is expected, not \"yes\"");
    CHECK(
        wrong(R"({"a":1.5})", &fields::chance) ==
        "\"a\": a number from 0 to 1 is expected, not 1.5");
    CHECK(wrong(R"({"a":-0.1})", &fields::chance) != "");
    CHECK(
        wrong(R"({"a":["x",1]})", &fields::texts) ==
        "\"a\": a string or an array of strings is expected, not [\"x\",1]");
    CHECK(wrong("[]", &fields::text) == "an object is expected, not an array");
    for (const std::string number : {"1.5", "-1", "\"1\"", "1e30", "11"}) {
        CAPTURE(number);
        const auto body = *web::read("{\"a\":" + number + "}");
        fields given(body);
        std::int64_t out = 0;
        given.count("a", out, 10);
        REQUIRE(given.wrong());
        CHECK(
            given.wrong()->message == "\"a\": a whole number from 0 to 10 is expected, not " +
                                          (number == "1e30" ? "1e+30" : number));
    }
}

TEST_CASE("unknown members are named where only some are allowed") {
    const auto body = *web::read(R"({"latancy":1})");
    web::fields given(body);
    constexpr std::string_view known[] = {"latency", "jitter"};
    given.only(known, "latency");
    REQUIRE(given.wrong());
    CHECK(given.wrong()->message == "latency has no \"latancy\": there is latency, jitter");
}
