#include "../passing.hpp"

#include "support/hex.hpp"
#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using namespace helloscope::test;

namespace {

std::string text_of(std::string_view digits) { return std::string(as_text(hex(digits))); }

} // namespace

TEST_CASE("the ClientHello is answered with an alert, and never gets to the server") {
    passing line({"alert:unrecognized_name@sni"}, direction::to_server);
    line.takes(hello_record("curl-7.88"));
    CHECK(line.answered == text_of("15 0303 0002 02 70"));
    CHECK(line.answer_closes);
    REQUIRE(line.did.size() == 1);
    CHECK(line.did[0].starts_with(
        "alert:unrecognized_name@sni: sends alert unrecognized_name (fatal), from "));
    CHECK(line.sent.size() < hello_record("curl-7.88").size()); // up to the name
}

TEST_CASE("an alert answers the first byte if nothing else is said") {
    passing line({"alert"}, direction::to_server);
    line.takes("x");
    CHECK(line.sent.empty());
    CHECK(line.answered == text_of("15 0303 0002 02 28"));
}

TEST_CASE("an alert in the place of a record ends the stream there") {
    const auto all = stream_of(dialogue("tls12"), direction::to_client);
    passing line{"alert@record:2"};
    line.takes(all);
    const auto first = 5u + static_cast<std::size_t>(all[3] << 8 | all[4]);
    CHECK(
        line.sent ==
        std::string(as_text(bytes_view(all).first(first))) + text_of("15 0303 0002 02 28"));
    CHECK(line.ended == fault::ending::close);
}

TEST_CASE("an alert waits for a record to end") {
    const auto all = stream_of(dialogue("tls12"), direction::to_client);
    const auto first = 5u + static_cast<std::size_t>(all[3] << 8 | all[4]);
    for (const auto* const text : {"to_client alert@7", "alert@1"}) {
        passing line{text};
        for (const auto one : all) line.takes(bytes_view(&one, 1));
        CHECK(line.sent.size() == first + 7);
        CHECK(line.ended == fault::ending::close);
    }
    passing timed{"to_client alert@1s"};
    timed.takes(bytes_view(all).first(20)).at(1s);
    CHECK(timed.ended == fault::ending::none);
    timed.takes(bytes_view(all).subspan(20));
    CHECK(timed.sent.size() == first + 7);
}

TEST_CASE("behind a warning the connection goes on") {
    passing line({"alert:close_notify,level=warning"}, direction::to_server);
    line.takes("abc").takes("def");
    CHECK(line.answered == text_of("15 0303 0002 01 00"));
    CHECK_FALSE(line.answer_closes);
    CHECK(line.sent == "abcdef");
}
