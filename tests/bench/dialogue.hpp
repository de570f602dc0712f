// What client and server say to each other before bulk data: a real TLS 1.3 handshake as
// tests/data/tls has it, encrypted parts as zeros. Both ends know every size beforehand.
#pragma once

#include "options.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

enum class side { client, server };

// What one end sends before the other goes on.
struct message {
    side from{};
    std::string bytes;
};

// Begins with the client's hello; sides take turns.
using dialogue = std::vector<message>;

// A tunnel's number is written into the hello's random, where our server finds it.
constexpr std::size_t number_at = 11;
constexpr std::size_t number_size = 4;
void write_number(std::string& hello, std::uint32_t number);
std::uint32_t read_number(const char* hello);

// curl's hello (517 bytes), an OpenSSL server's flight (1,574), the client's Finished (80).
// Plain: the same sizes, and nothing that looks like TLS.
dialogue handshake(content);
// flight: the hello and the server's flight alone. request: then Finished and a small request in
// one write (122 bytes), tickets, an answer of 5 KiB and close_notify in one write (5,765).
dialogue exchanged(exchange, content);

struct sent_record {
    std::uint8_t type;
    std::uint16_t length;
};
// The records of a message, by their headers.
std::vector<sent_record> records_in(const std::string& bytes);

} // namespace bench
