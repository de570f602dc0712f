#include "helloscope/wire/pcapng/capture_reader.hpp"

#include "helloscope/base/reader.hpp"

#include <algorithm>
#include <array>
#include <fmt/ranges.h>

namespace helloscope::wire::pcapng {
namespace {

struct format {
    std::uint32_t magic; // the first bytes under the mask
    std::uint32_t mask;
    std::string_view what;
};

// What people hand in by mistake, or before unpacking.
constexpr format mistaken[] = {
    {0x1f8b0000, 0xffff0000, "compressed by gzip: gunzip it first"},
    {0x28b52ffd, 0xffffffff, "compressed by zstd: unzstd it first"},
    {0xfd377a58, 0xffffffff, "compressed by xz: unxz it first"},
    {0x736e6f6f, 0xffffffff, "a snoop capture: convert it with editcap -F pcapng"},
};

std::string what_it_is(bytes_view file);

} // namespace

result<capture_reader> capture_reader::open(bytes_view file) {
    constexpr std::array<std::uint8_t, 4> section_type{0x0a, 0x0d, 0x0d, 0x0a};
    if (file.size() >= 4 && std::ranges::equal(file.first(4), section_type))
        return capture_reader{block_reader{file}};
    auto pcap = pcap_reader::open(file);
    if (pcap) return capture_reader{*std::move(pcap)};
    if (pcap.error().field != "magic")
        return std::unexpected(
            failure{fmt::format("this pcap file cannot be read: {}", to_string(pcap.error()))});
    return std::unexpected(
        failure{fmt::format("this is not a pcap or pcapng file: it {}", what_it_is(file))});
}

bool capture_reader::at_end() const {
    return std::visit([](const auto& reader) { return reader.at_end(); }, reader_);
}

parsed<block> capture_reader::next() {
    return std::visit([](auto& reader) { return reader.next(); }, reader_);
}

const std::vector<interface>& capture_reader::interfaces() const {
    return std::visit(
        [](const auto& reader) -> const auto& { return reader.interfaces(); }, reader_);
}

std::size_t capture_reader::offset() const {
    return std::visit([](const auto& reader) { return reader.offset(); }, reader_);
}

namespace {

std::string what_it_is(bytes_view file) {
    if (file.empty()) return "is empty";
    const auto first = reader{file}.u32("magic");
    for (const auto& format : mistaken)
        if ((first & format.mask) == format.magic) return fmt::format("is {}", format.what);
    const auto begin = file.first(std::min<std::size_t>(file.size(), 4));
    return fmt::format("begins with {:02x}", fmt::join(begin, " "));
}

} // namespace
} // namespace helloscope::wire::pcapng
