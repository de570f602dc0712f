// The head of an HTTP/1 request (RFC 9112 sections 2 to 5), strictly: what two parsers could read
// in two ways is refused. Not a message: bodies and their framing are left alone.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/result.hpp"

namespace helloscope::wire::front {

inline constexpr std::size_t max_head_size = 16 * 1024;

struct header_field {
    std::string_view name;
    std::string_view value; // without the white space around it
};

// All views point into the parsed input, `method` at its first byte.
struct request_head {
    std::string_view method;
    std::string_view target;
    int minor_version = 1; // HTTP/1.x
    std::vector<header_field> fields;
    std::size_t size = 0; // bytes of the head with the empty line that ends it
};

// Finds the end of a head that arrives in pieces: each byte is looked at once, however often it is
// asked. Line ends are judged here, so a client that sends bare LF is refused and not waited for.
class head_scanner {
  public:
    // `so_far` is all that has arrived, each time. Returns the size of the head, need_more,
    // too_long above max_head_size, or malformed with "bare LF", "bare CR" or "NUL".
    parsed<std::size_t> find_end(bytes_view so_far);

  private:
    std::size_t searched_ = 0;
};

// need_more until the empty line has arrived; bytes behind it are not looked at.
parsed<request_head> parse_request_head(bytes_view input);

bool same_field_name(std::string_view a, std::string_view b); // names ignore case
// The first field of that name, or nullptr.
const header_field* find_field(const std::vector<header_field>& fields, std::string_view name);
const header_field* find_field(const request_head& head, std::string_view name);

bool is_token_character(std::uint8_t byte); // tchar of RFC 9110 section 5.6.2

} // namespace helloscope::wire::front
