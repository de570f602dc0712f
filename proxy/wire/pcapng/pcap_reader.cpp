#include "helloscope/wire/pcapng/pcap_reader.hpp"

#include "helloscope/wire/pcapng/block_reader.hpp"
#include "ordered_reader.hpp"

namespace helloscope::wire::pcapng {
namespace {

constexpr std::uint32_t microsecond_magic = 0xa1b2c3d4;
constexpr std::uint32_t nanosecond_magic = 0xa1b23c4d;
constexpr std::uint32_t kuznetzov_magic = 0xa1b2cd34;

} // namespace

parsed<pcap_reader> pcap_reader::open(bytes_view file) {
    pcap_reader out{file};
    const auto first = reader{file}.u32("magic");
    if (first == microsecond_magic || first == nanosecond_magic || first == kuznetzov_magic)
        out.order_ = std::endian::big;

    ordered_reader in{file, out.order_, 0};
    const auto magic = in.u32("magic");
    if (in.ok() && magic == kuznetzov_magic)
        return std::unexpected(
            parse_error{errc::unsupported, 0, "magic of Kuznetzov's modified pcap"});
    if (in.ok() && magic != microsecond_magic && magic != nanosecond_magic)
        return std::unexpected(parse_error{errc::malformed, 0, "magic"});
    if (in.u16("version_major") != 2) in.fail(errc::unsupported, "version_major");
    in.take(10, "file_header"); // minor version, time zone and accuracy: zero in practice, unused
    out.interface_.snaplen = in.u32("snaplen");
    out.interface_.linktype = static_cast<std::uint16_t>(in.u32("linktype")); // above: FCS bits
    if (!in.ok()) return std::unexpected(in.error());

    out.tick_ = duration{magic == nanosecond_magic ? 1 : 1000};
    out.position_ = in.offset();
    return out;
}

parsed<block> pcap_reader::next() {
    if (interfaces_.empty()) return interfaces_.emplace_back(interface_);
    const auto packet = read_packet();
    broken_ = !packet;
    if (!packet) return std::unexpected(packet.error());
    return *packet;
}

parsed<packet> pcap_reader::read_packet() {
    ordered_reader in{file_.subspan(position_), order_, position_};
    packet out;
    const std::chrono::seconds seconds{in.u32("timestamp")};
    out.time = timestamp{seconds + in.u32("timestamp") * tick_};
    const auto length_at = in.offset();
    const auto length = in.u32("captured_packet_length");
    out.original_length = in.u32("original_packet_length");
    out.linktype = interface_.linktype;
    if (in.ok() && length > longest_block)
        return std::unexpected(parse_error{errc::too_long, length_at, "captured_packet_length"});
    out.captured = in.take(length, "packet_data");
    if (!in.ok()) return std::unexpected(parse_error{errc::need_more, position_, "record"});
    position_ = in.offset();
    return out;
}

} // namespace helloscope::wire::pcapng
