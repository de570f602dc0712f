// Appends whole pcapng blocks (draft-ietf-opsawg-pcapng) to `out`: little endian, times in
// nanoseconds. A caller that keeps `out` and clears it allocates nothing per block.
// A file is one section block, then its interfaces, then the rest in order of time.
#pragma once

#include "helloscope/base/pen.hpp"
#include "helloscope/wire/pcapng/block.hpp"

#include <array>
#include <cstring>
#include <initializer_list>
#include <span>

namespace helloscope::wire::pcapng {

void write_section(bytes& out, const section& header);

// Interfaces are numbered from 0 in the order they are written. `snaplen` 0 leaves the option open.
void write_interface(bytes& out, const interface& description);

// A packet to write: what is captured of it comes in pieces, say headers and parts of a payload.
struct packet_pieces {
    std::uint32_t interface = 0;
    timestamp time{}; // not before 1970
    std::array<bytes_view, 3> captured{};
    std::uint32_t original_length = 0; // on the wire; at least what is captured
    traffic seen = traffic::unknown;
    std::span<const std::string_view> comments{}; // longer than 65,535 bytes are cut
};
void write_packet(bytes& out, const packet_pieces& packet);

// One journal entry, line by line, framed when the writer goes. It is stamped __REALTIME_TIMESTAMP
// (microseconds) before its fields: without that field Wireshark refuses the file.
class journal_entry {
  public:
    // `values` is about how long the values are together.
    journal_entry(bytes& out, timestamp time, std::size_t values);
    ~journal_entry();
    journal_entry(const journal_entry&) = delete;
    journal_entry& operator=(const journal_entry&) = delete;

    // "KEY=", as an array, whose length is known when compiled; it may have whole lines before it.
    // A value without control characters.
    template <std::size_t size>
    journal_entry& line(const char (&key)[size], std::string_view value) {
        constexpr auto length = size - 1; // without the zero
        auto* to = pen_.room(length + value.size() + 1);
        std::memcpy(to, key, length);
        if (!value.empty()) std::memcpy(to + length, value.data(), value.size());
        to += length + value.size();
        *to = '\n';
        pen_.done(to + 1);
        return *this;
    }

  private:
    friend void write_journal(bytes&, timestamp, std::span<const journal_field>);

    bytes& out_;
    std::size_t start_;
    pen<bytes> pen_;
};

// The same of any fields: a value that is not printable text takes the binary form.
void write_journal(bytes& out, timestamp time, std::span<const journal_field> fields);
inline void write_journal(bytes& out, timestamp time, std::initializer_list<journal_field> fields) {
    write_journal(out, time, std::span(fields.begin(), fields.size()));
}

// Belongs before the packets it decrypts. `key_log` is text in the NSS key log format.
void write_secrets(bytes& out, std::string_view key_log);

} // namespace helloscope::wire::pcapng
