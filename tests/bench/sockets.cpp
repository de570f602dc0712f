#include "sockets.hpp"

#include "broken.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace bench {

namespace {

constexpr int backlog = 4096;

int new_socket() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) fail("socket: {}", error_text());
    return socket;
}

void set(int socket, int level, int option) {
    const int on = 1;
    if (setsockopt(socket, level, option, &on, sizeof on) != 0) fail("{}", error_text());
}

const sockaddr* generic(const sockaddr_in& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

} // namespace

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
        fail("{}: an IPv4 address is needed", host);
    return address;
}

int listen_on(std::uint16_t port) {
    const int socket = new_socket();
    set(socket, SOL_SOCKET, SO_REUSEADDR);
    set(socket, IPPROTO_TCP, TCP_NODELAY); // what it accepts inherits this
    const auto address = address_of("127.0.0.1", port);
    if (bind(socket, generic(address), sizeof address) != 0 || listen(socket, backlog) != 0)
        fail("listening on 127.0.0.1:{}: {}", port, error_text());
    return socket;
}

int connect_to(const sockaddr_in& target) {
    const int socket = new_socket();
    set(socket, IPPROTO_TCP, TCP_NODELAY);
    if (connect(socket, generic(target), sizeof target) != 0 && errno != EINPROGRESS)
        fail("connecting to port {}: {}", ntohs(target.sin_port), error_text());
    return socket;
}

int accept_from(int listener) {
    const int socket = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0 && errno != EAGAIN && errno != ECONNABORTED) fail("accept: {}", error_text());
    return socket;
}

std::uint16_t port_of(int socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail("getsockname: {}", error_text());
    return ntohs(address.sin_port);
}

void make_blocking(int socket) {
    if (fcntl(socket, F_SETFL, 0) != 0) fail("fcntl: {}", error_text());
}

} // namespace bench
