// Numbers of the pcapng format (draft-ietf-opsawg-pcapng sections 3 and 4).
#pragma once

#include <cstdint>

namespace helloscope::wire::pcapng::block_type {
inline constexpr std::uint32_t section = 0x0a0d0d0a; // the same in either byte order
inline constexpr std::uint32_t interface = 1;
inline constexpr std::uint32_t old_packet = 2;
inline constexpr std::uint32_t simple_packet = 3;
inline constexpr std::uint32_t enhanced_packet = 6;
inline constexpr std::uint32_t journal = 9;
inline constexpr std::uint32_t secrets = 10;
} // namespace helloscope::wire::pcapng::block_type

namespace helloscope::wire::pcapng::option {
inline constexpr std::uint16_t end = 0;
inline constexpr std::uint16_t comment = 1;
inline constexpr std::uint16_t shb_hardware = 2;
inline constexpr std::uint16_t shb_os = 3;
inline constexpr std::uint16_t shb_userappl = 4;
inline constexpr std::uint16_t if_name = 2;
inline constexpr std::uint16_t if_description = 3;
inline constexpr std::uint16_t if_tsresol = 9;
inline constexpr std::uint16_t if_tsoffset = 14;
inline constexpr std::uint16_t packet_flags = 2; // epb_flags and pack_flags
} // namespace helloscope::wire::pcapng::option

namespace helloscope::wire::pcapng {
inline constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
} // namespace helloscope::wire::pcapng
