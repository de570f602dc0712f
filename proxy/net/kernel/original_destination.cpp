#include "helloscope/net/kernel/original_destination.hpp"

#include "helloscope/net/asio.hpp"

#include <fmt/format.h>

namespace helloscope::net {

namespace {

// From <linux/netfilter_ipv4.h> and <linux/netfilter_ipv6/ip6_tables.h>, which clash with glibc's
// <netinet/in.h>; the number is the same.
constexpr int so_original_dst = 80;

} // namespace

result<endpoint> original_destination(int socket) {
    int domain = AF_UNSPEC;
    socklen_t size = sizeof domain;
    tcp::endpoint found;
    auto room = static_cast<socklen_t>(found.capacity());
    const bool asked = ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
                       ::getsockopt(
                           socket, domain == AF_INET6 ? SOL_IPV6 : SOL_IP, so_original_dst,
                           found.data(), &room) == 0;
    if (asked) return from_asio(found);
    const error_code why(errno, boost::system::system_category());
    return std::unexpected(failure{fmt::format(
        "the kernel knows no original destination ({}): was the connection redirected by nft, in "
        "this network namespace?",
        error_name(why))});
}

} // namespace helloscope::net
