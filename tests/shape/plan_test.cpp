#include "helloscope/shape/plan.hpp"

#include "flights.hpp"
#include "support/catch.hpp"

#include <numeric>

using namespace helloscope;
using namespace helloscope::shape;
using namespace std::chrono_literals;

namespace {

using numbers = std::vector<std::uint32_t>;

plan planned(std::string_view how, bytes_view flight) {
    return make_plan(parse_shape(how).value(), flight, read_first_flight(flight));
}

// The handshake bytes of a plan's records, in one.
bytes bodies(const plan& made) {
    bytes out;
    bytes_view rest = made.content;
    for (const auto length : made.records) {
        const auto header = wire::tls::parse_record_header(rest);
        REQUIRE(header);
        CHECK(header->type == 22);
        CHECK(header->version == 0x0301);
        CHECK(header->length == length);
        const auto body = rest.subspan(5, length);
        out.insert(out.end(), body.begin(), body.end());
        rest = rest.subspan(5 + length);
    }
    CHECK(rest.empty());
    return out;
}

// The hello of curl: 517 bytes, of which 512 are its message. "releases.test" is its name.
const auto hello = test::hello_record("curl-7.88");
const auto sni = read_first_flight(hello).name.value().offset;

} // namespace

TEST_CASE("positions part the hello into writes") {
    struct row {
        const char* how;
        numbers writes;
        const char* note = "";
    };
    for (const auto& [how, writes, note] : {
             row{"mss:1360", {517}},
             row{"split:1", {1, 516}},
             row{"split:5,1,5", {1, 4, 512}},
             row{"split:-1", {516, 1}},
             row{"split:-516", {1, 516}},
             row{"split:516,-1", {516, 1}},
             row{"split:sni", {5 + sni, 512 - sni}},
             row{"split:sni+2", {7 + sni, 510 - sni}},
             row{"split:sni-5", {sni, 517 - sni}},
             row{"split:midsni", {11 + sni, 506 - sni}},
             row{"split:every:200", {200, 200, 117}},
             row{"split:every:200,300", {200, 100, 100, 117}},
             row{"split:300|split:1", {1, 299, 217}},
             row{"dribble:200", {200, 200, 117}},
             row{"split:300|dribble:200", {200, 100, 200, 17}},
             row{"dribble:200|split:300", {200, 100, 100, 117}},
             row{"dribble:517", {517}},
             row{"mss:hello:300", {300, 217}},
             row{"split:100|mss:hello:300", {100, 300, 117}},

             row{"split:517", {517}, "split:517: not inside the 517 bytes"},
             row{"split:1,600,-517",
                 {1, 516},
                 "split:600: not inside the 517 bytes; split:-517: not inside the 517 bytes"},
             row{"split:sni-65000,sni+65000",
                 {517},
                 "split:sni-65000: not inside the 517 bytes; "
                 "split:sni+65000: not inside the 517 bytes"},
             row{"split:every:517", {517}, "split:every:517: not inside the 517 bytes"},
             row{"split:records", {517}, "split:records: there is one record"},
         }) {
        CAPTURE(how);
        const auto made = planned(how, hello);
        CHECK(made.writes == writes);
        CHECK(made.note == note);
        CHECK(made.content == hello);
        CHECK(made.records.empty());
    }
}

TEST_CASE("records are made anew around the same message") {
    struct row {
        const char* how;
        numbers records;
        const char* note = "";
    };
    for (const auto& [how, lengths, note] : {
             row{"records:1", {1, 511}},
             row{"records:511", {511, 1}},
             row{"records:-1,1", {1, 510, 1}},
             row{"records:sni+2", {sni + 2, 510 - sni}},
             row{"records:midsni", {sni + 6, 506 - sni}},
             row{"records:every:200", {200, 200, 112}},
             row{"records:512", {}, "records:512: not inside the 512 bytes"},
             row{"records:1,600", {1, 511}, "records:600: not inside the 512 bytes"},
         }) {
        CAPTURE(how);
        const auto made = planned(how, hello);
        CHECK(made.records == lengths);
        CHECK(made.note == note);
        CHECK(made.writes == numbers{static_cast<std::uint32_t>(made.content.size())});
        if (lengths.empty())
            CHECK(made.content == hello);
        else
            CHECK(bodies(made) == test::hello_message("curl-7.88"));
    }
}

TEST_CASE("a split counts the bytes that are sent, record headers among them") {
    CHECK(planned("records:1|split:records", hello).writes == numbers{6, 516});
    CHECK(planned("records:100,200|split:records", hello).writes == numbers{105, 105, 317});
    CHECK(planned("records:1|split:6", hello).writes == numbers{6, 516});
    CHECK(planned("records:1|split:-1", hello).writes == numbers{521, 1});
    // A place in the name moves with the headers in front of it, the one at the place included.
    CHECK(planned("records:1|split:sni", hello).writes == numbers{10 + sni, 512 - sni});
    CHECK(planned("records:sni+2|split:sni+2", hello).writes == numbers{12 + sni, 510 - sni});
    CHECK(planned("records:sni+3|split:sni+2", hello).writes == numbers{7 + sni, 515 - sni});
}

TEST_CASE("a hello that came over several records is parted like any other") {
    const auto message = test::hello_message("curl-7.88");
    const auto flight = test::in_records(message, {10, 90});
    const auto kept = planned("split:records", flight);
    CHECK(kept.writes == numbers{15, 95, 417});
    CHECK(kept.content == flight);
    CHECK(kept.records.empty());
    CHECK(planned("split:sni", flight).writes == numbers{15 + sni, 512 - sni}); // sni > 100
    const auto made = planned("records:50|split:records", flight);
    CHECK(made.writes == numbers{55, 467});
    CHECK(bodies(made) == message);
}

TEST_CASE("every position of every client's hello parts it in two") {
    for (const auto* client : test::every_client) {
        CAPTURE(client);
        const auto record = test::hello_record(client);
        const auto message = test::hello_message(client);
        const auto flight = read_first_flight(record);
        for (std::size_t at = 1; at < record.size(); ++at) {
            shape::shape how;
            const auto offset = static_cast<std::int32_t>(at);
            how.steps = {split{{{position::anchor::start, offset}}}};
            const auto made = make_plan(how, record, flight);
            const auto first = static_cast<std::uint32_t>(at);
            REQUIRE(
                made.writes == numbers{first, static_cast<std::uint32_t>(record.size()) - first});
            REQUIRE(made.content == record);
            if (at >= message.size()) continue;
            how.steps = {records{{{position::anchor::start, offset}}}};
            const auto parted = make_plan(how, record, flight);
            REQUIRE(
                parted.records ==
                numbers{first, static_cast<std::uint32_t>(message.size()) - first});
            REQUIRE(parted.content == test::in_records(message, {at}));
        }
    }
}

TEST_CASE("bytes behind the hello are not the plan's") {
    auto more = hello;
    more.insert(more.end(), {0x17, 0x03, 0x03, 0x00, 0x01, 0x00});
    const auto made = planned("records:1|split:-1", more);
    CHECK(made.content.size() == hello.size() + 5);
    CHECK(made.writes == numbers{521, 1});
}

TEST_CASE("what stands behind the hello in its last record stays there") {
    auto message = test::hello_message("curl-7.88");
    message.insert(message.end(), {20, 0, 0, 0});
    const auto made = planned("records:-1", test::in_records(message, {}));
    CHECK(made.records == numbers{511, 5});
    CHECK(bodies(made) == message);
}

TEST_CASE("a flight that is no TLS is parted where bytes are counted") {
    const auto http = as_bytes("GET / HTTP/1.1\r\n\r\n");
    const auto made = planned("records:1|split:4,sni,-2,records|dribble:10", http);
    CHECK(made.writes == numbers{4, 10, 2, 2});
    CHECK(made.content == to_bytes(http));
    CHECK(made.note == "records:1: not TLS; split:sni: not TLS; split:records: not TLS");
}

TEST_CASE("a hello without SNI is parted elsewhere, and one with ECH at its outer name") {
    const auto none = planned("split:1,midsni", test::hello_record("openssl-3.0-tls1.0-no-sni"));
    CHECK(none.writes == numbers{1, 131});
    CHECK(none.note == "split:midsni: the hello has no SNI");
    const auto record = test::hello_with("node-24", 0xfe0d, test::hex("00 00 01 00 01 07 00 00"));
    const auto ech = planned("records:sni+1|split:1", record);
    CHECK(ech.records.size() == 2);
    CHECK(ech.note == "records: the SNI is the outer one, of ECH or GREASE");
    const auto broken = planned("split:sni", test::hex("16 03 01 00 06  01 00 00 02 03 03"));
    CHECK(broken.writes == numbers{11});
    CHECK(broken.note.starts_with("split:sni: "));
}

TEST_CASE("no record is longer than TLS allows") {
    auto record = test::hello_with("curl-7.88", 0x0015, bytes(15'800));
    const auto message = to_bytes(bytes_view(record).subspan(5));
    REQUIRE(message.size() <= 16'384);
    record = test::hello_with("curl-7.88", 0x0015, bytes(15'800));
    auto longer = to_bytes(bytes_view(record).subspan(5));
    longer.resize(20'000);
    longer[1] = 0, longer[2] = (20'000 - 4) >> 8, longer[3] = (20'000 - 4) & 0xff;
    const auto made = planned("records:1", test::in_records(longer, {10'000}));
    CHECK(made.records == numbers{1, 16'384, 3'615});
    CHECK(bodies(made) == longer);
}

TEST_CASE("a pause is between all writes") {
    CHECK(planned("split:1|pause:50ms", hello).between == pacing{50ms});
    CHECK(planned("pause:acked|dribble:9", hello).between == pacing{});
    CHECK_FALSE(planned("split:1", hello).between);
}

TEST_CASE("whatever is planned adds up") {
    test::mutated(test::hello_record("node-24"), 1'000, 7, [](const bytes& flight) {
        const auto made = planned("records:sni,-7,every:90|split:records,midsni,3", flight);
        const auto sum = std::accumulate(made.writes.begin(), made.writes.end(), std::size_t{0});
        REQUIRE(sum == made.content.size());
        REQUIRE(std::ranges::count(made.writes, 0U) == 0);
    });
}
