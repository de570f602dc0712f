// Whether what a server has sent so far may be its whole answer to a ClientHello, so that nothing
// more is to be expected before the client speaks. Bytes in, one word out: it knows no time.
//
// Up to TLS 1.2 messages are in the clear: a flight ends with ServerHelloDone or, where a session
// is resumed, with the encrypted Finished behind a ChangeCipherSpec (RFC 5246 section 7.3). An
// alert that ends the connection and a HelloRetryRequest are whole by themselves, and so is what is
// no TLS: nobody here knows how that goes on.
//
// A TLS 1.3 ServerHello is never the end (RFC 8446 section 2): EncryptedExtensions and Finished
// follow, and a chain unless a PSK was taken. They are encrypted, so their end can only be guessed
// from lengths. What is assumed: a flight ends where a record ends, and is no shorter than the
// shortest messages that its key exchange allows. A last record that holds just a Finished, as
// servers write it that give each message a record of its own, is taken for the end; without it
// (messages written together, padded records) the answer is `possible`: ask whether the kernel
// misses bytes.
#pragma once

#include "helloscope/wire/tls/alert.hpp"
#include "helloscope/wire/tls/handshake_assembler.hpp"
#include "helloscope/wire/tls/record_walker.hpp"

namespace helloscope::wire::tls {

enum class flight : std::uint8_t {
    nothing,  // no byte yet
    begun,    // more must come
    possible, // nothing contradicts it
    whole,
};

// The observer of a flow reads the same bytes and tells what they are: here nothing is kept of
// them.
class flight_reader {
  public:
    // The next bytes of the server, cut as they may be.
    void feed(bytes_view from_server);
    flight state() const;
    // An alert that ends the connection was in it, in the clear.
    const std::optional<alert>& complaint() const { return complaint_; }

  private:
    static constexpr std::size_t longest_read = 16 * 1024; // of a message; a chain may be longer

    void take(const piece& now);
    void read_handshake(bytes_view body);
    void read_server_hello(bytes_view body);
    void read_alert(bytes_view body);
    void hide(const record_header& header);

    bool not_tls() const;
    bool between_records() const;
    flight judge_encrypted() const;

    record_walker walker_;
    handshake_assembler messages_{longest_read};
    std::optional<std::uint8_t> alert_level_; // of an alert cut in two
    std::uint64_t size_ = 0;
    bool change_cipher_spec_ = false;
    bool ended_ = false;              // by a message or an alert: nothing after it takes that back
    bool tls13_ = false;              // a ServerHello said so; a HelloRetryRequest does not count
    bool with_psk_ = false;           // and resumes
    std::uint32_t finished_size_ = 0; // with its handshake header
    std::uint32_t last_hidden_ = 0;   // plaintext of the last encrypted record
    std::uint64_t hidden_total_ = 0;  // and of all
    std::optional<alert> complaint_;
};

// The same of all bytes at once.
flight flight_of(bytes_view from_server);

} // namespace helloscope::wire::tls
