#include "data_stall.hpp"

#include <algorithm>
#include <ranges>

namespace helloscope::diagnose {
namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t no_chance = 3; // timeouts in a row

std::optional<data_stall> stall_on(model::leg which, const model::leg_facts& leg) {
    if (leg.in.gap.value_or(false)) return data_stall{which, true, {}, true};
    if (leg.out.unacked.value_or(0) == 0 || leg.out.retransmits.value_or(0) < no_chance)
        return std::nullopt;
    return data_stall{which, false, leg.out.smallest_lost, leg.out.sacked.value_or(0) > 0};
}

constexpr std::uint32_t longest_alert = 34; // TLS 1.2 with CBC and a MAC of 20 bytes aside

// The client's last word, or what may be one where all alerts have about its length.
bool said_goodbye(const facts& f) {
    const auto last = f.client_last_encrypted.value_or(0);
    const bool exact = f.server_hello && is_tls13(f.server_hello->version);
    return exact ? last == encrypted_alert_size(f) : last <= longest_alert;
}

// The client left, and not in order, with its own word as the last one.
bool left_unanswered(const facts& f) {
    return f.client_left() && f.last_spoke == direction::to_server &&
           f.client_encrypted_count > 1 && f.client_last_encrypted && f.server_hello &&
           is_tls13(f.server_hello->version) && !said_goodbye(f);
}

// The client has asked, and what came since may be the session tickets and HTTP/2's settings alone,
// which cross the request on their way.
bool nothing_like_an_answer(const facts& f) {
    constexpr std::uint64_t tickets_and_settings = 4; // records
    const auto asks = [](std::uint32_t length) { return length > longest_alert; };
    return f.server_hello && is_tls13(f.server_hello->version) &&
           f.server_behind_finish <= tickets_and_settings && f.client_encrypted_count > 1 &&
           std::ranges::any_of(f.client_encrypted | std::views::drop(1), asks) && !said_goodbye(f);
}

// An ICMP error made the path to the server a shorter one: what was too long for it was sent again.
bool path_was_shortened(const model::leg_facts& leg) {
    constexpr std::uint32_t shortest_headers = 40;
    return leg.pmtu && leg.advmss && *leg.pmtu < *leg.advmss + shortest_headers;
}

// What we sent was acknowledged at the second time, and the peer had had it the first time: its
// acknowledgement was lost. It rides on the data of an answer, and where that is long and lost for
// its length nothing else ever shows. Chance loses acknowledgements as well, so somebody has to
// miss an answer, too.
bool answer_is_lost(const facts& f) {
    constexpr milliseconds earliest_second_time(150); // behind the last byte
    const auto& leg = f.server_leg;
    const auto twice = leg.out.duplicates.value_or(0);
    const bool lost_none = leg.out.total_retrans == twice || path_was_shortened(leg);
    return leg.out.all_acked == true && twice > 0 && lost_none && leg.last_heard &&
           *leg.last_heard + earliest_second_time < *f.stalled_for &&
           (left_unanswered(f) || ((!f.over() || f.client_left() || f.we_left()) &&
                                   (request_is_open(f) || nothing_like_an_answer(f))));
}

} // namespace

std::optional<data_stall> data_stall_of(const facts& f) {
    if (!f.established || !f.stalled_for || *f.stalled_for < patience_of(f)) return std::nullopt;
    if (auto found = stall_on(model::leg::server, f.server_leg)) return found;
    if (auto found = stall_on(model::leg::client, f.client_leg)) return found;
    if (answer_is_lost(f)) return data_stall{model::leg::server, true, {}, false, true};
    return std::nullopt;
}

bool request_is_open(const facts& f) {
    return f.client_unanswered.value_or(0) > longest_alert && f.client_last_encrypted &&
           !said_goodbye(f);
}

std::string far_end_of(const facts& f, model::leg where) {
    return where == model::leg::server ? peer_of(f) : "the client " + to_string(f.client);
}

} // namespace helloscope::diagnose
