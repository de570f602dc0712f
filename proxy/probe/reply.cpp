#include "reply.hpp"

#include "helloscope/wire/tls/names.hpp"

#include <fmt/format.h>

namespace helloscope::probe {

using namespace wire::tls;

namespace {

std::string code(std::string_view name, unsigned number) {
    return name.empty() ? fmt::format("0x{:04x}", number) : std::string(name);
}

} // namespace

void reply::feed(bytes_view from_server) {
    size_ += from_server.size();
    flight_.feed(from_server);
    if (!lost_) talk_.feed(direction::to_client, from_server, *this);
}

std::string_view reply::outcome() const {
    if (lost_) return "not-tls";
    return flight_.complaint() ? "alert" : "answered";
}

std::string reply::detail() const {
    if (const auto& said = flight_.complaint()) {
        const auto name = alert_name(said->description);
        return name.empty() ? fmt::format("alert {}", said->description) : std::string(name);
    }
    return chose_;
}

void reply::on_handshake(direction, handshake_message&& message) {
    const auto* hello = std::get_if<server_hello>(&message.content);
    if (hello == nullptr) return;
    chose_ = hello->hello_retry_request ? "HelloRetryRequest"
                                        : code(version_name(hello->version), hello->version);
    if (hello->group) chose_ += ", " + code(group_name(*hello->group), *hello->group);
}

void reply::on_lost(direction, const lost_at&) { lost_ = true; }

} // namespace helloscope::probe
