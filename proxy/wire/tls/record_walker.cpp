#include "helloscope/wire/tls/record_walker.hpp"

#include <algorithm>
#include <cassert>

namespace helloscope::wire::tls {

std::optional<piece> record_walker::next(bytes_view& input) {
    if (!in_record()) {
        if (!take_header(input)) return std::nullopt;
        if (!in_record()) return step({}, 0);
    }
    if (input.empty()) return std::nullopt;
    const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(input.size(), remaining_));
    const auto body = input.first(size);
    input = input.subspan(size);
    return step(body, size);
}

std::optional<piece> record_walker::skip(std::uint64_t n) {
    assert(n <= remaining_);
    if (n == 0) return std::nullopt;
    const auto skipped = step({}, static_cast<std::uint32_t>(n));
    return skipped.last ? std::optional(skipped) : std::nullopt;
}

bool record_walker::sslv2() const {
    if (!lost_ || lost_->offset != 0) return false;
    const auto& bytes = lost_->bytes; // msg_length:2 (high bit set)  msg_type:1  version:2
    const bool hello = (bytes[0] & 0x80) != 0 && bytes[2] == 1;
    return hello && ((bytes[3] == 3 && bytes[4] <= 3) || (bytes[3] == 0 && bytes[4] == 2));
}

// True when a header is complete and a record begins.
bool record_walker::take_header(bytes_view& input) {
    if (lost_) return false;
    const auto size = std::min(input.size(), record_header_size - held_size_);
    std::copy_n(input.begin(), size, held_.begin() + held_size_);
    if (held_size_ + size == record_header_size) {
        const auto header = parse_record_header(held_);
        if (!header) {
            offset_ -= held_size_; // back to where the header should have begun
            lost_ = lost_at{offset_, held_};
            held_size_ = 0;
            return false;
        }
        header_ = *header;
        header_offset_ = offset_ - held_size_;
        remaining_ = header_.length;
        started_ = true;
    }
    input = input.subspan(size);
    offset_ += size;
    held_size_ = static_cast<std::uint8_t>((held_size_ + size) % record_header_size);
    return held_size_ == 0 && size > 0;
}

piece record_walker::step(bytes_view body, std::uint32_t size) {
    const bool first = remaining_ == header_.length;
    remaining_ -= size;
    offset_ += size;
    return {header_, header_offset_, body, first, remaining_ == 0};
}

} // namespace helloscope::wire::tls
