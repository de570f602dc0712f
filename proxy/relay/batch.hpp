// What may go in one piece from socket to socket without being read: the headers of its records
// were looked at, and its bodies are application data. No I/O here but through `peek`.
#pragma once

#include "helloscope/wire/tls/record_walker.hpp"

#include <array>
#include <cstdint>

namespace helloscope::relay {

struct batch {
    // Bytes of a header that begin `offset` bytes into the batch: five, or the rest of five.
    struct header {
        std::uint32_t offset;
        std::uint8_t size;
        std::array<std::uint8_t, wire::tls::record_header_size> bytes;

        bytes_view view() const { return bytes_view(bytes).first(size); }
    };
    static constexpr std::size_t most_headers = 128;

    std::size_t size = 0; // bytes; more than have come yet, where a body is still on its way
    std::size_t count = 0;
    std::array<header, most_headers> headers; // the first `count`
};

// Plans a batch of some `most` bytes, and to the end of their last record, from where `walker`
// stands. `peek(offset, into)` looks at bytes that wait and says how many there are.
template <class Peek>
void plan_batch(batch& out, wire::tls::record_walker walker, std::size_t most, Peek peek) {
    const auto opaque = [&] {
        return walker.current().is(wire::tls::content_type::application_data);
    };
    out.size = out.count = 0;
    while (true) {
        if (walker.in_record()) {
            if (!opaque()) return;
            out.size += walker.remaining();
            walker.skip(walker.remaining());
        }
        if (out.size >= most || out.count == batch::most_headers) return;
        auto& next = out.headers[out.count];
        next.offset = static_cast<std::uint32_t>(out.size);
        const auto missing = wire::tls::record_header_size - walker.partial_header().size();
        next.size = static_cast<std::uint8_t>(missing);
        if (peek(out.size, std::span(next.bytes).first(missing)) < missing) return;
        auto input = next.view();
        walker.next(input);
        if (walker.lost() || !opaque()) return;
        ++out.count;
        out.size += missing;
    }
}

} // namespace helloscope::relay
