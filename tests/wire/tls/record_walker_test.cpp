#include "helloscope/wire/tls/record_walker.hpp"

#include "fixtures.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::wire::tls;
using test::hex;

namespace {

struct seen_record {
    std::uint64_t offset = 0;
    record_header header;
    bytes body;
    bool operator==(const seen_record&) const = default;
};

// What a walker saw, and the rules that every piece of it keeps.
struct walk {
    record_walker walker;
    std::vector<seen_record> records;
    bool complete = true; // of the last record

    void feed(bytes_view input) {
        while (const auto piece = walker.next(input)) take(*piece);
        CHECK((input.empty() || walker.lost()));
    }
    void take(const piece& piece) {
        if (piece.first) {
            CHECK(complete);
            records.push_back({piece.offset, piece.header, {}});
        }
        REQUIRE_FALSE(records.empty());
        auto& record = records.back();
        CHECK(record.offset == piece.offset);
        record.body.insert(record.body.end(), piece.body.begin(), piece.body.end());
        CHECK(piece.last == (record.body.size() == record.header.length));
        complete = piece.last;
    }
};

const auto three_records = hex("16 0301 0004 01020304"
                               "17 0303 0000"
                               "15 0303 0002 0228");

} // namespace

TEST_CASE("records come out with their offsets, bodies and the empty one in between") {
    walk whole;
    whole.feed(three_records);
    const std::vector<seen_record> expected = {
        {0, {22, 0x0301, 4}, hex("01020304")},
        {9, {23, 0x0303, 0}, {}},
        {14, {21, 0x0303, 2}, hex("0228")}};
    CHECK(whole.records == expected);
    CHECK(whole.complete);
    CHECK(whole.walker.offset() == three_records.size());
    CHECK_FALSE(whole.walker.in_record());
    CHECK_FALSE(whole.walker.lost());
}

TEST_CASE("a stream cut at every byte yields the same records") {
    const auto stream = test::stream_of(test::dialogue("tls12-fragments"), direction::to_client);
    walk whole;
    whole.feed(stream);
    REQUIRE(whole.records.size() > 10);
    CHECK(whole.complete);
    for (std::size_t cut = 0; cut <= stream.size(); cut += cut < 700 ? 1 : 97) {
        INFO("cut at " << cut);
        walk parts;
        test::feed_cut(stream, cut, stream.size(), [&](bytes_view span) { parts.feed(span); });
        CHECK(parts.records == whole.records);
    }
    walk bytewise;
    test::feed_cut(stream, 0, 1, [&](bytes_view span) { bytewise.feed(span); });
    CHECK(bytewise.records == whole.records);
}

TEST_CASE("a header that is complete is known before its body comes") {
    record_walker walker;
    const auto header = hex("16 0301 05d4");
    for (std::size_t i = 0; i < header.size(); ++i) {
        CHECK_FALSE(walker.in_record());
        CHECK(walker.partial_header().size() == i);
        auto input = bytes_view(header).subspan(i, 1);
        CHECK_FALSE(walker.next(input));
    }
    CHECK(walker.started());
    CHECK(walker.in_record());
    CHECK(walker.current() == record_header{22, 0x0301, 1492});
    CHECK(walker.remaining() == 1492);
    CHECK(walker.partial_header().empty());
}

TEST_CASE("a body may be skipped in parts, mixed with bytes that are seen") {
    record_walker walker;
    auto input = bytes_view(three_records).first(6);
    const auto first = walker.next(input);
    REQUIRE(first);
    CHECK(first->first);
    CHECK_FALSE(first->last);
    CHECK_FALSE(walker.skip(0));
    CHECK_FALSE(walker.skip(2));
    CHECK(walker.remaining() == 1);
    const auto end = walker.skip(1);
    REQUIRE(end);
    CHECK(end->last);
    CHECK_FALSE(end->first);
    CHECK(end->body.empty());
    CHECK(end->header.length == 4);

    auto rest = bytes_view(three_records).subspan(9);
    const auto empty = walker.next(rest);
    REQUIRE(empty);
    CHECK(empty->offset == 9);
    CHECK((empty->first && empty->last));
}

TEST_CASE("a whole body that is skipped is one piece, first and last") {
    record_walker walker;
    auto input = bytes_view(three_records).first(5);
    CHECK_FALSE(walker.next(input));
    const auto piece = walker.skip(4);
    REQUIRE(piece);
    CHECK((piece->first && piece->last));
    CHECK(walker.offset() == 9);
}

TEST_CASE("what is not a record header loses the walker, for good and at a known place") {
    const auto plain = hex("16 0301 0001 aa 48 54 54 50 2f 31");
    for (std::size_t cut = 0; cut <= plain.size(); ++cut) {
        INFO("cut at " << cut);
        walk parts;
        test::feed_cut(plain, cut, plain.size(), [&](bytes_view span) { parts.feed(span); });
        REQUIRE(parts.walker.lost());
        CHECK(*parts.walker.lost() == lost_at{6, {0x48, 0x54, 0x54, 0x50, 0x2f}});
        CHECK(parts.records.size() == 1);
        CHECK_FALSE(parts.walker.sslv2());
        CHECK(parts.walker.started());
        auto more = bytes_view(three_records);
        CHECK_FALSE(parts.walker.next(more));
        CHECK(more.size() == three_records.size());
    }
}

TEST_CASE("a lost walker leaves the span unconsumed") {
    record_walker walker;
    const auto plain = hex("48 54 54 50 2f 31");
    auto input = bytes_view(plain);
    CHECK_FALSE(walker.next(input));
    CHECK(walker.lost());
    CHECK(input.size() == plain.size());
    CHECK(walker.offset() == 0);
    CHECK_FALSE(walker.started());
}

TEST_CASE("a ClientHello in the SSLv2 format is told from other bytes") {
    struct row {
        const char* name;
        const char* input;
        bool sslv2;
    };
    const row rows[] = {
        {"TLS 1.0 in an SSLv2 hello", "80 2e 01 03 01 00", true},
        {"TLS 1.2", "80 2e 01 03 03 00", true},
        {"SSL 2.0", "80 2e 01 00 02 00", true},
        {"no such version", "80 2e 01 03 04 00", false},
        {"not a ClientHello", "80 2e 04 03 01 00", false},
        {"three byte header", "00 2e 01 03 01 00", false},
        {"HTTP", "48 54 54 50 2f 31", false},
    };
    for (const auto& row : rows) {
        INFO(row.name);
        const auto bytes = hex(row.input);
        auto input = bytes_view(bytes);
        record_walker walker;
        walker.next(input);
        CHECK(walker.lost());
        CHECK(walker.sslv2() == row.sslv2);
    }
    walk later;
    later.feed(hex("16 0301 0001 aa 80 2e 01 03 01"));
    CHECK(later.walker.lost());
    CHECK_FALSE(later.walker.sslv2());
}

TEST_CASE("mutated streams never break the walker's rules") {
    const auto stream = test::stream_of(test::dialogue("tls12-resumed"), direction::to_server);
    test::mutated(stream, 2000, 1, [](const bytes& input) {
        walk parts;
        test::feed_cut(input, 0, 7, [&](bytes_view span) { parts.feed(span); });
        CHECK(parts.walker.offset() <= input.size());
    });
}
