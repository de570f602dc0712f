// What a client sends before it has heard from the server, judged as it comes: whether it is a
// ClientHello, where its records and its SNI stand, or why it is none. The length of what is held
// is bounded: a hello that announces more is not waited for.
#pragma once

#include "helloscope/base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace helloscope::shape {

struct record_place {
    std::size_t at = 0;       // of its header
    std::uint16_t length = 0; // of its body
    bool operator==(const record_place&) const = default;
};

// The SNI host name, counted from the first byte of the handshake message.
struct name_place {
    std::uint32_t offset = 0, size = 0;
    bool operator==(const name_place&) const = default;
};

struct first_flight {
    enum class kind : std::uint8_t {
        unfinished, // it may become a hello
        hello,      // whole, to the end of its last record
        other,      // no hello, or none that we wait for
    };
    kind is{};
    std::size_t size = 0; // of the hello with its records' headers; of any other, what has come
    std::string why;      // of any other: what it is instead

    // Of a hello.
    std::vector<record_place> records;
    std::uint16_t version = 0;      // of its first record
    std::uint32_t message_size = 0; // of the handshake message with its header
    std::optional<name_place> name;
    bool outer = false;  // ECH or GREASE of it: the name is not the one that is meant
    std::string unknown; // why the name could not be looked for
};

inline constexpr std::size_t longest_flight = 64 * 1024; // bytes

first_flight read_first_flight(bytes_view so_far);

} // namespace helloscope::shape
