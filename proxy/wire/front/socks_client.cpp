#include "helloscope/wire/front/socks_client.hpp"

#include "socks.hpp"
#include "socks_trail.hpp"

#include <fmt/format.h>

namespace helloscope::wire::front {
namespace {

bool fits(const std::string& text) { return text.size() <= socks::longest_string; }

} // namespace

socks_client::socks_client(host_port target, std::optional<credentials> login, std::string_view via)
    : target_(std::move(target)), login_(std::move(login)), trail_(socks::write_trail(via)) {}

bytes socks_client::greeting() const {
    writer out;
    out.u8(socks::version5).vector(1, [&](writer& methods) {
        methods.u8(socks::no_login);
        if (login_) methods.u8(socks::user_password);
        methods.raw(trail_);
    });
    return out.take();
}

socks_client::step socks_client::feed(bytes_view unused_input) {
    if (unused_input.empty()) return {};
    switch (stage_) {
    case stage::method: return method(unused_input);
    case stage::login: return login_answer(unused_input);
    case stage::reply: return reply(unused_input);
    case stage::over: break;
    }
    return {};
}

socks_client::step socks_client::method(bytes_view input) {
    if (input[0] != socks::version5)
        return fail(
            next::garbled, 0, fmt::format("its first byte is 0x{:02x}, not 0x05", input[0]));
    if (input.size() < 2) return {};
    const auto chosen = input[1];
    if (chosen == socks::no_login) return ask(2);
    if (chosen == socks::no_method)
        return fail(
            next::wants_login, 2,
            login_ ? "it takes neither no login nor one by user and password" : "it wants a login");
    if (chosen != socks::user_password || !login_)
        return fail(
            next::garbled, 2,
            fmt::format("it chose method 0x{:02x}, which we did not offer", chosen));
    if (!fits(login_->user) || !fits(login_->password))
        return fail(next::wants_login, 2, "a user or a password of SOCKS5 has at most 255 bytes");
    writer out;
    out.u8(socks::login_version);
    out.vector(1, [&](writer& w) { w.text(login_->user); });
    out.vector(1, [&](writer& w) { w.text(login_->password); });
    stage_ = stage::login;
    return {next::send, out.take(), 2, 0, {}};
}

// Some servers write 0x05 as the version of this answer.
socks_client::step socks_client::login_answer(bytes_view input) {
    if (input[0] != socks::login_version && input[0] != socks::version5)
        return fail(
            next::garbled, 0,
            fmt::format("its answer to the login begins with 0x{:02x}", input[0]));
    if (input.size() < 2) return {};
    if (input[1] != 0)
        return fail(next::wants_login, 2, "it takes the user or the password for wrong");
    return ask(2);
}

socks_client::step socks_client::ask(std::size_t used) {
    if (target_.host.empty() || !fits(target_.host))
        return fail(next::refused, used, "a name in SOCKS5 has 1 to 255 bytes");
    writer out;
    out.u8(socks::version5).u8(socks::connect).u8(0);
    socks::write_address(out, target_);
    stage_ = stage::reply;
    return {next::send, out.take(), used, 0, {}};
}

// A refusal counts as soon as its code is there: many servers close behind it without the address.
socks_client::step socks_client::reply(bytes_view input) {
    reader in(input);
    const auto version = in.u8("VER");
    if (version != socks::version5)
        return fail(
            next::garbled, 0, fmt::format("its reply begins with 0x{:02x}, not 0x05", version));
    const auto code = in.u8("REP");
    if (in.ok() && code != 0) return fail(next::refused, 2, socks::words_of(code), code);
    in.u8("RSV");
    socks::read_address(in);
    if (in.ok()) {
        stage_ = stage::over;
        return {next::done, {}, in.offset(), 0, {}};
    }
    if (in.error().code == errc::need_more) return {};
    return fail(next::garbled, 0, "the address in its reply is of no known type");
}

socks_client::step socks_client::fail(
    next what, std::size_t used, std::string words, std::uint8_t reply) {
    stage_ = stage::over;
    return {what, {}, used, reply, std::move(words)};
}

} // namespace helloscope::wire::front
