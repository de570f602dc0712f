// What a server says to a hello of ours, as it comes: whether that is an answer, and which.
#pragma once

#include "helloscope/wire/tls/conversation.hpp"
#include "helloscope/wire/tls/flight.hpp"

namespace helloscope::probe {

class reply final : private wire::tls::conversation_sink {
  public:
    void feed(bytes_view from_server);
    wire::tls::flight state() const { return flight_.state(); }
    std::uint64_t size() const { return size_; }

    // Of a reply that is whole, or as whole as it gets: "answered", "alert" or "not-tls".
    std::string_view outcome() const;
    // "TLS 1.3, X25519MLKEM768", "handshake_failure", "http".
    std::string detail() const;

  private:
    void on_handshake(direction, wire::tls::handshake_message&& message) override;
    void on_lost(direction, const wire::tls::lost_at& at) override;

    wire::tls::flight_reader flight_;
    wire::tls::conversation talk_;
    std::uint64_t size_ = 0;
    bool lost_ = false;
    std::string chose_; // the server, in its hello
};

} // namespace helloscope::probe
