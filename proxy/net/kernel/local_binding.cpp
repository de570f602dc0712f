#include "helloscope/net/kernel/local_binding.hpp"

#include <fmt/format.h>
#include <netinet/in.h>

namespace helloscope::net {

namespace {

error_code outcome(int returned) {
    return returned == 0 ? error_code() : error_code(errno, boost::system::system_category());
}

error_code leave_by(int socket, const std::string& interface) {
    return outcome(::setsockopt(
        socket, SOL_SOCKET, SO_BINDTODEVICE, interface.data(),
        static_cast<socklen_t>(interface.size())));
}

error_code leave_from(tcp::socket& socket, const ip_address& source) {
    const auto from = to_asio(endpoint{source, 0});
    error_code error;
    if (socket.local_endpoint(error).protocol() != from.protocol())
        return asio::error::address_family_not_supported;
    // The port is chosen at connect, when the whole 4-tuple is known: else one source has 28,000
    // connections at most, whatever their targets. A kernel without it chooses now.
    const int on = 1;
    ::setsockopt(socket.native_handle(), SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    socket.bind(from, error);
    return error;
}

binding_failure failed(std::string_view flag, std::string_view value, const error_code& error) {
    return {error, fmt::format("{} {}: {}", flag, value, error_name(error))};
}

} // namespace

binding_failure bind_locally(tcp::socket& socket, const local_binding& to) {
    if (!to.interface.empty())
        if (const auto error = leave_by(socket.native_handle(), to.interface))
            return failed("--interface", to.interface, error);
    if (to.source)
        if (const auto error = leave_from(socket, *to.source))
            return failed("--source", to_string(*to.source), error);
    return {};
}

} // namespace helloscope::net
