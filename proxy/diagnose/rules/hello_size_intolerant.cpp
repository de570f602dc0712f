#include "../remedies.hpp"
#include "../trials.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {
namespace {

// The largest hello that the same server answered, where it is smaller than this one, and fits
// fewer segments.
std::optional<std::uint32_t> smaller_answered(const facts& f) {
    for (const auto scope : {"address", "name"}) {
        const auto* before = f.seen(scope);
        if (!before || !before->largest_hello_answered) continue;
        const auto size = *before->largest_hello_answered;
        if (size < f.hello_bytes &&
            segments_of(f, size).value_or(1) < segments_of(f, f.hello_bytes).value_or(2))
            return size;
    }
    return std::nullopt;
}

} // namespace

// The server's kernel took all of a large hello, and nothing or a refusal came of it; a smaller one
// is answered. Not the path, then: the program behind it, or a firewall that reads along.
std::optional<finding> hello_size_intolerant(const facts& f) {
    const auto leg = first_try(f);
    const bool refused_hello = handshake_unfinished(f) && f.from_server == 0 && f.stuck() &&
                               (f.server_left() || silence_of(f) >= patience_of(f));
    if (!refused_hello || leg.out.all_acked != true || gap_stands(leg) ||
        segments_of(f, f.hello_bytes).value_or(1) < 2)
        return std::nullopt;
    const auto cure = answered(f, change::smaller_hello);
    const auto before = smaller_answered(f);
    if (!cure && !before) return std::nullopt;
    if (refused(f, change::small_in_pieces)) return std::nullopt; // split-intolerant knows more
    if (answered(f, change::padding)) return std::nullopt;        // what makes it large, then
    const bool same_size_fails = refused(f, change::nothing).has_value();
    auto out = found(
        "hello-size-intolerant",
        cure && same_size_fails ? certainty::confirmed
        : cure                  ? certainty::likely
                                : certainty::suspected,
        fmt::format(
            "{} does not answer a ClientHello of {} ({}), and answered one of {}.", server_of(f),
            text_of_bytes(f.hello_bytes), text_of_count(*segments_of(f, f.hello_bytes), "segment"),
            cure ? "a smaller size" : text_of_bytes(*before)));
    says_bytes(out, "ClientHello", f.hello_bytes);
    says_bytes(out, "acknowledged", leg.out.acked);
    says_bytes(out, "MSS", leg.snd_mss);
    if (before) says_bytes(out, "largest hello that was answered", *before);
    says_trials(out, f);
    if (!answered(f, change::small_in_pieces)) out.others.push_back("split-intolerant");
    if (!same_size_fails) out.others.push_back("hello-content-refused");
    if (!refused(f, change::smaller_segments) && !f.server_left())
        out.others.push_back("mtu-black-hole-to-client");
    if (!cure) out.missing.push_back("whether this very client is answered with a smaller hello");
    add_smaller_hello(out, f);
    out.remedies.push_back(
        {"server",
         "Its TLS stack, or a firewall before it, reads the first segment of a ClientHello only: "
         "update it (tldr.fail)",
         ""});
    return out;
}

} // namespace helloscope::diagnose::rules
