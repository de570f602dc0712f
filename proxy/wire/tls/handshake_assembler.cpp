#include "helloscope/wire/tls/handshake_assembler.hpp"

#include <algorithm>

namespace helloscope::wire::tls {

std::optional<assembled_message> handshake_assembler::next(bytes_view& input) {
    if (lost_) {
        input = {};
        return std::nullopt;
    }
    if (header_size_ == 0) buffer_.clear(); // the body of the last message was read by now
    const auto header = std::min(input.size(), handshake_header_size - header_size_);
    std::copy_n(input.begin(), header, header_.begin() + header_size_);
    header_size_ = static_cast<std::uint8_t>(header_size_ + header);
    input = input.subspan(header);
    if (header_size_ < handshake_header_size) return std::nullopt;

    length_ = static_cast<std::uint32_t>(header_[1] << 16 | header_[2] << 8 | header_[3]);
    const auto part = input.first(std::min<std::size_t>(input.size(), length_ - received_));
    input = input.subspan(part.size());
    const bool whole = received_ == 0 && part.size() == length_;
    received_ += static_cast<std::uint32_t>(part.size());
    if (whole) return finish(part);
    if (length_ <= limit_) buffer_.insert(buffer_.end(), part.begin(), part.end());
    if (received_ < length_) return std::nullopt;
    return finish(buffer_);
}

std::optional<partial_message> handshake_assembler::partial() const {
    if (header_size_ < handshake_header_size) return std::nullopt;
    return partial_message{header_[0], length_, received_};
}

void handshake_assembler::lose() {
    lost_ = true;
    header_size_ = 0;
    buffer_ = {};
}

assembled_message handshake_assembler::finish(bytes_view body) {
    const bool truncated = length_ > limit_;
    const assembled_message message{
        header_[0], length_, offset_, truncated ? bytes_view{} : body, truncated};
    offset_ += handshake_header_size + length_;
    header_size_ = 0;
    received_ = 0;
    return message;
}

} // namespace helloscope::wire::tls
