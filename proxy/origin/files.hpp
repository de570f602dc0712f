// Files of one folder, found by the path of a URL. Nothing outside the folder is ever opened.
#pragma once

#include "reply.hpp"

#include <filesystem>
#include <string_view>

namespace helloscope::origin {

// `path` is percent-encoded and relative: "modules/rules_cc/1.0/source.json". 404 for what is not a
// regular file inside `root`, whether by "..", by an absolute path or by a link.
reply file_reply(const std::filesystem::path& root, std::string_view path);

std::optional<std::string> percent_decoded(std::string_view text);

} // namespace helloscope::origin
