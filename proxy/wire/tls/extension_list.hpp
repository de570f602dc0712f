// What both hellos share: walking the block of extensions, and how errors in a whole message read.
#pragma once

#include "helloscope/wire/tls/extension.hpp"
#include "helloscope/wire/tls/handshake_assembler.hpp"

#include <algorithm>

namespace helloscope::wire::tls {

// How many begin in the list: a flow keeps its hellos for as long as it lasts.
inline std::size_t count_extensions(bytes_view list) {
    constexpr std::size_t header = 4;
    std::size_t count = 0;
    while (list.size() >= header) {
        const auto size = header + (std::size_t{list[2]} << 8 | list[3]);
        list = list.subspan(std::min(size, list.size()));
        ++count;
    }
    return count;
}

// Reads `extensions<0..2^16-1>` and hands each one with its data to `visit`.
template <class Visit> std::vector<extension> read_extensions(reader& in, Visit&& visit) {
    std::vector<extension> found;
    auto list = in.vector16("extensions");
    found.reserve(count_extensions(list.rest()));
    while (list.ok() && !list.at_end()) {
        const auto id = list.u16("extension_type");
        const auto data = list.vector16("extension_data");
        if (!list.ok()) break;
        found.push_back(
            {id, static_cast<std::uint16_t>(data.left()),
             static_cast<std::uint32_t>(data.offset())});
        visit(found.back(), data.rest());
    }
    in.absorb(list);
    return found;
}

inline const extension* find_extension(const std::vector<extension>& list, std::uint16_t id) {
    const auto found = std::ranges::find(list, id, &extension::id);
    return found == list.end() ? nullptr : &*found;
}

inline bool has_duplicate(const std::vector<extension>& list) {
    std::vector<std::uint16_t> ids;
    ids.reserve(list.size());
    for (const auto& extension : list) ids.push_back(extension.id);
    std::ranges::sort(ids);
    return std::ranges::adjacent_find(ids) != ids.end();
}

// The message is whole: what is missing will not come. The reader counted the handshake header.
inline parse_error in_whole_message(parse_error error) {
    error.code = errc::malformed;
    error.offset -= handshake_header_size;
    return error;
}

} // namespace helloscope::wire::tls
