// not-tls, not-tls:503: the client's TLS is answered in plain HTTP, as a port for http:// or a
// captive portal does, and the connection closes.
#include "answered.hpp"
#include "faults.hpp"

#include <fmt/format.h>

namespace helloscope::fault {
namespace {

std::string words_of_http(std::int64_t status) {
    constexpr std::string_view body = "The fault not-tls of helloscope answers for the server.\n";
    return fmt::format(
        "HTTP/1.1 {} {}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: "
        "close\r\n\r\n{}",
        status, status == 400 ? "Bad Request" : "Not TLS", body.size(), body);
}

class effect_of final : public answered {
  public:
    explicit effect_of(const making& from)
        : answered(
              from, to_bytes(as_bytes(words_of_http(from.value("status")))),
              fmt::format("answers with HTTP {}", from.value("status")), true) {}
};

constexpr parameter parameters[] = {{"status", unit::count, 200, 599, 400, true}};

} // namespace

constinit const kind faults::not_tls{
    "not-tls", "answers in plain HTTP", parameters, place::answer, make<effect_of>};

} // namespace helloscope::fault
