#include "helloscope/wire/front/answer.hpp"

#include <array>
#include <fmt/format.h>

namespace helloscope::wire::front {
namespace {

struct error_type {
    proxy_error error;
    std::string_view token;
    int status;
};
constexpr std::array error_types{
    error_type{proxy_error::dns_timeout, "dns_timeout", 504},
    error_type{proxy_error::dns_error, "dns_error", 502},
    error_type{proxy_error::destination_not_found, "destination_not_found", 500},
    error_type{proxy_error::destination_unavailable, "destination_unavailable", 503},
    error_type{proxy_error::destination_ip_prohibited, "destination_ip_prohibited", 502},
    error_type{proxy_error::destination_ip_unroutable, "destination_ip_unroutable", 502},
    error_type{proxy_error::connection_refused, "connection_refused", 502},
    error_type{proxy_error::connection_terminated, "connection_terminated", 502},
    error_type{proxy_error::connection_timeout, "connection_timeout", 504},
    error_type{proxy_error::connection_read_timeout, "connection_read_timeout", 504},
    error_type{proxy_error::connection_limit_reached, "connection_limit_reached", 503},
    error_type{proxy_error::tls_protocol_error, "tls_protocol_error", 502},
    error_type{proxy_error::tls_certificate_error, "tls_certificate_error", 502},
    error_type{proxy_error::tls_alert_received, "tls_alert_received", 502},
    error_type{proxy_error::http_request_error, "http_request_error", 400},
    error_type{proxy_error::http_request_denied, "http_request_denied", 403},
    error_type{proxy_error::http_response_timeout, "http_response_timeout", 504},
    error_type{proxy_error::http_protocol_error, "http_protocol_error", 502},
    error_type{proxy_error::proxy_internal_error, "proxy_internal_error", 500},
    error_type{proxy_error::proxy_configuration_error, "proxy_configuration_error", 500},
    error_type{proxy_error::proxy_loop_detected, "proxy_loop_detected", 502},
};

constexpr bool rows_are_in_order() {
    for (std::size_t i = 0; i < error_types.size(); ++i)
        if (error_types[i].error != static_cast<proxy_error>(i)) return false;
    return true;
}
static_assert(rows_are_in_order());

const error_type& row(proxy_error error) { return error_types[static_cast<std::size_t>(error)]; }

std::string one_line(std::string_view text) {
    std::string line{text};
    for (auto& c : line) {
        if (c == '\r' || c == '\n' || c == '\t') c = ' ';
        if (c < 0x20 || c > 0x7e) c = '?';
    }
    return line;
}

// sf-string of RFC 8941 section 3.3.3; the text is printable ASCII already.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out += '"';
}

} // namespace

std::string_view to_string(proxy_error error) { return row(error).token; }
int recommended_status(proxy_error error) { return row(error).status; }

std::string connect_established() { return "HTTP/1.1 200 Connection established\r\n\r\n"; }

std::string error_answer(const error_answer_spec& spec) {
    const auto token = to_string(spec.error);
    const auto reason = one_line(
        spec.cause.empty() ? token : std::string_view(spec.cause).substr(0, max_reason_size));
    const auto body = fmt::format("helloscope: {}\n", reason);
    auto answer = fmt::format(
        "HTTP/1.1 {} {}\r\n"
        "Proxy-Status: helloscope; error={}; details={}\r\n",
        spec.status, reason, token, quoted(reason));
    for (const auto& field : spec.more_fields)
        answer += fmt::format("{}: {}\r\n", one_line(field.name), one_line(field.value));
    answer += fmt::format(
        "Content-Type: text/plain\r\n"
        "Content-Length: {}\r\n"
        "Connection: close\r\n"
        "\r\n{}",
        body.size(), body);
    return answer;
}

std::string tls_to_plain_answer(const host_port& listener) {
    error_answer_spec spec;
    spec.status = 400;
    spec.error = proxy_error::http_request_error;
    spec.cause = fmt::format(
        "this port speaks plain HTTP: set HTTPS_PROXY=http://{}", to_string(listener));
    return error_answer(spec);
}

} // namespace helloscope::wire::front
