#include "helloscope/net/kernel/icmp_error.hpp"

#include "helloscope/base/endpoint.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace helloscope::net {

namespace {

ip_address address_of(const sockaddr& from) {
    ip_address address;
    address.v6 = from.sa_family == AF_INET6;
    const auto* octets = address.v6
                             ? reinterpret_cast<const sockaddr_in6&>(from).sin6_addr.s6_addr
                             : reinterpret_cast<const std::uint8_t*>(
                                   &reinterpret_cast<const sockaddr_in&>(from).sin_addr.s_addr);
    std::copy_n(octets, address.v6 ? 16 : 4, address.octets.begin());
    return address;
}

void receive_errors(int socket, bool v6, int on) {
    const auto level = v6 ? SOL_IPV6 : SOL_IP;
    ::setsockopt(socket, level, v6 ? IPV6_RECVERR : IP_RECVERR, &on, sizeof on);
}

} // namespace

void ask_for_icmp_errors(int socket, bool v6) { receive_errors(socket, v6, 1); }
void ignore_icmp_errors(int socket, bool v6) { receive_errors(socket, v6, 0); }

std::string icmp_error_source(int socket) {
    std::array<char, 512> control;
    msghdr message{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return {};
    for (auto* entry = CMSG_FIRSTHDR(&message); entry != nullptr;
         entry = CMSG_NXTHDR(&message, entry)) {
        const bool v4 = entry->cmsg_level == SOL_IP && entry->cmsg_type == IP_RECVERR;
        const bool v6 = entry->cmsg_level == SOL_IPV6 && entry->cmsg_type == IPV6_RECVERR;
        if (!v4 && !v6) continue;
        const auto& error = *reinterpret_cast<const sock_extended_err*>(CMSG_DATA(entry));
        if (error.ee_origin != SO_EE_ORIGIN_ICMP && error.ee_origin != SO_EE_ORIGIN_ICMP6) continue;
        const auto& from = *reinterpret_cast<const sockaddr*>(SO_EE_OFFENDER(&error));
        if (from.sa_family == AF_UNSPEC) continue;
        return fmt::format(
            "{} (ICMP type {} code {})", to_string(address_of(from)), unsigned{error.ee_type},
            unsigned{error.ee_code});
    }
    return {};
}

} // namespace helloscope::net
