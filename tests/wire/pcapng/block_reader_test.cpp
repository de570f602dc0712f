#include "helloscope/wire/pcapng/block_reader.hpp"

#include "build.hpp"
#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using namespace helloscope::wire::pcapng;
using test::builder;
using test::hex;
using namespace std::chrono_literals;

namespace {

template <class T> T next(block_reader& in) {
    REQUIRE_FALSE(in.at_end());
    auto out = in.next();
    REQUIRE(out);
    REQUIRE(std::holds_alternative<T>(*out));
    return std::get<T>(*std::move(out));
}

constexpr std::endian orders[] = {std::endian::little, std::endian::big};

bytes one_of_each(std::endian order) {
    builder file{order};
    file.section().interface(1, 4);
    file.packet(0, 1'000'001, "abcde");
    file.block(3, [](builder& b) { b.u32(9).text("wxyz"); });
    file.block(2, [](builder& b) {
        b.u16(0).u16(7).u32(0).u32(5).u32(3).u32(60).text("old").pad();
        b.option(1, as_bytes("dropped some")).u16(0).u16(0);
    });
    file.block(9, [](builder& b) { b.text("MESSAGE=hello\nN=1\n"); });
    file.block(10, [](builder& b) { b.u32(tls_key_log).u32(5).text("keys\n"); });
    file.block(0xbad, [](builder& b) { b.text("what"); });
    return file.view();
}

// How the file fails after `good` blocks.
parse_error failure_after(std::size_t good, bytes_view file) {
    block_reader in{file};
    while (good-- > 0) REQUIRE(in.next());
    REQUIRE_FALSE(in.at_end());
    const auto failed = in.next();
    REQUIRE_FALSE(failed);
    return failed.error();
}

} // namespace

TEST_CASE("every kind of block is read in either byte order") {
    for (const auto order : orders) {
        const auto file = one_of_each(order);
        block_reader in{file};
        next<section>(in);
        CHECK(next<interface>(in).linktype == 1);
        CHECK(in.interfaces().size() == 1);

        const auto enhanced = next<packet>(in);
        CHECK(as_text(enhanced.captured) == "abcde");
        CHECK(enhanced.linktype == 1);
        CHECK(enhanced.time == timestamp{1s + 1us});

        const auto simple = next<packet>(in);
        CHECK(as_text(simple.captured) == "wxyz");
        CHECK(simple.original_length == 9);
        CHECK_FALSE(simple.time);

        const auto old = next<packet>(in);
        CHECK(as_text(old.captured) == "old");
        CHECK(old.original_length == 60);
        CHECK(old.time == timestamp{5us});
        CHECK(old.comments == std::vector<std::string_view>{"dropped some"});

        const auto event = next<journal>(in);
        CHECK(event.fields == std::vector<journal_field>{{"MESSAGE", "hello"}, {"N", "1"}});
        const auto keys = next<secrets>(in);
        CHECK(keys.type == tls_key_log);
        CHECK(as_text(keys.data) == "keys\n");
        const auto unknown = next<other>(in);
        CHECK(unknown.type == 0xbad);
        CHECK(as_text(unknown.body) == "what");
        CHECK(in.at_end());
    }
}

TEST_CASE("a file cut anywhere is whole up to the block that is cut") {
    for (const auto order : orders) {
        const auto file = one_of_each(order);
        std::vector<std::size_t> starts;
        for (block_reader in{file}; !in.at_end();) {
            starts.push_back(in.offset());
            REQUIRE(in.next());
        }
        for (std::size_t cut = 0; cut <= file.size(); ++cut) {
            block_reader in{bytes_view(file).first(cut)};
            std::size_t whole = 0;
            std::optional<parse_error> error;
            while (!in.at_end()) {
                const auto got = in.next();
                if (got)
                    ++whole;
                else
                    error = got.error();
            }
            const auto begun = static_cast<std::size_t>(
                std::ranges::count_if(starts, [&](auto start) { return start < cut; }));
            const bool clean = begun == starts.size() ? cut == file.size() : starts[begun] == cut;
            CHECK(whole == (clean ? begun : begun - 1));
            CHECK(error.has_value() == !clean);
            if (error) CHECK(*error == parse_error{errc::need_more, starts[begun - 1], "block"});
            if (error) CHECK(in.offset() == starts[begun - 1]);
        }
    }
}

TEST_CASE("sections may differ in byte order, and count interfaces anew") {
    const auto little = one_of_each(std::endian::little), big = one_of_each(std::endian::big);
    auto file = little;
    file.insert(file.end(), big.begin(), big.end());
    block_reader in{file};
    std::size_t packets = 0;
    while (!in.at_end()) {
        const auto got = in.next();
        REQUIRE(got);
        packets += std::holds_alternative<packet>(*got);
        CHECK(in.interfaces().size() <= 1);
    }
    CHECK(packets == 6);
}

TEST_CASE("clocks count in powers of ten or two, from any second") {
    const struct {
        std::uint8_t resolution;
        std::int64_t offset;
        std::uint64_t ticks;
        std::optional<timestamp> expected;
    } rows[] = {
        {0, 0, 7, timestamp{7s}},
        {3, 0, 1500, timestamp{1500ms}},
        {6, 0, 1, timestamp{1us}},
        {9, 0, 1'795'213'175'897'790'123, timestamp{1'795'213'175'897'790'123ns}},
        {12, 0, 1999, timestamp{1ns}},
        {127, 0, ~0ULL, timestamp{0ns}},
        {0x80 | 0, 0, 3, timestamp{3s}},
        {0x80 | 1, 0, 3, timestamp{1500ms}},
        {0x80 | 32, 0, 0x1'4000'0000, timestamp{1250ms}},
        {0xff, 0, ~0ULL, timestamp{0ns}},
        {6, 100, 1, timestamp{100s + 1us}},
        {6, -100, 1, timestamp{-100s + 1us}},
        {0, 0, ~0ULL, std::nullopt},
        {6, INT64_MAX, 0, std::nullopt},
        {6, INT64_MIN, 0, std::nullopt},
    };
    for (const auto& row : rows)
        for (const auto order : orders) {
            builder file{order};
            file.section().block(1, [&](builder& b) {
                builder offset{order};
                offset.u64(static_cast<std::uint64_t>(row.offset));
                const std::uint8_t resolution[] = {row.resolution};
                b.u16(101).u16(0).u32(0).option(9, resolution).option(14, offset.view());
            });
            file.packet(0, row.ticks, "");
            block_reader in{file.view()};
            next<section>(in);
            next<interface>(in);
            CHECK(next<packet>(in).time == row.expected);
        }
}

TEST_CASE("broken framing ends the iteration and says where") {
    const auto damaged = [](std::size_t at, std::uint32_t value) {
        auto file = builder{}.section().interface().view(); // 28 and 20 bytes
        for (std::size_t i = 0; i < 4; ++i)
            file[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
        return file;
    };
    const struct {
        bytes file;
        std::size_t good;
        parse_error expected;
    } rows[] = {
        {hex("0102030405060708090a0b0c"), 0, {errc::malformed, 0, "section_header"}},
        {damaged(8, 0x11223344), 0, {errc::malformed, 8, "byte_order_magic"}},
        {damaged(12, 2), 0, {errc::unsupported, 14, "major_version"}},
        {damaged(32, 0), 1, {errc::malformed, 32, "block_total_length"}},
        {damaged(32, 8), 1, {errc::malformed, 32, "block_total_length"}},
        {damaged(32, 21), 1, {errc::malformed, 32, "block_total_length"}},
        {damaged(32, 24), 1, {errc::need_more, 28, "block"}},
        {damaged(32, 64 * 1024 * 1024), 1, {errc::need_more, 28, "block"}},
        {damaged(32, 64 * 1024 * 1024 + 4), 1, {errc::too_long, 32, "block_total_length"}},
        {damaged(44, 24), 1, {errc::malformed, 44, "block_total_length"}},
    };
    for (const auto& row : rows) {
        CHECK(to_string(failure_after(row.good, row.file)) == to_string(row.expected));
        block_reader in{row.file};
        for (std::size_t i = 0; i <= row.good; ++i) (void)in.next();
        CHECK(in.at_end());
        CHECK(in.offset() == (row.good == 0 ? 0 : 28));
    }
}

TEST_CASE("a malformed block is skipped, the next one is read") {
    const auto around = [](std::uint32_t type, auto body) {
        return builder{}.section().interface().block(type, body).packet(0, 1, "next").view();
    };
    const struct {
        bytes file;
        parse_error expected;
    } rows[] = {
        {around(6, [](builder& b) { b.u32(0).u32(0); }), {errc::malformed, 64, "timestamp"}},
        {around(6, [](builder& b) { b.u32(1).u32(0).u32(0).u32(0).u32(0); }),
         {errc::malformed, 76, "interface_id"}},
        {around(6, [](builder& b) { b.u32(0).u32(0).u32(0).u32(5).u32(5).text("four"); }),
         {errc::malformed, 76, "packet_data"}},
        {around(6, [](builder& b) { b.u32(0).u32(0).u32(0).u32(0).u32(0).u16(1).u16(5).u32(0); }),
         {errc::malformed, 80, "option_value"}},
        {around(3, [](builder& b) { b.u32(1u << 31).text("four"); }),
         {errc::malformed, 60, "packet_data"}},
        {around(2, [](builder& b) { b.u16(9).u16(0).u32(0).u32(0).u32(0).u32(0); }),
         {errc::malformed, 76, "interface_id"}},
        {around(9, [](builder& b) { b.text("A=1\n=2\n"); }), {errc::malformed, 60, "journal_key"}},
        {around(10, [](builder& b) { b.u32(1).u32(5).text("four"); }),
         {errc::malformed, 64, "secrets_data"}},
    };
    for (const auto& row : rows) {
        CHECK(to_string(failure_after(2, row.file)) == to_string(row.expected));
        block_reader in{row.file};
        for (int i = 0; i < 3; ++i) (void)in.next();
        CHECK(as_text(next<packet>(in).captured) == "next");
        CHECK(in.at_end());
    }
}

TEST_CASE("an interface whose options are malformed still counts") {
    builder file;
    file.section().block(1, [](builder& b) { b.u16(1).u16(0).u32(0).u16(2).u16(99); });
    file.interface(113).packet(1, 0, "x");
    block_reader in{file.view()};
    next<section>(in);
    CHECK_FALSE(in.next());
    CHECK(next<interface>(in).linktype == 113);
    CHECK(next<packet>(in).linktype == 113);
}

TEST_CASE("a simple packet is cut by the first interface's snaplen alone") {
    for (const std::uint32_t snaplen : {0u, 3u, 8u}) {
        builder file;
        file.section().interface(1, snaplen).block(3, [](builder& b) {
            b.u32(8).text("12345678");
        });
        block_reader in{file.view()};
        next<section>(in);
        next<interface>(in);
        CHECK(next<packet>(in).captured.size() == (snaplen == 3 ? 3 : 8));
    }
}

TEST_CASE("an empty file has no blocks") { CHECK(block_reader{{}}.at_end()); }
