#include "helloscope/heal/decide.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::heal {

using verb = decision::verb;
using wire::tls::flight;

namespace {

// What TCP's timestamps take of a segment, where both ends have them.
constexpr std::uint32_t timestamps = 12;
constexpr std::uint32_t greatest = 65'535; // MSS
// What every link of IPv6 carries (RFC 8200 section 5).
constexpr std::uint32_t least_v6_packet = 1280;

std::uint32_t retransmits_of(const attempt& one) {
    return one.path ? one.path->retransmits.value_or(std::uint8_t{0}) : 0;
}

std::uint32_t packet_of(const shape::clamp& limit, bool v6) {
    return limit.mss(v6) + (v6 ? shape::headers_v6 : shape::headers_v4);
}

// Its answer can be passed on: nothing more must come before the client speaks.
bool usable(const attempt& one, const limits& within) {
    if (one.answer == flight::whole || one.received >= within.held) return true;
    return one.answer == flight::possible && !one.gap;
}

// One that has something to say goes before the first one, which goes before all others.
std::size_t last_resort(const std::vector<attempt>& attempts) {
    for (std::size_t i = 0; i < attempts.size(); ++i)
        if (attempts[i].answer != flight::nothing && attempts[i].over == ending::none) return i;
    return 0;
}

// ---- which rung

bool tried(const situation& now, const rung& one) {
    return std::ranges::any_of(now.attempts, [&](const attempt& made) {
        return one.what == rung::kind::as_written && made.how == one.written;
    });
}

// What is the matter with the first attempt says which rungs can help.
struct candidate {
    const attempt& first;
    trouble what;
    std::size_t clamps_tried;

    // A clamp helps if it makes shorter what goes over the path now: the piece of ours that is
    // stuck, or the segments that we let the server send.
    bool shortens(const shape::clamp& limit) const {
        const auto mss = limit.mss(first.v6);
        const auto sample = first.path.value_or(model::path_sample());
        if (what != trouble::stuck) return mss < sample.advmss.value_or(greatest);
        const auto data = mss - (sample.timestamps.value_or(true) ? timestamps : 0);
        return data <
               std::min<std::uint64_t>(sample.snd_mss.value_or(greatest), first.unacknowledged);
    }

    bool fits(const rung& one) const {
        if (one.clamps()) {
            // Whoever resets has read: one clamp stands for asking again, more would say no more.
            if (what == trouble::ended && clamps_tried > 0) return false;
            return shortens(*one.written.limit);
        }
        // The hello has arrived: to cut it changes nothing of what comes back.
        return what != trouble::half_answered;
    }
};

std::optional<std::size_t> next_rung(
    const situation& now, const ladder& rungs, const candidate& to) {
    std::size_t from = 0;
    for (const auto& one : now.attempts)
        if (one.of_rung) from = std::max(from, *one.of_rung + 1);
    for (auto i = from; i < rungs.size(); ++i)
        if (!tried(now, rungs[i]) && to.fits(rungs[i])) return i;
    return std::nullopt;
}

// The one clamp for a server that is silent, or slow: the smallest that still is what any path of
// IPv6 carries, so that it is likely to do and costs little if the flow stays with it.
std::optional<std::size_t> rung_for_silence(
    const situation& now, const ladder& rungs, const candidate& to) {
    if (now.attempts.size() > 1) return std::nullopt;
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < rungs.size(); ++i) {
        if (!rungs[i].clamps() || !to.shortens(*rungs[i].written.limit)) continue;
        if (!best || packet_of(*rungs[i].written.limit, to.first.v6) >= least_v6_packet) best = i;
    }
    return best;
}

// What is wrong with the last one that began is why another one begins.
std::optional<decision> start_another(
    const situation& now, const ladder& rungs, const limits& within) {
    if (now.attempts.size() >= within.attempts) return std::nullopt;
    std::vector<trouble> all;
    for (const auto& one : now.attempts)
        all.push_back(trouble_of(one, within, &one == &now.attempts.front()));
    if (std::ranges::find(all, trouble::none) != all.end()) return std::nullopt;

    const auto clamps = std::ranges::count_if(now.attempts, [&](const attempt& one) {
        return one.of_rung && rungs.at(*one.of_rung).clamps();
    });
    const candidate to{now.attempts.front(), all.front(), static_cast<std::size_t>(clamps)};
    const auto rung = all.front() == trouble::silent ? rung_for_silence(now, rungs, to)
                                                     : next_rung(now, rungs, to);
    if (!rung) return std::nullopt;
    return decision{verb::start, rung, 0, words_of(all.back(), now.attempts.back())};
}

} // namespace

trouble trouble_of(const attempt& one, const limits& within, bool first) {
    if (one.over != ending::none) return trouble::ended;
    if (!one.sent) return one.since >= within.connect ? trouble::connecting : trouble::none;
    if (one.unacknowledged > 0) {
        const auto enough = first ? within.first_retransmits : within.later_retransmits;
        return retransmits_of(one) >= enough ? trouble::stuck : trouble::none;
    }
    if (one.gap && one.quiet >= within.gap) return trouble::half_answered;
    return one.quiet >= within.silence ? trouble::silent : trouble::none;
}

std::string words_of(trouble what, const attempt& one) {
    switch (what) {
    case trouble::none: break;
    case trouble::connecting: return "no connection yet";
    case trouble::stuck: {
        const auto times = retransmits_of(one);
        return fmt::format(
            "sent again {} time{} and not acknowledged", times, times == 1 ? "" : "s");
    }
    case trouble::half_answered: return "segments wait behind a gap, and nothing moves";
    case trouble::silent:
        return one.received > 0 ? "half an answer, nothing missing, and no more of it"
                                : "acknowledged and not answered";
    case trouble::ended:
        switch (one.over) {
        case ending::none: break;
        case ending::rst: return "reset";
        case ending::fin: return "closed";
        case ending::connect: return "not connected";
        case ending::broken: return "broken";
        }
    }
    return "";
}

decision decide(const situation& now, const ladder& rungs, const limits& within) {
    const auto& attempts = now.attempts;
    for (std::size_t i = 0; i < attempts.size(); ++i)
        if (usable(attempts[i], within)) return {verb::join, {}, i, "answered"};
    if (now.since >= within.total) return {verb::join, {}, last_resort(attempts), "the time is up"};
    if (now.remembered && attempts.size() == 1)
        return {verb::start, {}, 0, "it worked here before"};
    if (auto another = start_another(now, rungs, within)) return std::move(*another);
    const bool all_over = std::ranges::all_of(
        attempts, [](const attempt& one) { return one.over != ending::none; });
    if (all_over) return {verb::join, {}, 0, "nothing is left to try"};
    return {verb::wait, {}, 0, {}};
}

} // namespace helloscope::heal
