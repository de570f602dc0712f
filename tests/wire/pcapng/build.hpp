// Builds capture files in either byte order, field by field, also wrong ones.
#pragma once

#include "helloscope/base/bytes.hpp"

#include <algorithm>
#include <bit>

namespace helloscope::test {

class builder {
  public:
    explicit builder(std::endian order = std::endian::little) : order_(order) {}

    builder& u8(std::uint8_t value) { return number(value, 1); }
    builder& u16(std::uint16_t value) { return number(value, 2); }
    builder& u32(std::uint32_t value) { return number(value, 4); }
    builder& u64(std::uint64_t value) { return number(value, 8); }
    builder& raw(bytes_view view) {
        out_.insert(out_.end(), view.begin(), view.end());
        return *this;
    }
    builder& text(std::string_view view) { return raw(as_bytes(view)); }
    builder& pad() {
        while (out_.size() % 4 != 0) out_.push_back(0);
        return *this;
    }
    builder& option(std::uint16_t code, bytes_view value) {
        return u16(code).u16(static_cast<std::uint16_t>(value.size())).raw(value).pad();
    }
    template <class Body> builder& block(std::uint32_t type, Body&& body) {
        builder inner{order_};
        body(inner);
        inner.pad();
        const auto length = static_cast<std::uint32_t>(inner.out_.size() + 12);
        return u32(type).u32(length).raw(inner.out_).u32(length);
    }
    builder& section() {
        return block(0x0a0d0d0a, [](builder& b) { b.u32(0x1a2b3c4d).u16(1).u16(0).u64(~0ULL); });
    }
    builder& interface(std::uint16_t linktype = 101, std::uint32_t snaplen = 0) {
        return block(1, [=](builder& b) { b.u16(linktype).u16(0).u32(snaplen); });
    }
    builder& packet(std::uint32_t interface, std::uint64_t ticks, std::string_view data) {
        const auto length = static_cast<std::uint32_t>(data.size());
        return block(6, [=](builder& b) {
            b.u32(interface).u32(static_cast<std::uint32_t>(ticks >> 32));
            b.u32(static_cast<std::uint32_t>(ticks)).u32(length).u32(length).text(data);
        });
    }

    const bytes& view() const { return out_; }

  private:
    builder& number(std::uint64_t value, std::size_t width) {
        for (std::size_t i = 0; i < width; ++i) {
            const auto shift = 8 * (order_ == std::endian::little ? i : width - 1 - i);
            out_.push_back(static_cast<std::uint8_t>(value >> shift));
        }
        return *this;
    }

    std::endian order_;
    bytes out_;
};

} // namespace helloscope::test
