#include "flights.hpp"

#include "support/catch.hpp"
#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using namespace helloscope::shape;
using Catch::Matchers::Contains;
using kind = first_flight::kind;

namespace {

std::string_view name_in(bytes_view record, const first_flight& flight) {
    return as_text(record.subspan(5 + flight.name->offset, flight.name->size));
}

} // namespace

TEST_CASE("a hello is unfinished up to its last byte, whatever comes behind it") {
    for (const auto* client : test::every_client) {
        CAPTURE(client);
        const auto record = test::hello_record(client);
        for (std::size_t cut = 0; cut < record.size(); ++cut)
            REQUIRE(read_first_flight(bytes_view(record).first(cut)).is == kind::unfinished);
        auto more = record;
        for (int i = 0; i < 3; ++i) {
            const auto flight = read_first_flight(more);
            REQUIRE(flight.is == kind::hello);
            CHECK(flight.size == record.size());
            CHECK(flight.message_size == record.size() - 5);
            CHECK(flight.version == 0x0301);
            CHECK(flight.records.size() == 1);
            CHECK(name_in(record, flight) == "releases.test");
            CHECK_FALSE(flight.outer);
            more.push_back(0x17);
        }
    }
}

TEST_CASE("a hello over several records is whole with the last of them") {
    const auto message = test::hello_message("node-24");
    for (const auto& lengths : std::vector<std::vector<std::size_t>>{
             {1}, {3}, {4}, {1, 1, 1, 1, 1}, {700}, {message.size() - 1}, {0, 500, 0}}) {
        const auto flight = test::in_records(message, lengths);
        for (std::size_t cut = 0; cut < flight.size(); ++cut)
            REQUIRE(read_first_flight(bytes_view(flight).first(cut)).is == kind::unfinished);
        const auto whole = read_first_flight(flight);
        REQUIRE(whole.is == kind::hello);
        CHECK(whole.size == flight.size());
        CHECK(whole.message_size == message.size());
        REQUIRE(whole.records.size() == lengths.size() + 1);
        CHECK(whole.records[0] == record_place{0, static_cast<std::uint16_t>(lengths[0])});
        CHECK(whole.records[1].at == 5 + lengths[0]);
        CHECK(whole.name->offset == read_first_flight(test::hello_record("node-24")).name->offset);
    }
}

TEST_CASE("the last record of a hello is waited for to its end") {
    auto message = test::hello_message("curl-7.88");
    const auto size = message.size();
    message.insert(message.end(), {20, 0, 0, 0}); // what no client sends: another message
    const auto flight = test::in_records(message, {});
    CHECK(read_first_flight(bytes_view(flight).first(flight.size() - 1)).is == kind::unfinished);
    const auto whole = read_first_flight(flight);
    CHECK(whole.is == kind::hello);
    CHECK(whole.size == flight.size());
    CHECK(whole.message_size == size);
}

TEST_CASE("a hello without SNI has no name, one with ECH an outer one") {
    const auto none = read_first_flight(test::hello_record("openssl-3.0-tls1.0-no-sni"));
    CHECK(none.is == kind::hello);
    CHECK_FALSE(none.name);
    CHECK(none.unknown.empty());
    const auto record = test::hello_with("node-24", 0xfe0d, test::hex("00 00 01 00 01 07 00 00"));
    const auto ech = read_first_flight(record);
    CHECK(ech.is == kind::hello);
    CHECK(ech.outer);
    CHECK(name_in(record, ech) == "releases.test");
    const auto grease = read_first_flight(test::hello_with("node-24", 0x2a2a, test::hex("00")));
    CHECK(grease.name->size == 13);
    CHECK_FALSE(grease.outer);
}

TEST_CASE("a hello that cannot be read is one all the same") {
    const auto flight = read_first_flight(test::hex("16 03 01 00 06  01 00 00 02 03 03"));
    CHECK(flight.is == kind::hello);
    CHECK(flight.size == 11);
    CHECK_THAT(flight.unknown, Contains("random"));
}

TEST_CASE("what is no hello is known as soon as it can be") {
    struct row {
        const char* flight;
        std::size_t known_after;
        const char* why;
    };
    for (const auto& [text, known_after, why] : {
             row{"47 45 54 20", 1, "not TLS"},
             row{"80 2e 01 03 01", 1, "not TLS"},
             row{"16 02 00", 2, "not TLS"},
             row{"16 03 05", 3, "not TLS"},
             row{"16 03 01 ff ff 01", 5, "not TLS"},
             row{"15 03 01 00 02 02 28", 5, "a record of alert where the ClientHello should be"},
             row{"17 03 03 00 01 00", 5, "a record of application_data"},
             row{"16 03 01 00 04 02 00 00 00", 6, "is server_hello, not a ClientHello"},
             row{"16 03 01 00 04 63 00 00 00", 6, "is type 99, not a ClientHello"},
             row{"16 03 01 00 04 01 00 ff fd", 9, "a ClientHello of 65537 bytes, longer than"},
             row{"16 03 01 00 01 01 48 54", 7, "TLS that breaks off"},
             row{"16 03 01 00 01 01 14 03 01 00 01 01", 11, "a record of change_cipher_spec"},
         }) {
        const auto flight = test::hex(text);
        CAPTURE(text);
        for (std::size_t size = 0; size <= flight.size(); ++size) {
            const auto what = read_first_flight(bytes_view(flight).first(size));
            REQUIRE((what.is == kind::other) == (size >= known_after));
            if (size < known_after) continue;
            CHECK_THAT(what.why, Contains(why));
            CHECK(what.size == size);
        }
    }
}

TEST_CASE("records of nothing are not waited for without end") {
    bytes empty;
    while (empty.size() < 2 * longest_flight)
        for (const auto octet : test::hex("16 03 01 00 00")) empty.push_back(octet);
    CHECK_THAT(read_first_flight(empty).why, Contains("too many records"));
}

TEST_CASE("damaged hellos are judged without harm") {
    test::mutated(test::hello_record("node-24"), 2'000, 1, [](const bytes& flight) {
        const auto what = read_first_flight(flight);
        if (what.is != kind::unfinished) REQUIRE(what.size <= flight.size());
        if (!what.name) return;
        REQUIRE(what.name->offset + what.name->size <= what.message_size);
    });
}
