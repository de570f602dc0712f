// Every rule, one a file in rules/. The table in diagnose.cpp orders them.
#pragma once

#include "rule.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> fault_injected(const facts& f);
std::optional<finding> tls_to_plain_proxy(const facts& f);
std::optional<finding> client_silent(const facts& f);
std::optional<finding> http_unanswered(const facts& f);
std::optional<finding> proxy_loop(const facts& f);
std::optional<finding> front_refused(const facts& f);
std::optional<finding> dns_failure(const facts& f);
std::optional<finding> connect_refused(const facts& f);
std::optional<finding> connect_timeout(const facts& f);
std::optional<finding> host_unreachable(const facts& f);
std::optional<finding> parent_unreachable(const facts& f);
std::optional<finding> parent_tls(const facts& f);
std::optional<finding> parent_auth(const facts& f);
std::optional<finding> parent_refused(const facts& f);
std::optional<finding> parent_garbled(const facts& f);
std::optional<finding> parent_silent(const facts& f);
std::optional<finding> hello_incomplete(const facts& f);
std::optional<finding> not_tls(const facts& f);
std::optional<finding> alert_sent(const facts& f);
std::optional<finding> encrypted_alert(const facts& f);
std::optional<finding> reset_after_hello(const facts& f);
std::optional<finding> closed_after_hello(const facts& f);
std::optional<finding> hello_dropped(const facts& f);
std::optional<finding> server_flight_lost(const facts& f);
std::optional<finding> server_silent(const facts& f);
std::optional<finding> client_gave_up(const facts& f);

} // namespace helloscope::diagnose::rules
