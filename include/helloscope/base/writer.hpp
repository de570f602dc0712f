// Appends numbers in network byte order, and vectors whose length is filled in when they end.
#pragma once

#include "helloscope/base/bytes.hpp"

namespace helloscope {

class writer {
  public:
    writer& u8(std::uint8_t value) { return number(value, 1); }
    writer& u16(std::uint16_t value) { return number(value, 2); }
    writer& u24(std::uint32_t value) { return number(value, 3); }
    writer& u32(std::uint32_t value) { return number(value, 4); }
    writer& raw(bytes_view view) {
        out_.insert(out_.end(), view.begin(), view.end());
        return *this;
    }
    writer& text(std::string_view view) { return raw(as_bytes(view)); }

    // Whatever `body(writer&)` appends, behind its length in `width` bytes. The body must fit.
    template <class Body> writer& vector(std::size_t width, Body&& body) {
        const auto at = out_.size();
        out_.resize(at + width);
        body(*this);
        auto length = out_.size() - at - width;
        for (auto i = width; i-- > 0; length >>= 8)
            out_[at + i] = static_cast<std::uint8_t>(length & 0xff);
        return *this;
    }

    bytes_view view() const { return out_; }
    bytes take() { return std::move(out_); }

  private:
    writer& number(std::uint64_t value, std::size_t width) {
        for (auto i = width; i-- > 0;) out_.push_back(static_cast<std::uint8_t>(value >> 8 * i));
        return *this;
    }

    bytes out_;
};

} // namespace helloscope
