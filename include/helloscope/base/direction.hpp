// Which way bytes travel, seen from the proxy: the one word for it in events, JSON and metrics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace helloscope {

enum class direction : std::uint8_t { to_server, to_client };

constexpr std::string_view to_string(direction way) {
    return way == direction::to_server ? "to_server" : "to_client";
}

constexpr direction opposite(direction way) {
    return way == direction::to_server ? direction::to_client : direction::to_server;
}

// For the pairs of values that are kept one per direction.
constexpr std::size_t index_of(direction way) { return static_cast<std::size_t>(way); }

} // namespace helloscope
