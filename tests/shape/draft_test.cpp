#include "draft.hpp"

#include "flights.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::shape;

TEST_CASE("a byte of the message is found behind the headers of its records") {
    draft of;
    of.content = test::in_records(test::hello_message("curl-7.88"), {10, 90});
    of.what = read_first_flight(of.content);
    CHECK(of.at(0) == 5);
    CHECK(of.at(9) == 14);
    CHECK(of.at(10) == 20);
    CHECK(of.at(100) == 115);
    CHECK(of.at(511) == of.content.size() - 1);
    CHECK(of.at(512) == of.content.size());
}

TEST_CASE("places come in order, each once, and what has none is noted") {
    draft of;
    of.content = test::hello_record("curl-7.88");
    of.what = read_first_flight(of.content);
    const auto at = parse_positions("-1,5,1,5,512,600").value();
    CHECK(
        places_of(at, measured::in_content, of, "split") ==
        std::vector<std::size_t>{1, 5, 512, 516});
    CHECK(of.notes == std::vector<std::string>{"split:600: not inside the 517 bytes"});
    of.notes.clear();
    CHECK(
        places_of(at, measured::in_message, of, "records") == std::vector<std::size_t>{1, 5, 511});
    CHECK(of.notes.size() == 2);
}
