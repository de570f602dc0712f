#include "helloscope/heal/first_flight.hpp"

#include "support/catch.hpp"
#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using heal::first_flight;
using state = heal::first_flight::state;
using test::hex;

namespace {

bytes both(bytes first, const bytes& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

// The hello in records of `size` bytes.
bytes in_records(const bytes& record, std::size_t size) {
    writer out;
    for (auto body = bytes_view(record).subspan(5); !body.empty();) {
        const auto part = body.first(std::min(size, body.size()));
        out.u8(22).u16(0x0301).vector(2, [&](writer& inner) { inner.raw(part); });
        body = body.subspan(part.size());
    }
    return out.take();
}

state fed(first_flight& one, bytes_view more) {
    one.feed(more);
    return one.is();
}

} // namespace

TEST_CASE("a whole hello may be sent twice, however it came") {
    for (const auto* client :
         {"bazelisk-1.28.1", "curl-7.88", "node-24", "openssl-3.0-tls1.0-no-sni"}) {
        INFO(client);
        const auto record = test::hello_record(client);
        for (const auto& sent : {record, in_records(record, 100), in_records(record, 1)}) {
            for (const std::size_t step : {1, 7, 1448, 100'000}) {
                first_flight one;
                std::size_t came = 0;
                test::feed_cut(sent, 0, step, [&](bytes_view span) {
                    came += span.size();
                    CHECK(fed(one, span) == (came == sent.size() ? state::whole : state::growing));
                });
                CHECK(to_bytes(one.sent()) == sent);
                CHECK(one.message_size() == record.size() - 5);
            }
        }
    }
}

TEST_CASE("nothing but a whole hello is ever sent twice") {
    const auto hello = test::hello_record("curl-7.88");
    const auto turns = test::dialogue("rfc8448-4-early-data");
    auto cut_message = hello;
    cut_message[8] = static_cast<std::uint8_t>(cut_message[8] - 1); // a byte of it is left over
    struct row {
        const char* what;
        bytes sent;
    };
    const row rows[] = {
        {"early data in the hello", turns.at(0).record},
        {"early data", both(turns.at(0).record, turns.at(1).record)},
        {"bytes behind the hello", both(hello, hex("14 0303 0001 01"))},
        {"a byte behind the hello", both(hello, hex("16"))},
        {"HTTP", to_bytes(as_bytes("GET / HTTP/1.1\r\n\r\n"))},
        {"one letter", to_bytes(as_bytes("S"))},
        {"an SSLv2 hello", hex("80 2e 01 03 01 00 15")},
        {"application data", hex("17 0303 0001 00")},
        {"a CCS", hex("14 0303 0001 01")},
        {"an alert", hex("15 0303 0002 02 28")},
        {"another message", hex("16 0301 0004 14 000000")},
        {"a hello that cannot be read", hex("16 0301 0006 01 000002 0303")},
        {"a message begun behind the hello", cut_message},
        {"a second hello", both(hello, hello)},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        for (const std::size_t step : {std::size_t{1}, row.sent.size()}) {
            first_flight one;
            test::feed_cut(row.sent, 0, step, [&](bytes_view span) { fed(one, span); });
            CHECK(one.is() == state::unrepeatable);
            CHECK(one.sent().empty());
            one.feed(hello);
            CHECK(one.is() == state::unrepeatable);
        }
    }
}

TEST_CASE("a hello without end is not kept") {
    bytes sent = hex("16 0301 4000 01 00ffff");
    sent.resize(5 + 0x4000);
    const auto next = sent;
    first_flight one;
    CHECK(fed(one, sent) == state::growing);
    CHECK(fed(one, next) == state::unrepeatable);
    CHECK(one.sent().empty());
    CHECK(first_flight().is() == state::growing);
}

TEST_CASE("mutated hellos are read without harm, and the same in any cut, late or not") {
    test::mutated(test::hello_record("node-24"), 500, 3, [](const bytes& sent) {
        first_flight cut, cut_and_read_late, whole;
        test::feed_cut(sent, 0, 41, [&](bytes_view span) {
            fed(cut, span);
            cut_and_read_late.feed(span);
        });
        whole.feed(sent);
        CHECK(cut.is() == whole.is());
        CHECK(cut_and_read_late.is() == whole.is());
    });
}
