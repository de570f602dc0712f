#include "values.hpp"

#include "helloscope/wire/tls/names.hpp"

#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace helloscope::fault {
namespace {

struct scale {
    std::string_view suffix;
    std::int64_t factor;
};

// The largest that divides a value is the one it is written with.
constexpr scale times[] = {{"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}};
constexpr scale sizes[] = {{"GiB", 1 << 30},      {"MiB", 1 << 20},  {"KiB", 1 << 10}, {"", 1},
                           {"GB", 1'000'000'000}, {"MB", 1'000'000}, {"kB", 1'000}};
// A rate of 64000 is better known as 64kB/s, an offset of 2000 is not as 2kB.
constexpr scale rates[] = {{"GiB", 1 << 30},  {"MiB", 1 << 20}, {"KiB", 1 << 10},
                           {"MB", 1'000'000}, {"kB", 1'000},    {"", 1}};

constexpr std::string_view per_second = "/s";

// "1.5" of "1.5s": fractions only where a factor makes them whole numbers.
std::optional<std::int64_t> scaled(std::string_view digits, std::int64_t factor) {
    std::int64_t whole = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stopped, failed] = std::from_chars(digits.data(), end, whole);
    if (failed != std::errc() || whole < 0) return std::nullopt;
    std::int64_t all = 0;
    if (__builtin_mul_overflow(whole, factor, &all)) return std::nullopt;
    if (stopped == end) return all;
    if (*stopped != '.' || stopped + 1 == end) return std::nullopt;
    auto part = factor;
    for (const auto* digit = stopped + 1; digit != end; ++digit) {
        if (*digit < '0' || *digit > '9' || part % 10 != 0) return std::nullopt;
        part /= 10;
        if (__builtin_add_overflow(all, part * (*digit - '0'), &all)) return std::nullopt;
    }
    return all;
}

std::optional<std::int64_t> with_suffix(std::string_view text, std::span<const scale> scales) {
    const auto digits = text.substr(0, text.find_first_not_of("0123456789."));
    for (const auto& [suffix, factor] : scales)
        if (text.substr(digits.size()) == suffix) return scaled(digits, factor);
    return std::nullopt;
}

std::string in_largest(std::int64_t value, std::span<const scale> scales) {
    for (const auto& [suffix, factor] : scales)
        if (value % factor == 0 && (value != 0 || factor == 1))
            return fmt::format("{}{}", value / factor, suffix);
    return fmt::format("{}", value);
}

std::optional<std::int64_t> parse_alert(std::string_view text) {
    for (unsigned code = 0; code < 256; ++code)
        if (wire::tls::alert_name(static_cast<std::uint8_t>(code)) == text) return code;
    return scaled(text, 1);
}

std::string alert_text(std::int64_t code) {
    const auto name = wire::tls::alert_name(static_cast<std::uint8_t>(code));
    return name.empty() ? fmt::format("{}", code) : std::string(name);
}

} // namespace

std::optional<std::int64_t> parse_value(unit of, std::string_view text) {
    if (text.empty()) return std::nullopt;
    switch (of) {
    case unit::count: return scaled(text, 1);
    case unit::bytes: return with_suffix(text, sizes);
    case unit::rate:
        if (!text.ends_with(per_second)) return std::nullopt;
        return with_suffix(text.substr(0, text.size() - per_second.size()), sizes);
    case unit::time: return with_suffix(text, times);
    case unit::alert: return parse_alert(text);
    case unit::level:
        if (text == "warning") return 1;
        return text == "fatal" ? std::optional<std::int64_t>(2) : std::nullopt;
    }
    return std::nullopt;
}

std::string text_of(unit of, std::int64_t value) {
    switch (of) {
    case unit::count: break;
    case unit::bytes: return in_largest(value, sizes);
    case unit::rate: return in_largest(value, rates) + std::string(per_second);
    case unit::time: return value == 0 ? "0s" : in_largest(value, times);
    case unit::alert: return alert_text(value);
    case unit::level: return value == 1 ? "warning" : "fatal";
    }
    return fmt::format("{}", value);
}

std::string_view looks_of(unit of) {
    switch (of) {
    case unit::count: return "a whole number";
    case unit::bytes: return "a number of bytes such as 1460 or 64KiB";
    case unit::rate: return "a rate such as 64KiB/s or 10kB/s";
    case unit::time: return "a time such as 50ms or 2s";
    case unit::alert: return "an alert such as unrecognized_name, or its number";
    case unit::level: return "warning or fatal";
    }
    return "";
}

} // namespace helloscope::fault
