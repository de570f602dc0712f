#include "helloscope/wire/pcapng/block_writer.hpp"

#include "helloscope/wire/pcapng/block_reader.hpp"
#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using namespace helloscope::wire::pcapng;
using test::hex;

namespace {

constexpr timestamp a_time{std::chrono::nanoseconds{0x18'7654'3210'0123'45}};

template <class T> T next(block_reader& in) {
    auto out = in.next();
    REQUIRE(out);
    REQUIRE(std::holds_alternative<T>(*out));
    return std::get<T>(*std::move(out));
}

} // namespace

TEST_CASE("a packet block is laid out as the format says") {
    bytes out;
    const auto headers = hex("45 00"), payload = hex("aa");
    const std::string_view comments[] = {"hi"};
    write_packet(
        out, {.interface = 1,
              .time = timestamp{std::chrono::nanoseconds{0x1122334455667788}},
              .captured = {headers, payload, {}},
              .original_length = 9,
              .seen = traffic::outbound,
              .comments = comments});
    CHECK(
        out == hex("06000000 38000000 01000000 44332211 88776655 03000000 09000000 4500aa00"
                   "0100 0200 68690000  0200 0400 02000000  0000 0000  38000000"));
}

TEST_CASE("a packet without options has no options") {
    bytes out;
    const auto data = hex("01020304");
    write_packet(out, {.captured = {data, {}, {}}, .original_length = 4});
    CHECK(
        out == hex("06000000 24000000 00000000 00000000 00000000 04000000 04000000 01020304"
                   "24000000"));
}

TEST_CASE("a recording reads back as it was written") {
    bytes file;
    write_section(file, {"box", "Linux", "helloscope 1", {"one", "two"}});
    write_interface(file, {101, 0, "client leg", "synthesized"});
    write_interface(file, {101, 262144, "server leg", ""});
    write_secrets(file, "CLIENT_RANDOM 00 11\n");
    const auto head = hex("45"), middle = hex("1603"), tail = hex("0102030405");
    const std::string_view comments[] = {"first", "second"};
    write_packet(file, {1, a_time, {head, middle, tail}, 1500, traffic::inbound, comments});
    write_journal(file, a_time, {{"MESSAGE", "text"}, {"BINARY", "a\nb"}});

    block_reader in{file};
    const auto header = next<section>(in);
    CHECK(header.hardware == "box");
    CHECK(header.os == "Linux");
    CHECK(header.application == "helloscope 1");
    CHECK(header.comments == std::vector<std::string_view>{"one", "two"});
    const auto client = next<interface>(in);
    CHECK(client.linktype == 101);
    CHECK(client.name == "client leg");
    CHECK(client.description == "synthesized");
    CHECK(next<interface>(in).snaplen == 262144);
    const auto keys = next<secrets>(in);
    CHECK(keys.type == tls_key_log);
    CHECK(as_text(keys.data) == "CLIENT_RANDOM 00 11\n");
    const auto got = next<packet>(in);
    CHECK(got.interface == 1);
    CHECK(got.linktype == 101);
    CHECK(got.time == a_time);
    CHECK(to_bytes(got.captured) == hex("45 1603 0102030405"));
    CHECK(got.original_length == 1500);
    CHECK(got.seen == traffic::inbound);
    CHECK(got.comments == std::vector<std::string_view>{"first", "second"});
    const auto event = next<journal>(in);
    CHECK(event.fields.front().key == "__REALTIME_TIMESTAMP");
    CHECK(event.fields.front().value == std::to_string(a_time.time_since_epoch().count() / 1000));
    CHECK(event.find("MESSAGE") == "text");
    CHECK(event.find("BINARY") == "a\nb");
    CHECK(in.at_end());
}

TEST_CASE("every block is a multiple of four bytes, whatever is in it") {
    for (std::size_t n = 0; n < 9; ++n) {
        const std::string text(n, 'x');
        bytes file;
        write_section(file, {.application = text});
        write_interface(file, {.linktype = 101, .name = text});
        write_packet(file, {.captured = {as_bytes(text), {}, {}}, .original_length = 9});
        write_secrets(file, text);
        write_journal(file, a_time, {{"A", text}});
        std::size_t blocks = 0;
        for (block_reader in{file}; !in.at_end(); ++blocks) {
            CHECK(in.offset() % 4 == 0);
            REQUIRE(in.next());
        }
        CHECK(blocks == 5);
    }
}

TEST_CASE("a comment that does not fit its length field is cut") {
    const std::string text(70'000, 'x');
    const std::string_view comments[] = {text};
    bytes file;
    write_section(file, {});
    write_interface(file, {});
    write_packet(file, {.comments = comments});
    block_reader in{file};
    next<section>(in);
    next<interface>(in);
    CHECK(next<packet>(in).comments.at(0).size() == 65'535);
}

TEST_CASE("a kept buffer is not allocated again") {
    bytes out;
    const auto data = hex("0102030405");
    const packet_pieces packet{.captured = {data, {}, {}}, .original_length = 5};
    write_packet(out, packet);
    const auto* const where = out.data();
    for (int i = 0; i < 3; ++i) {
        out.clear();
        write_packet(out, packet);
        CHECK(out.data() == where);
    }
}
