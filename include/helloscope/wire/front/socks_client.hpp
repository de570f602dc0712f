// What we ask a SOCKS5 parent (RFC 1928), with or without a login (RFC 1929), and what it answers.
// A dialogue without a socket: bytes come in, bytes to send go out.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/endpoint.hpp"
#include "helloscope/wire/front/credentials.hpp"

#include <optional>

namespace helloscope::wire::front {

class socks_client {
  public:
    // A target that is a literal goes out as an address, any other as a name for the parent to
    // resolve. `via`: whom the request came through and who we are, as a Via field has it; the
    // helloscopes among them are made known to a parent that is one, too (decision 013).
    socks_client(host_port target, std::optional<credentials> login, std::string_view via = {});

    bytes greeting() const; // to be sent first

    enum class next : std::uint8_t {
        more,        // feed again when more has arrived
        send,        // to_send, then feed on
        done,        // what follows `used` belongs to the tunnel
        refused,     // `reply` says why, or the target or the login does not fit into SOCKS5
        wants_login, // there is none, or it is wrong, or this parent takes another kind
        garbled,     // not SOCKS5; `words` say where
    };
    struct step {
        next what = next::more;
        bytes to_send;
        std::size_t used = 0;
        std::uint8_t reply = 0; // of refused: REP, or 0 if we refused it ourselves
        std::string words;      // "connection refused by destination host"; empty unless it failed
    };
    // One message at a time. Never wants more than 262 bytes.
    step feed(bytes_view unused_input);

  private:
    enum class stage : std::uint8_t { method, login, reply, over };

    step method(bytes_view input);
    step login_answer(bytes_view input);
    step reply(bytes_view input);
    step ask(std::size_t used);
    step fail(next what, std::size_t used, std::string words, std::uint8_t reply = 0);

    host_port target_;
    std::optional<credentials> login_;
    bytes trail_; // behind the methods
    stage stage_ = stage::method;
};

} // namespace helloscope::wire::front
