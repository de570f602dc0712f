#include "helloscope/wire/tls/record_walker.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

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
    if (held_size_ == 0 && input.size() >= record_header_size) { // as most are
        if (!begin(input.first(record_header_size))) return false;
        input = input.subspan(record_header_size);
        offset_ += record_header_size;
        return true;
    }
    const auto size = std::min(input.size(), record_header_size - held_size_);
    std::copy_n(input.begin(), size, held_.begin() + held_size_);
    if (held_size_ + size == record_header_size) {
        offset_ -= held_size_; // to where the header begins, and stays there if it is none
        const auto before = std::exchange(held_size_, std::uint8_t{0});
        if (!begin(held_)) return false;
        input = input.subspan(size);
        offset_ += before + size;
        return true;
    }
    input = input.subspan(size);
    offset_ += size;
    held_size_ = static_cast<std::uint8_t>(held_size_ + size);
    return false;
}

// At `offset_`.
bool record_walker::begin(bytes_view header) {
    const auto parsed = parse_record_header(header);
    if (!parsed) {
        lost_ = lost_at{offset_, {}};
        std::copy_n(header.begin(), record_header_size, lost_->bytes.begin());
        return false;
    }
    header_ = *parsed;
    header_offset_ = offset_;
    remaining_ = header_.length;
    started_ = true;
    return true;
}

piece record_walker::step(bytes_view body, std::uint32_t size) {
    const bool first = remaining_ == header_.length;
    remaining_ -= size;
    offset_ += size;
    return {header_, header_offset_, body, first, remaining_ == 0};
}

} // namespace helloscope::wire::tls
