#include "helloscope/heal/ladder.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::heal {

using shape::position;

namespace {

constexpr std::string_view even_split = "split:even", even_records = "records:even";

// "records:sni" begins a rung; "5", "sni+2" and "every:100" go on with the positions of one.
bool begins_rung(std::string_view piece) {
    return piece.find(':') != piece.npos && !piece.starts_with("every:");
}

std::vector<std::string> parts_of(std::string_view text) {
    std::vector<std::string> parts;
    while (true) {
        const auto comma = text.find(',');
        const auto piece = text.substr(0, comma);
        if (parts.empty() || piece.empty() || begins_rung(piece))
            parts.emplace_back(piece);
        else
            parts.back().append(",").append(piece);
        if (comma == text.npos) return parts;
        text.remove_prefix(comma + 1);
    }
}

result<rung> parse_rung(std::string_view text) {
    if (text == even_split) return rung{rung::kind::even_split, {}};
    if (text == even_records) return rung{rung::kind::even_records, {}};
    auto written = shape::parse_shape(text);
    if (!written) return std::unexpected(written.error());
    if (written->empty()) return std::unexpected(failure{"a rung of the ladder is empty"});
    if (written->hello_mss)
        return std::unexpected(failure{fmt::format(
            "mss:hello lasts longer than an attempt: write split:every:{}", *written->hello_mss)});
    return rung{rung::kind::as_written, std::move(*written)};
}

// Where `size` bytes are cut into `pieces` of which none is longer than another by two.
shape::positions even_cuts(std::uint32_t size, std::uint32_t pieces) {
    shape::positions cuts;
    for (std::uint32_t i = 1; i < pieces; ++i)
        cuts.push_back(
            {position::anchor::start,
             static_cast<std::int32_t>((std::uint64_t{size} * i + pieces - 1) / pieces)});
    return cuts;
}

} // namespace

result<ladder> parse_ladder(std::string_view text) {
    ladder rungs;
    for (const auto& part : parts_of(text)) {
        auto one = parse_rung(part);
        if (!one)
            return std::unexpected(failure{fmt::format(
                "'{}' is no ladder such as {}: {}", text, to_string(default_ladder()),
                one.error().message)});
        rungs.push_back(std::move(*one));
    }
    if (rungs.size() > most_rungs)
        return std::unexpected(failure{
            fmt::format("a ladder has {} rungs at most, not {}", most_rungs, rungs.size())});
    return rungs;
}

std::string to_string(const rung& one) {
    switch (one.what) {
    case rung::kind::even_split: return std::string(even_split);
    case rung::kind::even_records: return std::string(even_records);
    case rung::kind::as_written: break;
    }
    return to_string(one.written);
}

std::string to_string(const ladder& rungs) {
    std::string text;
    for (const auto& one : rungs) {
        if (!text.empty()) text += ',';
        text += to_string(one);
    }
    return text;
}

const ladder& default_ladder() {
    using shape::clamp;
    const auto packets_of = [](std::uint32_t size) {
        rung one;
        one.written.limit = clamp{clamp::measure::mtu, size};
        return one;
    };
    static const ladder rungs{
        packets_of(1400),
        packets_of(1280),
        packets_of(576),
        {rung::kind::even_split, {}},
        {rung::kind::even_records, {}}};
    return rungs;
}

shape::shape shape_of(const rung& one, const hello_size& hello) {
    if (one.what == rung::kind::as_written) return one.written;
    const auto segments = hello.segment == 0 ? 2
                                             : (hello.flight + hello.segment - 1) / hello.segment;
    const auto pieces = std::clamp<std::uint32_t>(segments, 2, 64);
    shape::shape made;
    if (one.what == rung::kind::even_split) {
        made.steps.push_back(shape::split{even_cuts(hello.flight, pieces)});
    } else {
        made.steps.push_back(shape::records{even_cuts(hello.message, pieces)});
        made.steps.push_back(shape::split{{{position::anchor::records, 0}}});
    }
    return made;
}

} // namespace helloscope::heal
