// The TLS test server behind `helloscope serve`: HTTP/1.1 over TLS, with chains, versions, ciphers
// and record sizes as asked. Not a web server: it exists to be the far end of a test.
//   GET /  /bytes/N  /slow/MS  /close  /files/PATH    POST|PUT /echo  /upload
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/base/result.hpp"
#include "helloscope/base/time.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace helloscope::origin {

struct tls_options {
    std::string chain;                  // PEM, the leaf first
    std::string key;                    // PEM, of the leaf
    std::uint16_t min_version = 0x0303; // as on the wire: 0x0301 is TLS 1.0
    std::uint16_t max_version = 0x0304; // below 1.2 also lowers OpenSSL's security level to 0
    std::string ciphers;                // OpenSSL's names, "TLS_…" for 1.3; empty: its default
    std::vector<std::string> alpn{"http/1.1"}; // empty: the extension is not answered
    std::size_t record_size = 16384;           // most plaintext in a record we send, 512 to 16384
};

struct options {
    endpoint listen{{false, {127, 0, 0, 1}}, 0};
    tls_options tls;
    std::filesystem::path files;    // served under /files/; empty: 404
    std::size_t connections = 4096; // at one time; more are closed at once
    duration handshake_deadline = std::chrono::seconds(30);
    duration idle_deadline = std::chrono::seconds(60); // without progress in a read or a write
    std::function<void(const std::string&)>
        log; // a line an event, on the server's thread; may be empty
};

struct counters {
    std::uint64_t connections = 0;
    std::uint64_t handshakes = 0;
    std::uint64_t handshake_failures = 0;
    std::uint64_t requests = 0;
};

// Runs on a thread of its own from start() to stop() or destruction.
class server {
  public:
    static result<server> start(options options);
    server(server&&) noexcept;
    ~server();

    endpoint address() const; // with the port that was chosen for 0
    std::uint16_t port() const { return address().port; }
    counters so_far() const;
    void stop(); // cuts what is open, and returns when the thread has ended

  private:
    struct running;
    explicit server(std::unique_ptr<running> state);
    std::unique_ptr<running> running_;
};

} // namespace helloscope::origin
