// The values that a capture file holds, as read from pcapng (draft-ietf-opsawg-pcapng) or classic
// pcap and as written to pcapng. Views point into the file, or at the writer's input; nothing owns.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/time.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace helloscope::wire::pcapng {

// Everything until the next section counts its interfaces anew.
struct section {
    std::string_view hardware{};
    std::string_view os{};
    std::string_view application{};
    std::vector<std::string_view> comments{};
};

// What the packets of one interface begin with is its linktype (wire/packet/link.hpp).
struct interface {
    std::uint16_t linktype = 0;
    std::uint32_t snaplen = 0; // 0: no limit
    std::string_view name{};
    std::string_view description{};
};

// As seen by the machine that captured: values of epb_flags.
enum class traffic : std::uint8_t { unknown = 0, inbound = 1, outbound = 2 };

struct packet {
    std::uint32_t interface = 0;   // counts within the section
    std::uint16_t linktype = 0;    // that interface's
    std::optional<timestamp> time; // empty: the block carries none, or one outside of our range
    bytes_view captured{};
    std::uint32_t original_length = 0; // on the wire; more than captured.size() when cut
    traffic seen = traffic::unknown;
    std::vector<std::string_view> comments{};
};

// A field of the Journal Export Format. A key is [A-Z0-9_]+, a value is any bytes.
struct journal_field {
    std::string_view key;
    std::string_view value;
    bool operator==(const journal_field&) const = default;
};

// One entry of a systemd journal (block type 9).
struct journal {
    std::vector<journal_field> fields;

    std::optional<std::string_view> find(std::string_view key) const; // its first value
};

inline constexpr std::uint32_t tls_key_log = 0x544c534b; // "TLSK": NSS key log lines

// Keys to decrypt the packets that follow (block type 10).
struct secrets {
    std::uint32_t type = 0; // a number: tls_key_log, or another tool's
    bytes_view data;
};

// A block of a type that is not one of the above: names, statistics, another vendor's.
struct other {
    std::uint32_t type = 0;
    bytes_view body;
};

using block = std::variant<section, interface, packet, journal, secrets, other>;

} // namespace helloscope::wire::pcapng
