#include "trials.hpp"

#include <algorithm>

namespace helloscope::diagnose {
namespace {

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

// By the words of a shape, the strongest change first.
change change_of(std::string_view shape) {
    if (has(shape, "records:")) return change::records;
    if (has(shape, "split") || has(shape, "dribble")) return change::pieces;
    if (has(shape, "mss:") || has(shape, "mtu:")) return change::smaller_segments;
    return change::nothing;
}

// Tests are named after the change, or by their shape.
change change_of_test(std::string_view test) {
    if (test == "padded") return change::padding;
    if (test == "without-post-quantum") return change::smaller_hello;
    if (test.starts_with("without-post-quantum|")) return change::small_in_pieces;
    if (test.starts_with("tls1.2")) return change::older_version;
    return change_of(test);
}

} // namespace

std::string words_of_test(const model::investigated& one) {
    const auto of_size = [&](std::string_view what) {
        return fmt::format("{}, {}", what, text_of_bytes(one.hello_bytes));
    };
    switch (change_of_test(one.test)) {
    case change::nothing: return of_size("a hello of ours");
    case change::smaller_segments: return of_size("a hello of ours with " + one.test);
    case change::pieces: return of_size("a hello of ours, cut (" + one.test + ")");
    case change::records: return of_size("a hello of ours in short TLS records");
    case change::smaller_hello: return of_size("a small hello");
    case change::small_in_pieces: return of_size("a small hello in two pieces");
    case change::older_version: return of_size("a hello up to TLS 1.2");
    case change::padding: return of_size("one as large without a post-quantum share");
    }
    return one.test;
}

std::vector<trial> trials_of(const facts& f) {
    std::vector<trial> all;
    for (const auto& one : f.attempts_to_heal)
        if (one.ended && !one.begun.shape.empty())
            all.push_back(
                {change_of(one.begun.shape), one.begun.shape, "sent again with " + one.begun.shape,
                 one.answered(), one.ended->how, one.ended->took});
    for (const auto& one : f.tests)
        all.push_back(
            {change_of_test(one.test), one.test, words_of_test(one), one.outcome == "answered",
             one.outcome, one.took});
    return all;
}

std::optional<trial> answered(const facts& f, change what) {
    for (auto& one : trials_of(f))
        if (one.what == what && one.answered) return one;
    return std::nullopt;
}

// An attempt that was given up because another had won tells nothing.
std::optional<trial> refused(const facts& f, change what) {
    constexpr std::string_view telling[] = {"silent", "half-answered", "rst",
                                            "fin",    "alert",         "timeout"};
    for (auto& one : trials_of(f))
        if (one.what == what && std::ranges::find(telling, one.outcome) != std::end(telling))
            return one;
    return std::nullopt;
}

bool hello_failed(const facts& f) {
    if (f.server_alert && f.client_hello && f.connected() && !f.server_hello) return true;
    return unanswered(f) && f.stuck() && (f.server_left() || silence_of(f) >= patience_of(f));
}

bool is_healed(const facts& f) {
    if (!f.cured || f.cured->attempt < 2 || f.attempts_to_heal.empty()) return false;
    const auto& first = f.attempts_to_heal.front();
    return first.begun.number == 1 && first.begun.shape.empty() && first.ended && !first.answered();
}

model::leg_facts first_try(const facts& f) {
    if (!is_healed(f)) return f.server_leg;
    const auto& how = *f.attempts_to_heal.front().ended;
    model::leg_facts leg;
    leg.out.sent = how.sent;
    leg.out.acked = how.acked;
    if (how.acked) leg.out.all_acked = *how.acked >= how.sent;
    leg.out.retransmits = how.retransmits;
    leg.out.sacked = how.sacked;
    leg.in.bytes = how.received;
    leg.in.out_of_order = how.out_of_order;
    if (how.out_of_order) leg.in.gap = *how.out_of_order > 0 && how.received == 0;
    leg.snd_mss = how.snd_mss;
    leg.timestamps = f.server_leg.timestamps;
    leg.v6 = f.server_leg.v6;
    leg.min_rtt = f.server_leg.min_rtt;
    return leg;
}

void drop_tested(finding& from, const facts& f) {
    const auto drop = [&](change what, std::initializer_list<std::string_view> ids) {
        if (refused(f, what))
            std::erase_if(from.others, [&](const std::string& id) {
                return std::ranges::find(ids, id) != ids.end();
            });
    };
    drop(change::nothing, {"hello-content-refused"});
    drop(change::smaller_hello, {"hello-size-intolerant", "split-intolerant"});
    drop(change::smaller_segments, {"mtu-black-hole-to-server", "mtu-black-hole-to-client"});
}

void says_trials(finding& to, const facts& f) {
    for (const auto& one : trials_of(f))
        says(to, one.words, fmt::format("{} after {}", one.outcome, text_of(one.took)));
}

} // namespace helloscope::diagnose
