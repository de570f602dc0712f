#include "helloscope/wire/tls/handshake_assembler.hpp"

#include "fixtures.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::wire::tls;
using test::hex;

namespace {

struct seen_message {
    std::uint8_t type;
    std::uint64_t offset;
    bytes body;
    bool operator==(const seen_message&) const = default;
};

struct assembly {
    handshake_assembler assembler;
    std::vector<seen_message> messages;

    void feed(bytes_view input) {
        while (const auto message = assembler.next(input)) {
            CHECK((message->truncated || message->length == message->body.size()));
            messages.push_back({message->type, message->offset, to_bytes(message->body)});
        }
        CHECK(input.empty());
    }
};

const auto three_messages = hex("02 000003 aabbcc"
                                "0e 000000"
                                "0b 000002 0102");
const std::vector<seen_message> expected = {
    {2, 0, hex("aabbcc")}, {14, 7, {}}, {11, 11, hex("0102")}};

} // namespace

TEST_CASE("messages coalesced in one record come out one by one") {
    assembly whole;
    whole.feed(three_messages);
    CHECK(whole.messages == expected);
    CHECK_FALSE(whole.assembler.partial());
}

TEST_CASE("messages cut at every byte, and one byte at a time, are the same") {
    for (std::size_t cut = 0; cut <= three_messages.size(); ++cut)
        for (const std::size_t step : {1, 2, 5, 100}) {
            INFO("cut at " << cut << ", then every " << step);
            assembly parts;
            test::feed_cut(three_messages, cut, step, [&](bytes_view span) { parts.feed(span); });
            CHECK(parts.messages == expected);
        }
}

TEST_CASE("a whole message is a view of the input") {
    handshake_assembler assembler;
    auto input = bytes_view(three_messages);
    const auto message = assembler.next(input);
    REQUIRE(message);
    CHECK(message->body.data() == three_messages.data() + 4);
}

TEST_CASE("a message on its way is announced with what has come of it") {
    handshake_assembler assembler;
    auto input = bytes_view(three_messages).first(3);
    CHECK_FALSE(assembler.next(input));
    CHECK_FALSE(assembler.partial());
    input = bytes_view(three_messages).subspan(3, 3);
    CHECK_FALSE(assembler.next(input));
    CHECK(assembler.partial() == partial_message{2, 3, 2});
}

TEST_CASE("a message longer than the limit is counted and the next one is found") {
    const auto input = hex("0b 000005 0102030405 0e 000000");
    for (const std::size_t step : {1, 3, 100}) {
        INFO("every " << step);
        handshake_assembler assembler(4);
        std::vector<assembled_message> messages;
        test::feed_cut(input, 0, step, [&](bytes_view span) {
            while (const auto message = assembler.next(span)) messages.push_back(*message);
        });
        REQUIRE(messages.size() == 2);
        CHECK(messages[0].length == 5);
        CHECK(messages[0].truncated);
        CHECK(messages[0].body.empty());
        CHECK(messages[1].is(handshake_type::server_hello_done));
        CHECK(messages[1].offset == 9);
        CHECK_FALSE(messages[1].truncated);
    }
}

TEST_CASE("an assembler that lost bytes consumes all and yields nothing") {
    handshake_assembler assembler;
    auto input = bytes_view(three_messages).first(5);
    CHECK_FALSE(assembler.next(input));
    assembler.lose();
    CHECK_FALSE(assembler.partial());
    input = three_messages;
    CHECK_FALSE(assembler.next(input));
    CHECK(input.empty());
}

TEST_CASE("any bytes are messages of some kind") {
    test::mutated(three_messages, 2000, 2, [](const bytes& input) {
        assembly parts;
        test::feed_cut(input, 0, 3, [&](bytes_view span) { parts.feed(span); });
    });
}
