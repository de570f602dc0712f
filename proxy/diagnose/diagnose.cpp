#include "helloscope/diagnose/diagnose.hpp"

#include "rules.hpp"

namespace helloscope::diagnose {
namespace {

// In the order in which a flow goes wrong: the first stage that failed explains the rest. Within a
// stage the rule that knows more comes first.
constexpr rule table[] = {
    rules::tls_to_plain_proxy,
    rules::client_silent,
    rules::dns_failure,
    rules::connect_refused,
    rules::connect_timeout,
    rules::host_unreachable,
    rules::parent_unreachable,
    rules::parent_tls,
    rules::parent_auth,
    rules::parent_refused,
    rules::parent_garbled,
    rules::parent_silent,
    rules::http_unanswered,
    rules::proxy_loop,
    rules::front_refused,
    rules::hello_incomplete,
    rules::alert_sent,
    rules::encrypted_alert,
    rules::not_tls,
    rules::reset_after_hello,
    rules::closed_after_hello,
    rules::hello_dropped,
    rules::server_flight_lost,
    rules::server_silent,
};

} // namespace

std::optional<verdict> diagnose(const facts& facts) {
    // What else such a flow looks like is the work of the fault.
    if (auto ours = rules::fault_injected(facts)) return ours;
    std::optional<verdict> primary;
    for (const auto look : table) {
        auto also = look(facts);
        if (!also) continue;
        if (primary) {
            primary->notes.push_back({std::move(also->id), std::move(also->summary)});
        } else {
            primary = std::move(also);
        }
    }
    return primary ? primary : rules::client_gave_up(facts);
}

} // namespace helloscope::diagnose
