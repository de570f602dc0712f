#include "helloscope/base/reader.hpp"

namespace helloscope {

bytes_view reader::take(std::size_t n, std::string_view field) {
    if (ok() && n > left()) fail(errc::need_more, field);
    if (!ok()) return {};
    const auto view = input_.subspan(position_, n);
    position_ += n;
    return view;
}

void reader::fail(errc code, std::string_view field) {
    if (ok()) error_ = parse_error{code, offset(), field};
}

void reader::absorb(const reader& inner) {
    if (ok() && !inner.ok()) error_ = inner.error_;
}

std::uint64_t reader::number(std::size_t width, std::string_view field) {
    std::uint64_t value = 0;
    for (const auto byte : take(width, field)) value = value << 8 | byte;
    return value;
}

reader reader::vector(std::size_t width, std::string_view field) {
    const auto length = static_cast<std::size_t>(number(width, field));
    const auto start = offset();
    reader inner{take(length, field), start};
    if (!ok()) inner.error_ = error_;
    return inner;
}

} // namespace helloscope
