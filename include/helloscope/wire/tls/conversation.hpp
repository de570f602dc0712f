// Reads along with one flow in both directions: records, the handshake messages in the clear,
// alerts, and the point where each direction turns encrypted. It judges nothing and keeps no
// history; what it sees goes to the sink at once.
#pragma once

#include "helloscope/base/direction.hpp"
#include "helloscope/wire/tls/alert.hpp"
#include "helloscope/wire/tls/certificate.hpp"
#include "helloscope/wire/tls/client_hello.hpp"
#include "helloscope/wire/tls/handshake_assembler.hpp"
#include "helloscope/wire/tls/record_walker.hpp"
#include "helloscope/wire/tls/server_hello.hpp"

#include <variant>

namespace helloscope::wire::tls {

struct other_message {}; // a message that is not looked into, or was longer than the limit

// A handshake message in the clear. Its views (`raw.body`, a certificate chain) end with the call;
// the parsed content is the sink's to take.
struct handshake_message {
    assembled_message raw;
    std::variant<other_message, client_hello, server_hello, certificate, parse_error> content;
};

// `clear`: the body is readable. Every piece comes before its record; a skipped one has no body.
struct conversation_sink {
    virtual ~conversation_sink() = default;
    virtual void on_piece(direction, const piece&, bool /*clear*/) {}
    // The record that began at `offset` is complete.
    virtual void on_record(
        direction, const record_header&, std::uint64_t /*offset*/, bool /*clear*/) {}
    virtual void on_handshake(direction, handshake_message&&) {}
    virtual void on_alert(direction, alert) {}
    virtual void on_lost(direction, const lost_at&) {} // once a direction; nothing follows there
};

class conversation {
  public:
    // Reports all of `input`, cut as it may be. Allocates nothing in an encrypted direction.
    void feed(direction way, bytes_view input, conversation_sink& sink);

    // `n` body bytes went by unseen, n <= walker(way).remaining().
    void skip(direction way, std::uint64_t n, conversation_sink& sink);

    // What the ServerHello or HelloRetryRequest chose.
    std::optional<std::uint16_t> version() const { return version_; }
    bool started(direction way) const { return side(way).walker.started(); }
    // Every record from here on is encrypted, but for the alerts and CCS that TLS 1.3 leaves clear.
    bool encrypted(direction way) const;
    // A record, or an SSLv2 ClientHello, was seen in either direction.
    bool looks_like_tls() const;

    const record_walker& walker(direction way) const { return side(way).walker; }
    // The handshake message in the clear that has begun and not ended in this direction.
    std::optional<partial_message> partial(direction way) const {
        return side(way).assembler.partial();
    }

  private:
    struct side_state {
        record_walker walker;
        handshake_assembler assembler;
        std::optional<std::uint8_t> alert_level; // of an alert cut in two
        bool change_cipher_spec = false;
        bool lost = false; // reported
    };

    side_state& side(direction way) { return sides_[index_of(way)]; }
    const side_state& side(direction way) const { return sides_[index_of(way)]; }
    bool clear(const side_state& side, const record_header& header) const;
    void take(direction way, const piece& piece, conversation_sink& sink);
    void read_handshake(direction way, bytes_view body, conversation_sink& sink);
    void read_alerts(direction way, bytes_view body, conversation_sink& sink);

    std::array<side_state, 2> sides_;
    std::optional<std::uint16_t> version_;
    bool server_hello_seen_ = false; // a HelloRetryRequest is not one
};

} // namespace helloscope::wire::tls
