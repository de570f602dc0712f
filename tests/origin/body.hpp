// The whole body of a reply, read in pieces of `size`.
#pragma once

#include "reply.hpp"

#include <string>

namespace helloscope::origin {

inline std::string whole_body(const reply& reply, std::size_t size = 7) {
    std::string all;
    bytes piece(size);
    while (const std::size_t got = reply.body->read(piece)) {
        all += as_text(bytes_view(piece).first(got));
    }
    return all;
}

} // namespace helloscope::origin
