// Logins by machine, as ~/.netrc keeps them for curl and ftp: `machine HOST login USER password
// PASSWORD` in any lines, `default` for all others. Passwords stay out of command lines and out of
// the environment that way.
#pragma once

#include "helloscope/base/result.hpp"
#include "helloscope/wire/front/credentials.hpp"

#include <vector>

namespace helloscope::policy {

struct netrc_entry {
    std::string machine; // empty: default
    wire::front::credentials login;
    bool operator==(const netrc_entry&) const = default;
};

// Values may be in double quotes, with \" \\ \n \r \t in them. `account` is passed over, so is a
// `macdef` up to its empty line, and a line that begins with '#'. The error is "FILE:LINE: what",
// never a value of the file.
result<std::vector<netrc_entry>> parse_netrc(std::string_view text, std::string_view file_name);

// The first entry of that machine, ignoring case, or the first default before it; nullptr without.
// Points into `entries`.
const wire::front::credentials* find_login(
    const std::vector<netrc_entry>& entries, std::string_view machine);

} // namespace helloscope::policy
