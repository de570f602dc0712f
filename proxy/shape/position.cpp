#include "helloscope/shape/position.hpp"

#include "number.hpp"

#include <fmt/format.h>

namespace helloscope::shape {

namespace {

using anchor = position::anchor;

constexpr std::string_view looks_like =
    "a byte offset (5), one from the end (-1), sni, sni+2, sni-2, "
    "midsni, every:100 or, of split, records";

std::unexpected<failure> wrong(std::string_view text, std::string_view why) {
    return std::unexpected(failure{fmt::format("\"{}\" is no position: {}", text, why)});
}

// The digits of a position, between 1 (or 0, behind "sni+") and the furthest offset.
result<std::int32_t> read_offset(
    std::string_view whole, std::string_view digits, std::uint32_t least) {
    const auto value = parse_number(digits);
    if (!value) return wrong(whole, fmt::format("expected {}", looks_like));
    if (*value < least || *value > static_cast<std::uint32_t>(furthest_offset))
        return wrong(whole, fmt::format("offsets go from {} to {}", least, furthest_offset));
    return static_cast<std::int32_t>(*value);
}

result<position> behind_sni(std::string_view whole, std::string_view offset) {
    if (offset.empty()) return position{anchor::sni, 0};
    if (offset[0] != '+' && offset[0] != '-')
        return wrong(whole, fmt::format("expected {}", looks_like));
    auto value = read_offset(whole, offset.substr(1), 0);
    if (!value) return std::unexpected(std::move(value.error()));
    return position{anchor::sni, offset[0] == '-' ? -*value : *value};
}

result<position> parse_position(std::string_view text) {
    constexpr std::string_view every = "every:";
    if (text == "midsni") return position{anchor::midsni, 0};
    if (text == "records") return position{anchor::records, 0};
    if (text.starts_with("sni")) return behind_sni(text, text.substr(3));
    const bool repeats = text.starts_with(every);
    const bool back = text.starts_with('-');
    auto value = read_offset(text, text.substr(repeats ? every.size() : back ? 1 : 0), 1);
    if (!value) return std::unexpected(std::move(value.error()));
    if (repeats) return position{anchor::every, *value};
    return back ? position{anchor::end, -*value} : position{anchor::start, *value};
}

std::string to_string(const position& place) {
    switch (place.from) {
    case anchor::midsni: return "midsni";
    case anchor::records: return "records";
    case anchor::every: return fmt::format("every:{}", place.offset);
    case anchor::sni: return place.offset == 0 ? "sni" : fmt::format("sni{:+}", place.offset);
    case anchor::start:
    case anchor::end: break;
    }
    return fmt::format("{}", place.offset);
}

} // namespace

result<positions> parse_positions(std::string_view text) {
    positions places;
    while (true) {
        const auto comma = text.find(',');
        auto place = parse_position(text.substr(0, comma));
        if (!place) return std::unexpected(std::move(place.error()));
        places.push_back(*place);
        if (comma == std::string_view::npos) return places;
        text.remove_prefix(comma + 1);
    }
}

std::string to_string(const positions& places) {
    std::string text;
    for (const auto& place : places) {
        if (!text.empty()) text += ',';
        text += to_string(place);
    }
    return text;
}

} // namespace helloscope::shape
