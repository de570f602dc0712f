// An answer before it is sent: a head, and a body that is produced piece by piece.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/time.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>

namespace helloscope::origin {

class body_source {
  public:
    virtual ~body_source() = default;
    virtual std::size_t read(std::span<std::uint8_t> into) = 0; // 0: the end
};

enum class ending {
    keep_alive,
    close, // Connection: close, then close_notify
    cut,   // Connection: close, then FIN without close_notify
};

struct reply {
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string allow;                   // the methods, with 405
    std::optional<std::uint64_t> length; // empty: chunked
    std::unique_ptr<body_source> body;
    std::size_t write_size = 65536; // of each write to TLS
    duration delay{0};
    ending after = ending::keep_alive;
};

reply text_reply(unsigned status, std::string text);

struct head_options {
    bool http_1_0 = false;   // knows no chunks: the body then ends with the connection
    bool keep_alive = false; // what the client allows
};
bool keeps_alive(const reply& reply, head_options options);
bool is_chunked(const reply& reply, head_options options);
std::string head_text(const reply& reply, head_options options);
std::string chunk_head(std::size_t size); // "1f40\r\n"; what follows a chunk is "\r\n"

} // namespace helloscope::origin
