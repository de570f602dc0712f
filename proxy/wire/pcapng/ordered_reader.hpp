// A reader of numbers in the byte order that the file declares.
#pragma once

#include "helloscope/base/reader.hpp"

#include <bit>

namespace helloscope::wire::pcapng {

class ordered_reader : public reader {
  public:
    ordered_reader(bytes_view input, std::endian order, std::size_t offset)
        : reader(input, offset), order_(order) {}

    std::uint16_t u16(std::string_view field) { return ordered(reader::u16(field)); }
    std::uint32_t u32(std::string_view field) { return ordered(reader::u32(field)); }
    std::uint64_t u64(std::string_view field) { return ordered(reader::u64(field)); }

    // `length` bytes and what fills them up to a multiple of 4; the filling may be missing at the
    // end.
    bytes_view padded(std::size_t length, std::string_view field) {
        const auto view = take(length, field);
        take(std::min(left(), (4 - length % 4) % 4), field);
        return view;
    }

    // Of an input that is whole, within which running out means that a length in it is wrong.
    parse_error error_in_whole() const {
        auto out = error();
        if (out.code == errc::need_more) out.code = errc::malformed;
        return out;
    }

  private:
    template <class T> T ordered(T big) const {
        return order_ == std::endian::big ? big : std::byteswap(big);
    }

    std::endian order_;
};

} // namespace helloscope::wire::pcapng
