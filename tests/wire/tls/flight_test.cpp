#include "helloscope/wire/tls/flight.hpp"

#include "fixtures.hpp"
#include "support/catch.hpp"

#include <fmt/format.h>

using namespace helloscope;
using namespace helloscope::wire::tls;
using test::hex;

namespace Catch {
template <> struct StringMaker<flight> {
    static std::string convert(flight value) {
        return std::vector<std::string>{"nothing", "begun", "possible", "whole"}.at(
            static_cast<std::size_t>(value));
    }
};
} // namespace Catch

namespace {

// What the server of a dialogue sent before the client spoke again, record by record.
std::vector<bytes> first_flight_of(const std::string& name) {
    std::vector<bytes> records;
    bool answering = false;
    for (const auto& turn : test::dialogue(name)) {
        if (turn.way == direction::to_client) {
            answering = true;
            records.push_back(turn.record);
        } else if (answering) {
            break;
        }
    }
    return records;
}

bytes join(const std::vector<bytes>& parts) {
    bytes all;
    for (const auto& one : parts) all.insert(all.end(), one.begin(), one.end());
    return all;
}

// An encrypted record whose body nobody can read.
bytes hidden(std::size_t length) {
    auto record = hex(fmt::format("17 0303 {:04x}", length));
    record.resize(record.size() + length);
    return record;
}

bytes server_hello_of(const std::string& name) { return first_flight_of(name).front(); }

} // namespace

TEST_CASE("a flight is whole when its last record is, and at no byte before it") {
    struct row {
        const char* name;
        flight end;
        // Where nothing contradicts before the end: bytes from the front.
        std::vector<std::size_t> possible;
    };
    const row rows[] = {
        {"rfc8448-3-simple", flight::possible, {}}, // all messages in one record
        {"rfc8448-4-early-data", flight::possible, {}},
        {"rfc8448-5-retry", flight::whole, {}},
        {"rfc8448-6-client-authentication", flight::possible, {}},
        {"rfc8448-7-compatibility", flight::possible, {}},
        // EncryptedExtensions, Certificate, CertificateVerify, Finished: a record each.
        {"tls13", flight::whole, {1214, 1500}},
        {"tls13-client-certificate", flight::whole, {1320, 1606}},
        {"tls13-early-data", flight::whole, {}}, // resumed: no certificate
        {"tls13-retry", flight::whole, {}},
        {"tls13-untrusted", flight::whole, {1214, 1500}},
        {"tls12", flight::whole, {}},
        {"tls12-client-certificate", flight::whole, {}},
        {"tls12-fragments", flight::whole, {}},
        {"tls12-resumed", flight::whole, {}},
        {"protocol-version", flight::whole, {}}, // an alert
    };
    for (const auto& row : rows) {
        INFO(row.name);
        const auto all = join(first_flight_of(row.name));
        CHECK(flight_of(all) == row.end);
        std::vector<std::size_t> possible;
        std::size_t first_whole = 0;
        flight_reader bytewise;
        CHECK(bytewise.state() == flight::nothing);
        for (std::size_t i = 0; i < all.size(); ++i) {
            bytewise.feed(bytes_view(all).subspan(i, 1));
            CHECK(bytewise.state() == flight_of(bytes_view(all).first(i + 1)));
            CHECK(bytewise.state() != flight::nothing);
            if (bytewise.state() == flight::whole && first_whole == 0) first_whole = i + 1;
            if (bytewise.state() == flight::possible && i + 1 < all.size())
                possible.push_back(i + 1);
        }
        CHECK(possible == row.possible);
        if (row.end == flight::whole &&
            std::string_view(row.name).find("retry") == std::string::npos)
            CHECK(first_whole == all.size());
    }
}

TEST_CASE("a HelloRetryRequest is whole before the CCS that follows it") {
    CHECK(flight_of(server_hello_of("tls13-retry")) == flight::whole);
    CHECK(flight_of(join(first_flight_of("tls13-retry"))) == flight::whole);
}

TEST_CASE("a TLS 1.3 ServerHello is never the end, with a CCS or without") {
    const auto hello = server_hello_of("tls13");
    CHECK(flight_of(hello) == flight::begun);
    CHECK(flight_of(join({hello, hex("14 0303 0001 01")})) == flight::begun);
    CHECK(flight_of(join({hello, hidden(23)})) == flight::begun);
}

TEST_CASE("encrypted records are judged by the shortest flight that there is") {
    struct row {
        const char* what;
        std::string hello;
        std::vector<std::size_t> records;
        flight expected;
    };
    // The suite of `tls13` is TLS_AES_256_GCM_SHA384, that of RFC 8448 has SHA-256.
    const row rows[] = {
        {"extensions and a Finished, but no chain", "tls13", {23, 69}, flight::begun},
        {"the same where a PSK was taken", "tls13-early-data", {27, 69}, flight::whole},
        {"in one record", "tls13-early-data", {6 + 52 + 17}, flight::possible},
        {"a byte less than that", "tls13-early-data", {6 + 52 + 16}, flight::begun},
        {"a raw key, one record", "rfc8448-3-simple", {6 + 57 + 72 + 36 + 17}, flight::possible},
        {"a byte less", "rfc8448-3-simple", {6 + 57 + 72 + 36 + 16}, flight::begun},
        {"a Finished of the other hash", "rfc8448-3-simple", {700, 69}, flight::possible},
        {"a Finished of its own", "rfc8448-3-simple", {700, 53}, flight::whole},
        {"padded records", "rfc8448-3-simple", {512, 512}, flight::possible},
        {"a record of nothing", "rfc8448-3-simple", {0, 0, 17}, flight::begun},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        std::vector<bytes> parts{server_hello_of(row.hello)};
        for (const auto size : row.records) parts.push_back(hidden(size));
        CHECK(flight_of(join(parts)) == row.expected);
    }
}

TEST_CASE("alerts end a flight, but for the warnings that let it follow") {
    struct row {
        const char* what;
        const char* sent;
        flight expected;
        std::optional<alert> complaint;
    };
    const row rows[] = {
        {"handshake_failure", "15 0303 0002 02 28", flight::whole, alert{2, 40}},
        {"half of it", "15 0303 0002 02", flight::begun, {}},
        {"close_notify", "15 0303 0002 01 00", flight::whole, alert{1, 0}},
        {"unrecognized_name as a warning", "15 0303 0002 01 70", flight::begun, {}},
        {"unrecognized_name", "15 0303 0002 02 70", flight::whole, alert{2, 112}},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        flight_reader reader;
        reader.feed(hex(row.sent));
        CHECK(reader.state() == row.expected);
        CHECK(reader.complaint() == row.complaint);
    }
    // The warning, and then the flight.
    auto parts = first_flight_of("tls12");
    parts.insert(parts.begin(), hex("15 0303 0002 01 70"));
    CHECK(flight_of(join(parts)) == flight::whole);
    parts.pop_back();
    CHECK(flight_of(join(parts)) == flight::begun);
}

TEST_CASE("what is not TLS is whole from its first strange byte on") {
    for (const std::string_view text : {"HTTP/1.1 400 Bad Request\r\n", "S", "220 mail", "<"}) {
        INFO(text);
        CHECK(flight_of(as_bytes(text)) == flight::whole);
    }
    CHECK(flight_of(hex("16 03")) == flight::begun);
    CHECK(flight_of(hex("16 05")) == flight::whole);
    CHECK(flight_of(hex("17 0303 0001 00")) == flight::whole); // before any hello
}

TEST_CASE("mutated flights are read without harm, and the same in any cut") {
    for (const auto* name : {"tls13", "tls12", "tls12-resumed", "rfc8448-5-retry"}) {
        INFO(name);
        test::mutated(join(first_flight_of(name)), 300, 7, [](const bytes& sent) {
            flight_reader cut;
            test::feed_cut(sent, 0, 37, [&](bytes_view span) { cut.feed(span); });
            CHECK(cut.state() == flight_of(sent));
        });
    }
}
