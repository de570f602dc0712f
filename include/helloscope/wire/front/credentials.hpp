// A user and a password, and their form in an Authorization or Proxy-Authorization field: the
// Basic scheme (RFC 7617). What a SOCKS5 login says (RFC 1929) is the same pair.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace helloscope::wire::front {

struct credentials {
    std::string user, password;
    bool operator==(const credentials&) const = default;
};

// "Basic dXNlcjpwYXNz". The user holds no ':', which the scheme cannot carry.
std::string basic_authorization(const credentials& login);
// Nothing if the scheme is another, the base64 is wrong, the colon is missing or a control
// character is inside: none of these can be a login of ours.
std::optional<credentials> parse_basic_authorization(std::string_view field_value);

} // namespace helloscope::wire::front
