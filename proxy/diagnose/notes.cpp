#include "notes.hpp"

#include "chain.hpp"
#include "helloscope/wire/tls/names.hpp"
#include "remedies.hpp"
#include "trials.hpp"

#include <algorithm>

namespace helloscope::diagnose {
namespace {

using note = std::optional<model::note>;

// "1,493 bytes because of X25519MLKEM768: 2 segments at this MSS (1,448 + 45)".
note hello_post_quantum(const facts& f) {
    const auto smaller = size_without_post_quantum(f);
    if (!smaller) return std::nullopt;
    const auto group = wire::tls::group_name(*f.client_hello->post_quantum_group());
    auto text = fmt::format(
        "the ClientHello has {} because of its {} key share, {} without it",
        text_of_bytes(f.hello_bytes), group.empty() ? "post-quantum" : group,
        text_of_number(*smaller));
    if (const auto segments = segments_of(f, f.hello_bytes); segments && *segments > 1)
        text += fmt::format(
            "; that is {} of up to {}, the last one of {}", text_of_count(*segments, "segment"),
            text_of_number(*f.server_leg.snd_mss),
            text_of_bytes(f.hello_bytes - (*segments - 1) * *f.server_leg.snd_mss));
    return model::note{"hello-post-quantum", std::move(text)};
}

// As a rejected certificate may look, and as a port check does look.
note closed_without_request(const facts& f) {
    if (!left_without_asking(f) || !is_tls13(f.server_hello->version)) return std::nullopt;
    return model::note{
        "closed-without-request",
        "the client finished the handshake and left without asking for anything: a check does "
        "this, curl where the certificate is for another name, wget and git where they do not "
        "trust it"};
}

// An idle connection ends so, and one on which an answer never came. Who presses Ctrl-C ends the
// client and helloscope: which of them goes first says nothing.
note silent_at_the_end(const facts& f) {
    constexpr duration long_ago = std::chrono::seconds(2);
    // A sample may be older than the end; a stall goes on until then.
    const auto silence = std::max(
        f.server_leg.last_data.value_or(duration{}), f.stalled_for.value_or(duration{}));
    if (!f.established || !(f.client_left() || f.we_left()) || silence < long_ago)
        return std::nullopt;
    return model::note{
        "silent-at-the-end",
        fmt::format(
            "nothing had come from {} for {} when {}. If the client still waited for something, "
            "that is a slow server, or an answer whose segments are all lost "
            "(mtu-black-hole-in-data): --mss 1360 tells them apart",
            peer_of(f), text_of(silence),
            f.we_left() ? "helloscope ended the connection" : "the client left")};
}

note handshake_retried(const facts& f) {
    if (!f.retried || !f.server_hello) return std::nullopt;
    return model::note{
        "handshake-retried",
        "the server asked for another ClientHello (HelloRetryRequest): one more round trip"};
}

note path_mtu_found(const facts& f) {
    const auto pmtu = f.server_leg.pmtu;
    const auto mss = f.server_leg.snd_mss;
    if (!pmtu || !mss || *pmtu >= 1500 || *mss + f.server_leg.headers() > *pmtu)
        return std::nullopt;
    return model::note{
        "path-mtu-known",
        fmt::format(
            "the kernel knows that the path takes packets of {} only", text_of_bytes(*pmtu))};
}

note segments_lost(const facts& f) {
    const auto again = f.server_leg.out.total_retrans.value_or(0);
    const auto behind = f.server_leg.in.out_of_order.value_or(0);
    if (again + behind < 3) return std::nullopt;
    return model::note{
        "segments-lost", fmt::format(
                             "on the leg to {}, {} sent again and {} received behind a gap",
                             peer_of(f), text_of_count(again, "segment"), text_of_number(behind))};
}

note healed(const facts& f) {
    if (!is_healed(f)) return std::nullopt;
    return model::note{
        "healed", fmt::format(
                      "the flow went on all the same: attempt {} ({}) was answered after {}",
                      f.cured->attempt, f.cured->shape, text_of(f.cured->took))};
}

// What others saw at the same place: it speaks for or against this one flow's being special.
note seen_before(const facts& f) {
    const model::seen_before* best = nullptr;
    for (const auto& one : f.before)
        if (!best || one.succeeded + one.failed > best->succeeded + best->failed) best = &one;
    if (!best) return std::nullopt;
    auto text = fmt::format(
        "the same {} ({}): {} went well, {} failed", best->scope, best->of,
        text_of_count(best->succeeded, "flow"), text_of_number(best->failed));
    if (best->largest_hello_answered)
        text += fmt::format(
            "; largest ClientHello answered {}", text_of_bytes(*best->largest_hello_answered));
    return model::note{"seen-before", std::move(text)};
}

constexpr note (*every_note[])(const facts&) = {
    healed,
    hello_post_quantum,
    closed_without_request,
    silent_at_the_end,
    handshake_retried,
    path_mtu_found,
    segments_lost,
    seen_before,
};

} // namespace

std::vector<model::note> notes_of(const facts& f) {
    std::vector<model::note> all;
    for (const auto look : every_note)
        if (auto one = look(f)) all.push_back(std::move(*one));
    return all;
}

} // namespace helloscope::diagnose
