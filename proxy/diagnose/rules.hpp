// Every rule, one a file in rules/. The table in diagnose.cpp orders them.
#pragma once

#include "rule.hpp"

namespace helloscope::diagnose::rules {

// front
std::optional<finding> fault_injected(const facts& f);
std::optional<finding> tls_to_plain_proxy(const facts& f);
std::optional<finding> client_silent(const facts& f);
std::optional<finding> proxy_loop(const facts& f);
std::optional<finding> front_refused(const facts& f);
// resolve, connect
std::optional<finding> dns_failure(const facts& f);
std::optional<finding> dns_slow(const facts& f);
std::optional<finding> connect_refused(const facts& f);
std::optional<finding> connect_timeout(const facts& f);
std::optional<finding> host_unreachable(const facts& f);
std::optional<finding> address_family_broken(const facts& f);
std::optional<finding> connect_slow(const facts& f);
// parent
std::optional<finding> parent_unreachable(const facts& f);
std::optional<finding> parent_tls(const facts& f);
std::optional<finding> parent_auth(const facts& f);
std::optional<finding> parent_refused(const facts& f);
std::optional<finding> parent_garbled(const facts& f);
std::optional<finding> parent_silent(const facts& f);
std::optional<finding> http_unanswered(const facts& f);
// hello
std::optional<finding> hello_incomplete(const facts& f);
std::optional<finding> record_split_required(const facts& f);
std::optional<finding> split_intolerant(const facts& f);
std::optional<finding> mtu_black_hole_to_server(const facts& f);
std::optional<finding> tail_dropped_to_server(const facts& f);
std::optional<finding> hello_size_intolerant(const facts& f);
std::optional<finding> hello_content_refused(const facts& f);
std::optional<finding> name_filtered(const facts& f);
std::optional<finding> address_broken(const facts& f);
std::optional<finding> not_tls(const facts& f);
std::optional<finding> reset_after_hello(const facts& f);
std::optional<finding> closed_after_hello(const facts& f);
std::optional<finding> hello_dropped(const facts& f);
std::optional<finding> server_silent(const facts& f);
// server flight, client finish
std::optional<finding> retry_mishandled(const facts& f);
std::optional<finding> alert_sent(const facts& f);
std::optional<finding> mtu_black_hole_to_client(const facts& f);
std::optional<finding> server_slow(const facts& f);
std::optional<finding> server_flight_stalled(const facts& f);
std::optional<finding> intercepted(const facts& f);
std::optional<finding> encrypted_alert(const facts& f);
std::optional<finding> left_at_certificate(const facts& f);
std::optional<finding> client_certificate_required(const facts& f);
std::optional<finding> certificate_unsaid(const facts& f);
// path
std::optional<finding> path_slow(const facts& f);
std::optional<finding> path_lossy(const facts& f);
// data
std::optional<finding> mtu_black_hole_in_data(const facts& f);
std::optional<finding> stalled_in_data(const facts& f);
std::optional<finding> reset_in_data(const facts& f);

// When nothing explains it.
std::optional<finding> client_gave_up(const facts& f);

} // namespace helloscope::diagnose::rules
