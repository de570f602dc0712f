// Views and owners of raw bytes, and the two casts between bytes and text.
// A view never outlives the call it is passed to unless the comment there says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace helloscope {

using bytes_view = std::span<const std::uint8_t>;
using bytes = std::vector<std::uint8_t>;

inline bytes_view as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(bytes_view view) {
    return {reinterpret_cast<const char*>(view.data()), view.size()};
}

inline bytes to_bytes(bytes_view view) { return {view.begin(), view.end()}; }

} // namespace helloscope
