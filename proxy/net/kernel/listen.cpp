#include "helloscope/net/kernel/listen.hpp"

#include "helloscope/net/kernel/segments.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace helloscope::net {

namespace {

using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

struct listening {
    endpoint address;
    listen_kind kind;
    std::string_view flag;
    std::optional<std::uint32_t> mss;
};

failure cannot_listen(const listening& wanted, const error_code& error) {
    const auto& [address, kind, flag, mss] = wanted;
    auto why = error.message();
    auto what_to_do = fmt::format("choose another address with {}", flag);
    if (error == asio::error::address_in_use) {
        const auto owner = owner_of_port(address);
        why = owner.empty() ? "the port is in use" : fmt::format("the port is in use by {}", owner);
        what_to_do = fmt::format(
            "stop it, or choose another port with {} (port 0 picks a free one)", flag);
    } else if (error == asio::error::access_denied) {
        why = "permission denied";
        what_to_do = fmt::format("ports below 1024 need rights; choose another with {}", flag);
    } else if (error == asio::error::no_permission && kind == listen_kind::transparent) {
        why = "a transparent socket needs CAP_NET_ADMIN";
        what_to_do = "run helloscope as root, or give the program that right with setcap";
    } else if (error == asio::error::invalid_argument && mss) {
        why = fmt::format("this kernel takes no MSS of {}", *mss);
        what_to_do = "choose another one with --client-mss";
    }
    return {fmt::format("cannot listen on {}: {}: {}", to_string(address), why, what_to_do)};
}

error_code take_any_address(tcp::acceptor& acceptor, bool v6) {
    const int on = 1;
    const int taken = ::setsockopt(
        acceptor.native_handle(), v6 ? SOL_IPV6 : SOL_IP, v6 ? IPV6_TRANSPARENT : IP_TRANSPARENT,
        &on, sizeof on);
    return taken == 0 ? error_code() : error_code(errno, boost::system::system_category());
}

error_code open(
    tcp::acceptor& acceptor, const tcp::endpoint& at, const listening& wanted, bool shared) {
    error_code error;
    acceptor.open(at.protocol(), error);
    // Or a daemon that our command starts would keep the port when we are gone.
    if (!error) ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && at.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
    if (!error && wanted.kind == listen_kind::transparent)
        error = take_any_address(acceptor, at.address().is_v6());
    if (!error && wanted.mss) error = limit_segments(acceptor.native_handle(), *wanted.mss);
    if (!error && shared) acceptor.set_option(reuse_port(true), error);
    if (!error) acceptor.bind(at, error);
    if (!error && shared) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    return error;
}

// The inode of the socket that listens on the port, from /proc/net/tcp{,6}.
std::string inode_of_listener(std::uint16_t port, const char* table) {
    const auto suffix = fmt::format(":{:04X}", port);
    std::ifstream lines(table);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream columns(line);
        std::string slot, local, remote, state, skip, inode;
        columns >> slot >> local >> remote >> state >> skip >> skip >> skip >> skip >> skip >>
            inode;
        if (state == "0A" && local.ends_with(suffix)) return inode;
    }
    return {};
}

bool holds_socket(const std::filesystem::path& process, const std::string& link) {
    std::error_code ignored;
    for (std::filesystem::directory_iterator fd(process / "fd", ignored), end; fd != end;
         fd.increment(ignored)) {
        if (std::filesystem::read_symlink(fd->path(), ignored) == link) return true;
        if (ignored) ignored.clear();
    }
    return false;
}

} // namespace

result<std::vector<tcp::acceptor>> listen(
    std::span<asio::io_context* const> contexts, const endpoint& address, listen_kind kind,
    std::string_view flag, std::optional<std::uint32_t> mss) {
    const listening wanted{address, kind, flag, mss};
    // Not on a context that runs: its thread may be looking at the socket just when it is closed
    // here, and the kernel keeps the port until it has looked away.
    asio::io_context aside;
    tcp::acceptor probe(aside);
    auto at = to_asio(address);
    if (const auto error = open(probe, at, wanted, false))
        return std::unexpected(cannot_listen(wanted, error));
    // A bound socket does not yet refuse another bind: only one that listens does.
    error_code error;
    probe.listen(1, error);
    if (error) return std::unexpected(cannot_listen(wanted, error));
    at = probe.local_endpoint();
    probe.close(error);

    std::vector<tcp::acceptor> acceptors;
    for (auto* context : contexts) {
        auto& acceptor = acceptors.emplace_back(*context);
        if (const auto failed = open(acceptor, at, wanted, true))
            return std::unexpected(cannot_listen(wanted, failed));
    }
    return acceptors;
}

std::string owner_of_port(const endpoint& address) {
    auto inode = inode_of_listener(address.port, "/proc/net/tcp");
    if (inode.empty()) inode = inode_of_listener(address.port, "/proc/net/tcp6");
    if (inode.empty()) return {};
    const auto link = fmt::format("socket:[{}]", inode);
    std::error_code ignored;
    for (std::filesystem::directory_iterator process("/proc", ignored), end; process != end;
         process.increment(ignored)) {
        const auto pid = process->path().filename().string();
        if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
        if (!holds_socket(process->path(), link)) continue;
        std::string name;
        std::getline(std::ifstream(process->path() / "comm"), name);
        return fmt::format("{} (pid {})", name, pid);
    }
    return {};
}

} // namespace helloscope::net
