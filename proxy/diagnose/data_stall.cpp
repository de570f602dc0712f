#include "data_stall.hpp"

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

// Those that the timeline keeps, if it has kept all.
std::optional<std::uint32_t> last_encrypted_of_client(const facts& f) {
    const bool all = f.client_encrypted_count == f.client_encrypted.size();
    if (!all || f.client_encrypted_count < 2) return std::nullopt;
    return f.client_encrypted.back();
}

// The client left, and not in order, with its own word as the last one.
bool left_unanswered(const facts& f) {
    const auto last = last_encrypted_of_client(f);
    return f.client_left() && f.last_spoke == direction::to_server && last && f.server_hello &&
           is_tls13(f.server_hello->version) && *last != encrypted_alert_size(f);
}

// What we sent was acknowledged at the second time, and the peer had had it the first time: its
// acknowledgement was lost. It rides on the data of an answer, and where that is long and lost for
// its length nothing else ever shows. Chance loses acknowledgements as well, so somebody has to
// miss an answer, too.
bool answer_is_lost(const facts& f) {
    constexpr milliseconds earliest_second_time(150); // behind the last byte
    const auto& leg = f.server_leg;
    const auto twice = leg.out.duplicates.value_or(0);
    return leg.out.all_acked == true && twice > 0 && leg.out.total_retrans == twice &&
           leg.last_heard && *leg.last_heard + earliest_second_time < *f.stalled_for &&
           (left_unanswered(f) || (!f.over() && request_is_open(f)));
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
    constexpr std::uint32_t longest_alert = 34; // TLS 1.2 with CBC and a MAC of 20 bytes aside
    return f.last_spoke == direction::to_server &&
           last_encrypted_of_client(f).value_or(0) > longest_alert;
}

std::string far_end_of(const facts& f, model::leg where) {
    return where == model::leg::server ? peer_of(f) : "the client " + to_string(f.client);
}

} // namespace helloscope::diagnose
