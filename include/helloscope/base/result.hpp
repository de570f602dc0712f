// Errors are values: whatever the network, a file or a peer can cause is returned, not thrown.
// A parse error says where in the input and in which field, because a diagnostic tool must.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace helloscope {

enum class errc : std::uint8_t {
    need_more, // the input ends before the value does: not an error yet, feed more
    malformed, // the bytes contradict the format
    too_long,  // a length or the whole exceeds a limit
    unsupported,
};

// `field` is the RFC's name of the field that failed; `offset` counts from the start of the input.
struct parse_error {
    errc code = errc::malformed;
    std::size_t offset = 0;
    std::string_view field; // a literal: lives for ever
    bool operator==(const parse_error&) const = default;
};

std::string_view to_string(errc code);
std::string to_string(const parse_error& error); // "malformed cipher_suites at byte 41"

template <class T> using parsed = std::expected<T, parse_error>;

// Above wire/ an error travels as one sentence that says what, where and what to do.
struct failure {
    std::string message;
    bool operator==(const failure&) const = default;
};

template <class T> using result = std::expected<T, failure>;

} // namespace helloscope
