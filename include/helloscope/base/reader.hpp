// A cursor over bytes with a sticky error: read field by field, check once at the end.
// After the first failure every read yields zero or an empty view and the error stays the first
// one.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/result.hpp"

#include <optional>

namespace helloscope {

class reader {
  public:
    // `offset` is what error offsets count from, for a reader over a part of a larger input.
    explicit reader(bytes_view input, std::size_t offset = 0) : input_(input), base_(offset) {}

    std::uint8_t u8(std::string_view field) { return static_cast<std::uint8_t>(number(1, field)); }
    std::uint16_t u16(std::string_view field) {
        return static_cast<std::uint16_t>(number(2, field));
    }
    std::uint32_t u24(std::string_view field) {
        return static_cast<std::uint32_t>(number(3, field));
    }
    std::uint32_t u32(std::string_view field) {
        return static_cast<std::uint32_t>(number(4, field));
    }
    std::uint64_t u64(std::string_view field) { return number(8, field); }

    // The next n bytes; points into the input.
    bytes_view take(std::size_t n, std::string_view field);

    // A vector behind its length of 1, 2 or 3 bytes (RFC 8446 section 3.4), as a reader whose error
    // offsets still count from the start of the whole input. Join its failure back with absorb().
    reader vector8(std::string_view field) { return vector(1, field); }
    reader vector16(std::string_view field) { return vector(2, field); }
    reader vector24(std::string_view field) { return vector(3, field); }

    void fail(errc code, std::string_view field);
    void absorb(const reader& inner); // take over the failure of an inner reader, if any
    void expect_end(std::string_view field) {
        if (!at_end()) fail(errc::malformed, field);
    }

    bool ok() const { return !error_; }
    bool at_end() const { return position_ == input_.size(); }
    std::size_t left() const { return input_.size() - position_; }
    std::size_t offset() const { return base_ + position_; }
    bytes_view rest() const { return input_.subspan(position_); }
    const parse_error& error() const { return *error_; } // only when !ok()

  private:
    std::uint64_t number(std::size_t width, std::string_view field);
    reader vector(std::size_t width, std::string_view field);

    bytes_view input_;
    std::size_t base_;
    std::size_t position_ = 0;
    std::optional<parse_error> error_;
};

} // namespace helloscope
