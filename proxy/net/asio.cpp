#include "helloscope/net/asio.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace helloscope::net {

endpoint from_asio(const tcp::endpoint& from) {
    endpoint to{{}, from.port()};
    const auto copy = [&](const auto& octets) {
        std::copy(octets.begin(), octets.end(), to.address.octets.begin());
    };
    to.address.v6 = from.address().is_v6();
    if (to.address.v6)
        copy(from.address().to_v6().to_bytes());
    else
        copy(from.address().to_v4().to_bytes());
    return to;
}

tcp::endpoint to_asio(const endpoint& from) {
    const auto& octets = from.address.octets;
    if (from.address.v6) return {asio::ip::address_v6(octets), from.port};
    return {asio::ip::address_v4({octets[0], octets[1], octets[2], octets[3]}), from.port};
}

std::string error_name(const error_code& error) {
    if (error.category() == boost::system::system_category())
        if (const auto* name = ::strerrorname_np(error.value())) return name;
    return fmt::format("{}:{}", error.category().name(), error.value());
}

} // namespace helloscope::net
