#include "helloscope/diagnose/diagnose.hpp"

#include "notes.hpp"
#include "rules.hpp"

#include <algorithm>

namespace helloscope::diagnose {
namespace {

// A symptom says what happened, a cause why: it takes the symptoms of its stage with it.
enum class kind : std::uint8_t { symptom, cause };
using enum kind;
using model::stage;

struct entry {
    rule look;
    stage at;
    kind says;
};

// In the order in which a flow goes wrong; within a stage the rule that knows more comes first.
constexpr entry table[] = {
    {rules::tls_to_plain_proxy, stage::front, cause},
    {rules::client_silent, stage::front, symptom},
    {rules::dns_failure, stage::resolve, symptom},
    {rules::dns_slow, stage::resolve, symptom},
    {rules::address_family_broken, stage::connect, cause},
    {rules::connect_refused, stage::connect, symptom},
    {rules::connect_timeout, stage::connect, symptom},
    {rules::host_unreachable, stage::connect, symptom},
    {rules::connect_slow, stage::connect, symptom},
    {rules::parent_unreachable, stage::parent, cause},
    {rules::parent_tls, stage::parent, cause},
    {rules::parent_auth, stage::parent, cause},
    {rules::parent_refused, stage::parent, cause},
    {rules::parent_garbled, stage::parent, cause},
    {rules::parent_silent, stage::parent, symptom},
    {rules::http_unanswered, stage::parent, symptom},
    {rules::proxy_loop, stage::parent, cause},
    {rules::front_refused, stage::parent, symptom},
    {rules::hello_incomplete, stage::hello, symptom},
    {rules::record_split_required, stage::server_flight, cause},
    {rules::split_intolerant, stage::server_flight, cause},
    {rules::mtu_black_hole_to_server, stage::server_flight, cause},
    {rules::tail_dropped_to_server, stage::server_flight, cause},
    {rules::mtu_black_hole_to_client, stage::server_flight, cause},
    {rules::retry_mishandled, stage::server_flight, cause},
    {rules::hello_content_refused, stage::server_flight, cause},
    {rules::hello_size_intolerant, stage::server_flight, cause},
    {rules::name_filtered, stage::server_flight, cause},
    {rules::address_broken, stage::server_flight, cause},
    {rules::intercepted, stage::server_flight, cause},
    {rules::alert_sent, stage::server_flight, symptom},
    {rules::encrypted_alert, stage::server_flight, symptom},
    {rules::left_at_certificate, stage::server_flight, symptom},
    {rules::not_tls, stage::server_flight, symptom},
    {rules::reset_after_hello, stage::server_flight, symptom},
    {rules::closed_after_hello, stage::server_flight, symptom},
    {rules::server_slow, stage::server_flight, cause},
    {rules::path_slow, stage::server_flight, cause},
    {rules::path_lossy, stage::server_flight, cause},
    {rules::hello_dropped, stage::server_flight, symptom},
    {rules::server_flight_stalled, stage::server_flight, symptom},
    {rules::server_silent, stage::server_flight, symptom},
    {rules::client_certificate_required, stage::data, symptom},
    {rules::certificate_unsaid, stage::data, cause},
    {rules::mtu_black_hole_in_data, stage::data, cause},
    {rules::stalled_in_data, stage::data, symptom},
    {rules::reset_in_data, stage::data, symptom},
};

struct ranked {
    finding what;
    stage at;
    kind says;
};

// The first stage that failed explains the rest. There a cause goes before a symptom and the surer
// before the less sure; what is equal keeps the order of the table.
bool before(const ranked& a, const ranked& b) {
    if (a.at != b.at) return a.at < b.at;
    if (a.says != b.says) return a.says == cause;
    return a.what.how_sure > b.what.how_sure;
}

// What was found beside the first: equals are said to be possible, too, the rest becomes notes.
void join(verdict& primary, const ranked& first, ranked& other) {
    if (other.at == first.at && first.says == cause) {
        if (other.says == symptom) return;
        if (other.what.how_sure == primary.how_sure && primary.how_sure != certainty::confirmed)
            may_be(primary, other.what.id);
    }
    primary.notes.push_back({std::move(other.what.id), std::move(other.what.summary)});
}

} // namespace

std::optional<verdict> diagnose(const facts& facts) {
    // What else such a flow looks like is the work of the fault.
    if (auto ours = rules::fault_injected(facts)) return ours;
    std::vector<ranked> all;
    for (const auto& [look, at, says] : table)
        if (auto one = look(facts)) all.push_back({std::move(*one), at, says});
    if (all.empty())
        if (auto left = rules::client_gave_up(facts))
            all.push_back({std::move(*left), stage::close, symptom});
    if (all.empty()) return std::nullopt;
    std::ranges::stable_sort(all, before);
    auto primary = all.front().what;
    for (auto& other : std::span(all).subspan(1)) join(primary, all.front(), other);
    std::erase(primary.others, primary.id);
    for (auto& note : notes_of(facts)) primary.notes.push_back(std::move(note));
    return primary;
}

} // namespace helloscope::diagnose
