// What the heads of requests and responses share (RFC 9112 sections 2, 4 and 5): lines, the version
// and the fields, read strictly. The first failure stays.
#pragma once

#include "helloscope/wire/front/request_head.hpp"

#include <optional>

namespace helloscope::wire::front {

class head_lines {
  public:
    // `head` is whole, and a head_scanner found its end: each line ends in CRLF, the last is empty.
    explicit head_lines(std::string_view head) : text_(head) {}

    std::string_view next();
    int minor_version(std::string_view http_version); // of HTTP/1.x
    std::vector<header_field> fields();               // all lines that are left

    // `where` begins at the place of the error and points into the head.
    void fail(std::string_view where, std::string_view field, errc code = errc::malformed);
    const std::optional<parse_error>& error() const { return error_; }

  private:
    header_field field(std::string_view line);

    std::string_view text_;
    std::size_t position_ = 0;
    std::optional<parse_error> error_;
};

bool is_digit(char c);
bool is_token(std::string_view text);
std::string_view trimmed(std::string_view text); // without SP and HTAB around it
// Where the first character stands that no value may have, or the end: VCHAR, obs-text, SP and HTAB
// may (RFC 9110 section 5.5).
std::string_view from_wrong_character(std::string_view value);

} // namespace helloscope::wire::front
