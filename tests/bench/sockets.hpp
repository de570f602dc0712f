// Non-blocking TCP sockets on loopback; what goes wrong at once throws `broken`.
#pragma once

#include <cstdint>
#include <string>

#include <netinet/in.h>

namespace bench {

// HOST is an IPv4 address.
sockaddr_in address_of(const std::string& host, std::uint16_t port);
// Listens on 127.0.0.1; port 0 picks a free one.
int listen_on(std::uint16_t port);
// The connection may still be pending: writing says so.
int connect_to(const sockaddr_in& target);
// The next connection that waits, or -1.
int accept_from(int listener);
std::uint16_t port_of(int socket);
void make_blocking(int socket);

} // namespace bench
