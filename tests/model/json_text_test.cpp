#include "json_text.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::model;
using namespace std::chrono_literals;

namespace {

std::string quoted(std::string_view text) {
    std::string out;
    json_text(out).string(text);
    return out;
}

template <class T> std::string seconds(T value) {
    std::string out;
    json_text(out).seconds(value);
    return out;
}

} // namespace

TEST_CASE("strings are escaped as RFC 8259 wants it") {
    struct row {
        std::string_view text, json;
    };
    const row rows[] = {
        {"", R"("")"},
        {"registry.test", R"("registry.test")"},
        {R"(a"b\c/d)", R"("a\"b\\c/d")"},
        {"\n\r\t\x01\x1f\x7f", "\"\\n\\r\\t\\u0001\\u001f\\u007f\""},
        {std::string_view("\0", 1), R"("\u0000")"},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""},
    };
    for (const auto& [text, json] : rows) CHECK(quoted(text) == json);
}

TEST_CASE("bytes that are no UTF-8 become U+FFFD, each one") {
    const std::string bad = "\xef\xbf\xbd";
    CHECK(quoted("\x80") == '"' + bad + '"');
    CHECK(
        quoted("a\xff"
               "b") == "\"a" + bad + "b\"");
    CHECK(quoted("\xc0\xaf") == '"' + bad + bad + '"');                     // overlong
    CHECK(quoted("\xe0\x80\xaf") == '"' + bad + bad + bad + '"');           // overlong
    CHECK(quoted("\xed\xa0\x80") == '"' + bad + bad + bad + '"');           // a surrogate
    CHECK(quoted("\xf4\x90\x80\x80") == '"' + bad + bad + bad + bad + '"'); // past U+10FFFF
    CHECK(quoted("\xe2\x82") == '"' + bad + bad + '"');                     // cut
    CHECK(quoted("\xe2\x82\"") == '"' + bad + bad + "\\\"\""); // a quote is not swallowed
}

TEST_CASE("times have six digits, durations nine where six lose something") {
    CHECK(seconds(timestamp(1'795'213'175'897'790'999ns)) == "1795213175.897790");
    CHECK(seconds(timestamp{}) == "0.000000");
    CHECK(seconds(timestamp(-1ns)) == "-1.999999"); // rounded down, as all times are
    CHECK(seconds(duration(1'234'567ns)) == "0.001234567");
    CHECK(seconds(duration(1'234'000ns)) == "0.001234");
    CHECK(seconds(duration(12s)) == "12.000000");
    CHECK(seconds(duration(-1ms)) == "-0.001000");
    CHECK(seconds(duration::min()) == "-9223372036.854775808");
}
