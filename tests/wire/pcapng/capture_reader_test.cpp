#include "helloscope/wire/pcapng/capture_reader.hpp"

#include "build.hpp"
#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using namespace helloscope::wire::pcapng;
using test::builder;
using test::hex;

TEST_CASE("either format is recognised and read the same way") {
    builder pcapng, pcap{std::endian::big};
    pcapng.section().interface(101).packet(0, 1, "abc");
    pcap.u32(0xa1b2c3d4).u16(2).u16(4).u32(0).u32(0).u32(0).u32(101);
    pcap.u32(0).u32(1).u32(3).u32(3).text("abc");
    for (const auto& file : {pcapng.view(), pcap.view()}) {
        auto in = capture_reader::open(file);
        REQUIRE(in);
        std::size_t packets = 0;
        while (!in->at_end()) {
            const auto block = in->next();
            REQUIRE(block);
            const auto* const found = std::get_if<packet>(&*block);
            if (found == nullptr) continue;
            ++packets;
            CHECK(as_text(found->captured) == "abc");
            CHECK(in->interfaces().at(found->interface).linktype == 101);
            CHECK(found->time == timestamp{std::chrono::microseconds{1}});
        }
        CHECK(packets == 1);
        CHECK(in->offset() == file.size());
    }
}

TEST_CASE("a file of another kind is refused by what it is") {
    const struct {
        std::string_view file;
        std::string_view expected;
    } rows[] = {
        {"", "this is not a pcap or pcapng file: it is empty"},
        {"50 4b 03 04 14 00", "this is not a pcap or pcapng file: it begins with 50 4b 03 04"},
        {"0a 0d", "this is not a pcap or pcapng file: it begins with 0a 0d"},
        {"1f 8b 08 00",
         "this is not a pcap or pcapng file: it is compressed by gzip: gunzip it first"},
        {"a1 b2 c3 d4 00 02", "this pcap file cannot be read: incomplete file_header at byte 6"},
        {"a1 b2 cd 34 00 02",
         "this pcap file cannot be read: unsupported magic of Kuznetzov's modified pcap at byte 0"},
    };
    for (const auto& row : rows) {
        const auto file = hex(row.file);
        const auto in = capture_reader::open(file);
        REQUIRE_FALSE(in);
        CHECK(in.error().message == row.expected);
    }
}
