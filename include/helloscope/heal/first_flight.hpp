// The copy of a client's first flight that further attempts are made with. Only one thing is ever
// sent twice: a whole ClientHello without early data, with nothing behind it. A server may act on
// early data each time that it gets it (RFC 8446 section 8); a hello does nothing.
#pragma once

#include "helloscope/wire/tls/handshake_assembler.hpp"
#include "helloscope/wire/tls/record_walker.hpp"

namespace helloscope::heal {

class first_flight {
  public:
    static constexpr std::size_t most = 32 * 1024; // bytes of a hello that is kept

    enum class state : std::uint8_t {
        growing,      // no whole ClientHello yet
        whole,        // may be sent once more
        unrepeatable, // no TLS, early data, more than a hello, or too long: nothing is kept
    };

    // What the client sent, in order, cut as it may be. It is kept, and read when somebody asks: of
    // a flow in good health nobody does.
    void feed(bytes_view from_client);
    state is();

    bytes_view sent() const { return copy_; }                    // all so far
    std::uint32_t message_size() const { return message_size_; } // of the ClientHello that is whole

  private:
    void read(bytes_view body);
    state judge() const;
    state drop();

    wire::tls::record_walker walker_;
    wire::tls::handshake_assembler messages_;
    bytes copy_;
    std::size_t read_ = 0; // of that
    std::uint32_t message_size_ = 0;
    bool other_ = false; // something that is no ClientHello, or one with early data
    state state_ = state::growing;
};

} // namespace helloscope::heal
