#include "helloscope/wire/pcapng/pcap_reader.hpp"

#include "build.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::wire::pcapng;
using test::builder;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t microseconds = 0xa1b2c3d4, nanoseconds = 0xa1b23c4d;

builder file_with(std::endian order, std::uint32_t magic, std::uint32_t linktype = 1) {
    builder file{order};
    file.u32(magic).u16(2).u16(4).u32(0).u32(0).u32(65535).u32(linktype);
    return file;
}

bytes two_packets(std::endian order, std::uint32_t magic) {
    auto file = file_with(order, magic, 0xf4000001); // with an FCS length in the upper bits
    file.u32(10).u32(5).u32(3).u32(60).text("abc");
    file.u32(0xffffffff).u32(999'999).u32(0).u32(0);
    return file.view();
}

} // namespace

TEST_CASE("a pcap file yields its interface and its packets, in either order and resolution") {
    for (const auto order : {std::endian::little, std::endian::big})
        for (const auto magic : {microseconds, nanoseconds}) {
            const auto tick = magic == microseconds ? 1000ns : 1ns;
            const auto file = two_packets(order, magic);
            auto in = pcap_reader::open(file);
            REQUIRE(in);
            CHECK_FALSE(in->at_end());
            const auto what = in->next();
            REQUIRE(what);
            CHECK(std::get<interface>(*what).linktype == 1);
            CHECK(std::get<interface>(*what).snaplen == 65535);
            CHECK(in->interfaces().size() == 1);

            const auto block = in->next();
            REQUIRE(block);
            const auto& first = std::get<packet>(*block);
            CHECK(first.time == timestamp{10s + 5 * tick});
            CHECK(as_text(first.captured) == "abc");
            CHECK(first.original_length == 60);
            CHECK(first.linktype == 1);
            CHECK_FALSE(in->at_end());

            const auto last = in->next();
            REQUIRE(last);
            CHECK(std::get<packet>(*last).time == timestamp{4'294'967'295s + 999'999 * tick});
            CHECK(in->at_end());
        }
}

TEST_CASE("a pcap file without packets still has an interface") {
    const auto file = file_with(std::endian::little, microseconds).view();
    auto in = pcap_reader::open(file);
    REQUIRE(in);
    CHECK_FALSE(in->at_end());
    CHECK(in->next());
    CHECK(in->at_end());
}

TEST_CASE("a pcap file cut anywhere is whole up to the record that is cut") {
    const auto file = two_packets(std::endian::little, microseconds); // 24, 19 and 16 bytes
    for (std::size_t cut = 0; cut < file.size(); ++cut) {
        auto in = pcap_reader::open(bytes_view(file).first(cut));
        if (cut < 24) {
            REQUIRE_FALSE(in);
            CHECK(in.error().code == errc::need_more);
            continue;
        }
        REQUIRE(in);
        REQUIRE(in->next());
        if (cut >= 43) CHECK(in->next());
        const auto record = cut < 43 ? std::size_t{24} : std::size_t{43};
        if (cut == record) {
            CHECK(in->at_end());
            continue;
        }
        const auto broken = in->next();
        REQUIRE_FALSE(broken);
        CHECK(broken.error() == parse_error{errc::need_more, record, "record"});
        CHECK(in->at_end());
        CHECK(in->offset() == record);
    }
}

TEST_CASE("what is not a pcap file of version 2 is refused by name") {
    const auto error = [](std::uint32_t magic, std::uint16_t major) {
        builder file;
        file.u32(magic).u16(major).u16(4).u32(0).u32(0).u32(0).u32(1);
        const auto in = pcap_reader::open(file.view());
        REQUIRE_FALSE(in);
        return to_string(in.error());
    };
    CHECK(error(0xa1b2cd34, 2) == "unsupported magic of Kuznetzov's modified pcap at byte 0");
    CHECK(error(0x34cdb2a1, 2) == "unsupported magic of Kuznetzov's modified pcap at byte 0");
    CHECK(error(0x04034b50, 2) == "malformed magic at byte 0");
    CHECK(error(microseconds, 3) == "unsupported version_major at byte 6");
}

TEST_CASE("a record length that no tool writes is refused") {
    auto file = file_with(std::endian::little, microseconds);
    file.u32(0).u32(0).u32(64 * 1024 * 1024 + 1).u32(0).text("x");
    auto in = pcap_reader::open(file.view());
    REQUIRE(in);
    REQUIRE(in->next());
    const auto broken = in->next();
    REQUIRE_FALSE(broken);
    CHECK(broken.error() == parse_error{errc::too_long, 32, "captured_packet_length"});
    CHECK(in->at_end());
}
