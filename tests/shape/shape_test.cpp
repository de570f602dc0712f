#include "helloscope/shape/shape.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::shape;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using anchor = position::anchor;

TEST_CASE("a shape's text is read and written back") {
    for (const auto* text : {
             "",
             "mss:1360",
             "mss:88",
             "mss:32767",
             "mtu:1400",
             "mtu:148",
             "mtu:32807",
             "mss:hello:1200",
             "mtu:1400|mss:hello:536",
             "split:1",
             "split:1,5,-1",
             "split:sni",
             "split:sni+2,sni-3,midsni",
             "split:every:100",
             "split:records",
             "split:1,records",
             "records:sni+2|split:records",
             "mss:1360|mss:hello:1|records:every:64|split:sni|dribble:7|pause:50ms",
             "split:65535|split:-65535|pause:acked",
             "dribble:1|pause:1s",
             "pause:1ms|split:1",
             "split:1|pause:60s",
         }) {
        CAPTURE(text);
        const auto how = parse_shape(text);
        REQUIRE(how);
        CHECK(to_string(*how) == text);
        CHECK(how->empty() == std::string_view(text).empty());
    }
}

TEST_CASE("a shape is written in one way") {
    CHECK(to_string(parse_shape("split:1|mss:1360").value()) == "mss:1360|split:1");
    CHECK(to_string(parse_shape("split:sni+0").value()) == "split:sni");
    CHECK(to_string(parse_shape("split:007|pause:2000ms").value()) == "split:7|pause:2s");
}

TEST_CASE("a shape holds what its words say") {
    const auto how = parse_shape("mtu:1400|mss:hello:900|records:midsni|split:1,-2|pause:50ms");
    REQUIRE(how);
    CHECK(how->limit == clamp{clamp::measure::mtu, 1400});
    CHECK(how->hello_mss == 900U);
    REQUIRE(how->steps.size() == 3);
    CHECK(std::get<records>(how->steps[0]).at == positions{{anchor::midsni, 0}});
    CHECK(std::get<split>(how->steps[1]).at == positions{{anchor::start, 1}, {anchor::end, -2}});
    CHECK(std::get<pacing>(how->steps[2]).wait == 50ms);
    CHECK(std::get<pacing>(parse_shape("dribble:9|pause:acked")->steps[1]).wait == std::nullopt);
}

TEST_CASE("a packet's size leaves room for the headers of its family") {
    const auto mtu = parse_shape("mtu:1400")->limit.value();
    CHECK(mtu.mss(false) == 1360);
    CHECK(mtu.mss(true) == 1340);
    const auto mss = parse_shape("mss:1360")->limit.value();
    CHECK(mss.mss(false) == 1360);
    CHECK(mss.mss(true) == 1360);
}

TEST_CASE("the flight is held where it is to be cut") {
    CHECK_FALSE(parse_shape("mss:1360")->holds_first_flight());
    CHECK(parse_shape("mss:hello:900")->holds_first_flight());
    CHECK(parse_shape("split:1")->holds_first_flight());
}

TEST_CASE("what is no shape is named, with what is expected") {
    struct row {
        const char* text;
        const char* says;
    };
    for (const auto& [text, says] : {
             row{"foo", R"("foo": expected mss:, mtu:, split:, records:, dribble: or pause:)"},
             row{"|", R"("": expected mss:)"},
             row{"split:1|", R"("": expected mss:)"},
             row{"SPLIT:1", R"("SPLIT:1": expected mss:)"},
             row{" split:1", R"(" split:1": expected)"},
             row{"mss", R"("mss": expected bytes, or hello and bytes: mss:1360, mss:hello:1200)"},
             row{"mss:", "expected bytes"},
             row{"mss:-5", "expected bytes"},
             row{"mss:1360x", "expected bytes"},
             row{"mss:99999999999999999999", "expected bytes"},
             row{"mss:87", R"("mss:87": the kernel takes an MSS from 88 to 32767)"},
             row{"mss:32768", "the kernel takes an MSS from 88 to 32767"},
             row{"mss:hello:0", R"("mss:hello:0": expected the bytes of a segment, 1 to 32767)"},
             row{"mss:hello:32768", "1 to 32767"},
             row{"mss:hello", "expected bytes, or hello and bytes"},
             row{"mss:hello:1|mss:hello:2", R"("mss:hello:2": mss:hello:1 is said already)"},
             row{"mss:1000|mtu:1400", R"("mtu:1400": mss:1000 limits the segments already)"},
             row{"mtu:147", R"("mtu:147": expected 148 to 32807: the kernel takes an MSS from 88)"},
             row{"mtu:32808", "40 less than the packet over IPv4 and 60 less over IPv6"},
             row{"mtu:x", "expected the bytes of a packet: mtu:1400"},
             row{"split", R"("split": "" is no position: expected a byte offset (5))"},
             row{"split:", "\"\" is no position"},
             row{"split:0", R"("0" is no position: offsets go from 1 to 65535)"},
             row{"split:-0", "offsets go from 1"},
             row{"split:65536", "offsets go from 1 to 65535"},
             row{"split:--1", R"("--1" is no position: expected)"},
             row{"split:+1", R"("+1" is no position)"},
             row{"split:1,,2", R"("" is no position)"},
             row{"split:1,", R"("" is no position)"},
             row{"split:1, 2", R"(" 2" is no position)"},
             row{"split:snu", R"("snu" is no position)"},
             row{"split:sni2", R"("sni2" is no position)"},
             row{"split:sni+", R"("sni+" is no position)"},
             row{"split:sni+65536", "offsets go from 0 to 65535"},
             row{"split:midsni+1", R"("midsni+1" is no position)"},
             row{"split:every:0", "offsets go from 1"},
             row{"split:every", R"("every" is no position)"},
             row{"records:records", R"("records:records": "records" is a position of split: only)"},
             row{"records:1|records:2", "records: is said already; positions are joined by ','"},
             row{"split:1|records:1", "records: goes before split: and dribble:"},
             row{"dribble:1|records:1", "records: goes before split: and dribble:"},
             row{"dribble:0", "expected the bytes of a piece, 1 to 65535"},
             row{"dribble:", "expected the bytes of a piece"},
             row{"split:1|pause:0ms", "expected a time from 1ms to 60s, or acked"},
             row{"split:1|pause:61s", "expected a time from 1ms to 60s"},
             row{"split:1|pause:4294968s", "expected a time from 1ms to 60s"},
             row{"split:1|pause:50", "expected a time"},
             row{"split:1|pause:1ms|pause:acked", R"("pause:acked": a pause is said already)"},
             row{"pause:1ms", "pause: waits between pieces, and nothing cuts any"},
             row{"records:1|pause:1ms", "add split: or dribble:"},
         }) {
        CAPTURE(text);
        const auto how = parse_shape(text);
        REQUIRE_FALSE(how);
        CHECK_THAT(how.error().message, Contains(says));
    }
}
