#include "helloscope/diagnose/inquiry.hpp"

#include "chain.hpp"
#include "helloscope/diagnose/diagnose.hpp"
#include "trials.hpp"

#include <algorithm>

namespace helloscope::diagnose {
namespace {

using model::facts;

// What tests can turn into a cause, or make sure of.
constexpr std::string_view open_questions[] = {
    "mtu-black-hole-to-server", "tail-dropped-to-server", "hello-dropped",
    "reset-after-hello",        "closed-after-hello",     "server-silent",
    "hello-size-intolerant",    "hello-content-refused",  "name-filtered",
    "address-broken",           "split-intolerant",       "record-split-required",
    "mtu-black-hole-to-client", "server-flight-stalled",  "alert-other",
};

constexpr std::string_view about_the_certificate[] = {
    "certificate-untrusted", "certificate-expired", "certificate-wrong-name",
    "certificate-rejected",  "intercepted",
};

template <class List> bool has(const List& list, std::string_view one) {
    return std::ranges::find(list, one) != std::end(list);
}

bool offers_tls13(const facts& f) { return f.client_hello->highest_version() >= 0x0304; }

// Whether a small hello is another one in what matters: fewer segments, or no post-quantum share.
bool could_be_smaller(const facts& f) {
    return f.client_hello->post_quantum_group() || segments_of(f, f.hello_bytes).value_or(1) > 1;
}

// Neither shorter segments nor a smaller hello helped.
bool nothing_helped(const facts& f) {
    const bool small_failed = !could_be_smaller(f) || refused(f, change::smaller_hello);
    const bool short_failed = f.server_left() || f.server_alert ||
                              refused(f, change::smaller_segments);
    return refused(f, change::nothing) && small_failed && short_failed;
}

// The server takes small hellos and not this one, whatever its segments.
bool size_matters(const facts& f) {
    return refused(f, change::nothing) && answered(f, change::smaller_hello) &&
           !answered(f, change::smaller_segments);
}

// Shorter segments pass: how long may they be?
bool length_matters(const facts& f) {
    return answered(f, change::smaller_segments) && !answered(f, change::nothing);
}

bool failed(const facts& f, std::string_view test) {
    const auto* made = f.test(test);
    return made != nullptr && made->outcome != "answered";
}

// TLS records of one size that fill as few segments as they can, each with its header.
std::string even_records(const facts& f) {
    constexpr std::uint32_t header = 5;
    const auto segment = std::max<std::uint32_t>(f.server_leg.snd_mss.value_or(1448), 64);
    const auto message = static_cast<std::uint32_t>(std::max<std::uint64_t>(f.hello_bytes, 64));
    const auto pieces = std::max(2u, (message + segment - header - 1) / (segment - header));
    return fmt::format("records:every:{}|split:records", (message + pieces - 1) / pieces);
}

std::string two_pieces(const facts& f) {
    if (f.client_hello->server_name) return "split:midsni";
    return fmt::format("split:{}", std::max<std::uint64_t>(f.hello_bytes / 2, 1));
}

struct row {
    std::string (*test)(const facts&);
    bool (*helps)(const facts&);
    bool refines = false; // what is settled already
};

// In the order in which they are made.
constexpr row table[] = {
    {[](const facts&) { return std::string("whole"); }, [](const facts&) { return true; }},
    {[](const facts&) { return std::string("mss:536"); },
     [](const facts& f) { return !f.server_left() && !f.server_alert; }},
    {[](const facts&) { return std::string("without-post-quantum"); }, could_be_smaller},
    {[](const facts&) { return std::string("mtu:1400"); }, length_matters, true},
    {[](const facts&) { return std::string("mtu:1280"); },
     [](const facts& f) { return length_matters(f) && failed(f, "mtu:1400"); }, true},
    {[](const facts&) { return std::string("without-post-quantum|split:100"); }, size_matters,
     true},
    {even_records,
     [](const facts& f) { return size_matters(f) && refused(f, change::small_in_pieces); }, true},
    {[](const facts&) { return std::string("padded"); },
     [](const facts& f) {
         return size_matters(f) && answered(f, change::small_in_pieces) &&
                f.client_hello->post_quantum_group().has_value();
     },
     true},
    {two_pieces, nothing_helped},
    {[](const facts&) { return std::string("tls1.2"); },
     [](const facts& f) { return nothing_helped(f) && offers_tls13(f); }},
};

} // namespace

std::optional<std::string> next_test(const facts& f, std::span<const std::string> begun) {
    if (begun.size() >= most_tests || !f.client_hello || !f.connected()) return std::nullopt;
    const auto stands = diagnose(f);
    if (!stands || !has(open_questions, stands->id)) return std::nullopt;
    // An alert is certain, and says little.
    const bool settled = stands->how_sure == certainty::confirmed && stands->id != "alert-other";
    for (const auto& one : table) {
        if ((settled && !one.refines) || !one.helps(f)) continue;
        auto test = one.test(f);
        const bool tried = std::ranges::any_of(
            trials_of(f), [&](const trial& made) { return made.how == test; });
        if (!tried && !has(begun, test)) return test;
    }
    return std::nullopt;
}

bool wants_chain(const facts& f) {
    if (!f.over() || f.chain || !f.connected()) return false;
    if (left_without_asking(f)) return true;
    const auto stands = diagnose(f);
    return stands && has(about_the_certificate, stands->id);
}

} // namespace helloscope::diagnose
