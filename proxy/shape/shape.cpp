#include "helloscope/shape/shape.hpp"

#include "number.hpp"
#include "steps.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace helloscope::shape {

namespace {

using outcome = result<void>;

std::unexpected<failure> wrong(std::string what) {
    return std::unexpected(failure{std::move(what)});
}

template <class Step> bool has(const shape& how) {
    return std::ranges::any_of(
        how.steps, [](const step& one) { return std::holds_alternative<Step>(one); });
}

outcome set_limit(shape& how, clamp limit) {
    if (how.limit)
        return wrong(fmt::format("{} limits the segments already", to_string(*how.limit)));
    how.limit = limit;
    return {};
}

outcome read_hello_mss(shape& how, std::string_view argument) {
    const auto size = parse_number(argument);
    if (!size || *size < 1 || *size > greatest_mss)
        return wrong(
            fmt::format("expected the bytes of a segment, 1 to {}: mss:hello:1200", greatest_mss));
    if (how.hello_mss) return wrong(fmt::format("mss:hello:{} is said already", *how.hello_mss));
    how.hello_mss = size;
    return {};
}

outcome read_mss(shape& how, std::string_view argument) {
    constexpr std::string_view hello = "hello:";
    if (argument.starts_with(hello)) return read_hello_mss(how, argument.substr(hello.size()));
    const auto size = parse_number(argument);
    if (!size) return wrong("expected bytes, or hello and bytes: mss:1360, mss:hello:1200");
    if (*size < least_mss || *size > greatest_mss)
        return wrong(fmt::format("the kernel takes an MSS from {} to {}", least_mss, greatest_mss));
    return set_limit(how, {clamp::measure::mss, *size});
}

outcome read_mtu(shape& how, std::string_view argument) {
    constexpr auto least = least_mss + headers_v6;
    constexpr auto greatest = greatest_mss + headers_v4;
    const auto size = parse_number(argument);
    if (!size) return wrong("expected the bytes of a packet: mtu:1400");
    if (*size < least || *size > greatest)
        return wrong(fmt::format(
            "expected {} to {}: the kernel takes an MSS from {} to {}, which is {} less than the "
            "packet over IPv4 and {} less over IPv6",
            least, greatest, least_mss, greatest_mss, headers_v4, headers_v6));
    return set_limit(how, {clamp::measure::mtu, *size});
}

template <result<step> (*read)(std::string_view)>
outcome add_step(shape& how, std::string_view argument) {
    auto made = read(argument);
    if (!made) return std::unexpected(std::move(made.error()));
    how.steps.push_back(std::move(*made));
    return {};
}

// Split positions count what is sent, which records: makes.
outcome add_records(shape& how, std::string_view argument) {
    if (has<records>(how)) return wrong("records: is said already; positions are joined by ','");
    if (has<split>(how) || has<dribble>(how))
        return wrong("records: goes before split: and dribble:, which cut what it makes");
    return add_step<read_records>(how, argument);
}

outcome add_pause(shape& how, std::string_view argument) {
    if (has<pacing>(how)) return wrong("a pause is said already");
    return add_step<read_pacing>(how, argument);
}

struct word {
    std::string_view name;
    outcome (*read)(shape&, std::string_view argument);
};

constexpr word words[] = {
    {"mss", read_mss},
    {"mtu", read_mtu},
    {"split", add_step<read_split>},
    {"records", add_records},
    {"dribble", add_step<read_dribble>},
    {"pause", add_pause},
};

outcome read_word(shape& how, std::string_view text) {
    const auto colon = text.find(':');
    const auto* row = std::ranges::find(words, text.substr(0, colon), &word::name);
    if (row == std::end(words))
        return wrong("expected mss:, mtu:, split:, records:, dribble: or pause:");
    return row->read(how, colon == std::string_view::npos ? "" : text.substr(colon + 1));
}

// A word is named with what is wrong with it.
outcome read_words(shape& how, std::string_view text) {
    for (std::size_t end = 0; end != std::string_view::npos; text.remove_prefix(end + 1)) {
        end = text.find('|');
        const auto one = text.substr(0, end);
        if (const auto read = read_word(how, one); !read)
            return wrong(fmt::format("\"{}\": {}", one, read.error().message));
        if (end == std::string_view::npos) break;
    }
    return {};
}

} // namespace

result<shape> parse_shape(std::string_view text) {
    shape how;
    if (text.empty()) return how;
    if (auto read = read_words(how, text); !read) return std::unexpected(std::move(read.error()));
    if (has<pacing>(how) && !has<split>(how) && !has<dribble>(how))
        return wrong("pause: waits between pieces, and nothing cuts any: add split: or dribble:");
    return how;
}

std::string to_string(const clamp& limit) {
    return fmt::format("{}:{}", limit.in == clamp::measure::mss ? "mss" : "mtu", limit.size);
}

std::string to_string(const shape& how) {
    std::string text;
    const auto add = [&](std::string_view one) {
        if (!text.empty()) text += '|';
        text += one;
    };
    if (how.limit) add(to_string(*how.limit));
    if (how.hello_mss) add(fmt::format("mss:hello:{}", *how.hello_mss));
    for (const auto& one : how.steps)
        add(std::visit([](const auto& it) { return text_of(it); }, one));
    return text;
}

} // namespace helloscope::shape
