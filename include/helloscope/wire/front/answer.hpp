// What we answer a client that asked by HTTP. Go shows its user the reason phrase and nothing else,
// so the phrase names the cause; machines find it in Proxy-Status (RFC 9209).
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/wire/front/request_head.hpp"

namespace helloscope::wire::front {

// The error types of RFC 9209 section 2.3 that we use.
enum class proxy_error : std::uint8_t {
    dns_timeout,
    dns_error,
    destination_not_found,
    destination_unavailable,
    destination_ip_prohibited,
    destination_ip_unroutable,
    connection_refused,
    connection_terminated,
    connection_timeout,
    connection_read_timeout,
    connection_limit_reached,
    tls_protocol_error,
    tls_certificate_error,
    tls_alert_received,
    http_request_error,
    http_request_denied,
    http_response_timeout,
    http_protocol_error,
    proxy_internal_error,
    proxy_configuration_error,
    proxy_loop_detected,
};
std::string_view to_string(proxy_error error); // the token
int recommended_status(proxy_error error);     // by the same section of the RFC

struct error_answer_spec {
    int status = 502;
    proxy_error error = proxy_error::proxy_internal_error;
    std::string cause;                     // one sentence; becomes reason phrase, details and body
    std::vector<header_field> more_fields; // say, Proxy-Authenticate; live until the call returns
};

inline constexpr std::size_t max_reason_size = 240;

// 200 without Content-Length or Transfer-Encoding, which RFC 9110 section 9.3.6 forbids here.
std::string connect_established();
// Nothing in the spec can break out of its line: what is not printable ASCII becomes a space or
// '?'.
std::string error_answer(const error_answer_spec& spec);
// To a ClientHello on the plain port, which otherwise hangs: the plaintext leads a search to the
// cause.
std::string tls_to_plain_answer(const host_port& listener);

} // namespace helloscope::wire::front
