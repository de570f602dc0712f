// What a SOCKS client asks of us, and what we answer: SOCKS5 (RFC 1928) with or without a login
// (RFC 1929), SOCKS4 and SOCKS4a. Only CONNECT: no BIND, no UDP. A dialogue without a socket: bytes
// come in, bytes to send go out.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/endpoint.hpp"
#include "helloscope/wire/front/answer.hpp"
#include "helloscope/wire/front/credentials.hpp"

namespace helloscope::wire::front {

enum class socks_login : std::uint8_t { none, password };

class socks_server {
  public:
    // With `none` a client that offers nothing but a login is asked for it, and any is right. With
    // `password` SOCKS4, which has none, is refused.
    explicit socks_server(socks_login wanted) : wanted_(wanted) {}

    enum class next : std::uint8_t { more, check_login, connect, refuse };
    struct step {
        next what = next::more;
        bytes answer;         // to be sent first
        std::size_t used = 0; // bytes of the input that are spent; what follows may be the client's
                              // early data
        std::string why;      // of a refusal: one sentence, without a byte that the client chose
    };

    // One message at a time. After `more` with bytes used: call again at once with the rest, which
    // may be empty; with none used: when more has arrived. Never wants more than 1,024 bytes.
    step feed(bytes_view unused_input);
    // After check_login; the rest of the input is fed after it.
    step login_checked(bool right);

    int version() const { return version_; }            // 4 or 5; 0 before the first byte
    const credentials& login() const { return login_; } // bytes as they came, empty without
    const host_port& target() const { return target_; } // after connect
    // Which helloscopes the request came through, as a Via field has it (decision 013).
    std::string via() const;

    // The last answer: that the server leg stands, from `bound`, or why it does not.
    bytes established(const endpoint& bound) const;
    bytes refused(proxy_error why) const;

  private:
    enum class stage : std::uint8_t { methods, login, request, done };

    step methods(bytes_view input);
    step check_login(bytes_view input);
    step request5(bytes_view input);
    step request4(bytes_view input);
    const char* take_target(const host_port& at);
    step refuse(std::size_t used, bytes answer, std::string why);

    socks_login wanted_;
    stage stage_ = stage::methods;
    int version_ = 0;
    credentials login_;
    host_port target_;
    bytes offered_; // methods
};

} // namespace helloscope::wire::front
