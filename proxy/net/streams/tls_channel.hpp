// One TLS connection over a stream, without any waiting: OpenSSL's calls as moved bytes and error
// codes. What a call that would block needs before it is worth repeating is remembered for each
// way.
#pragma once

#include "helloscope/net/streams/stream.hpp"

#include <memory>
#include <openssl/ssl.h>

namespace helloscope::net {

enum class tls_needs : std::uint8_t { nothing, readable, writable }; // of the stream under it

class tls_channel {
  public:
    // Of `early` OpenSSL reads first. The caller says which side we are.
    tls_channel(std::unique_ptr<stream> under, SSL_CTX* context, bytes early);
    tls_channel(const tls_channel&) = delete;
    tls_channel& operator=(const tls_channel&) = delete;

    stream& under() { return *under_; }
    SSL* native() { return tls_.get(); }

    // Errors: would_block, eof, what the stream under it said, or EPROTO.
    error_code shake_hands();
    moved read(std::span<std::uint8_t> into);
    moved write(bytes_view from);
    error_code peek();        // nothing: there is something to read
    error_code say_goodbye(); // sends close_notify; would_block: again

    // OpenSSL's first reason for the last error, the cause of what followed; 0: it had none.
    unsigned long reason() const { return reason_; }
    tls_needs read_needs() const { return read_needs_; }
    tls_needs write_needs() const { return write_needs_; }

  private:
    friend struct tls_channel_bio;

    template <class F> error_code run(tls_needs& needs, F call);
    moved take(std::span<std::uint8_t> into); // from `early`, then from the stream

    struct freed {
        void operator()(SSL* tls) const { SSL_free(tls); }
    };
    std::unique_ptr<stream> under_;
    bytes early_;
    std::size_t taken_ = 0; // of `early_`
    error_code broken_;     // what the stream said in the current call, if it failed
    error_code read_end_;   // once reached, for ever
    unsigned long reason_ = 0;
    tls_needs read_needs_{}, write_needs_{};
    std::unique_ptr<SSL, freed> tls_; // gone before the stream that it writes to
};

} // namespace helloscope::net
