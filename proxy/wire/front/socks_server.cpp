#include "helloscope/wire/front/socks_server.hpp"

#include "authority.hpp"
#include "socks.hpp"
#include "socks_trail.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::wire::front {
namespace {

using socks::reply;

// The byte behind the version in a SOCKS4 answer.
constexpr std::uint8_t granted = 0x5a, rejected = 0x5b;

// SOCKS4: a user id and a name end with NUL.
std::string take_string(reader& in, std::string_view field) {
    const auto rest = as_text(in.rest());
    const auto end = rest.substr(0, socks::longest_string + 1).find('\0');
    if (end == rest.npos)
        in.fail(rest.size() > socks::longest_string ? errc::too_long : errc::need_more, field);
    return std::string(as_text(in.take(end + 1, field)).substr(0, end));
}

bytes answer5(reply code, const endpoint& bound) {
    writer out;
    out.u8(socks::version5).u8(static_cast<std::uint8_t>(code)).u8(0);
    socks::write_address(out, {to_string(bound.address), bound.port});
    return out.take();
}

bytes answer4(std::uint8_t code, const endpoint& bound) {
    const auto address = unmapped(bound.address);
    const auto none = ip_address{};
    writer out;
    out.u8(0).u8(code).u16(bound.port).raw((address.v6 ? none : address).view());
    return out.take();
}

reply reply_to(proxy_error why) {
    switch (why) {
    case proxy_error::connection_refused: return reply::connection_refused;
    case proxy_error::dns_timeout:
    case proxy_error::dns_error:
    case proxy_error::destination_not_found:
    case proxy_error::destination_unavailable:
    case proxy_error::destination_ip_unroutable: return reply::host_unreachable;
    case proxy_error::connection_timeout:
    case proxy_error::connection_read_timeout:
    case proxy_error::http_response_timeout: return reply::ttl_expired;
    case proxy_error::destination_ip_prohibited:
    case proxy_error::http_request_denied: return reply::not_allowed;
    default: return reply::general_failure;
    }
}

} // namespace

socks_server::step socks_server::feed(bytes_view unused_input) {
    if (unused_input.empty()) return {};
    if (version_ == 0) version_ = unused_input[0];
    switch (stage_) {
    case stage::methods:
        if (version_ == socks::version4) return request4(unused_input);
        if (version_ == socks::version5) return methods(unused_input);
        return refuse(0, {}, fmt::format("0x{:02x} is no version of SOCKS", version_));
    case stage::login: return check_login(unused_input);
    case stage::request: return request5(unused_input);
    case stage::done: break;
    }
    return {};
}

socks_server::step socks_server::methods(bytes_view input) {
    reader in(input);
    in.u8("VER");
    const auto offered = in.vector8("METHODS").rest();
    if (!in.ok()) return {};
    offered_ = to_bytes(offered);
    const auto has = [&](auto method) {
        return std::ranges::find(offered, method) != offered.end();
    };
    if (wanted_ == socks_login::none && has(socks::no_login)) {
        stage_ = stage::request;
        return {next::more, {socks::version5, socks::no_login}, in.offset(), {}};
    }
    if (!has(socks::user_password)) {
        return refuse(
            in.offset(), {socks::version5, socks::no_method},
            wanted_ == socks_login::password
                ? "the client offers no login by user and password (RFC 1929), which is needed here"
                : "the client offers neither to go without a login nor one by user and password");
    }
    stage_ = stage::login;
    return {next::more, {socks::version5, socks::user_password}, in.offset(), {}};
}

socks_server::step socks_server::check_login(bytes_view input) {
    reader in(input);
    if (in.u8("VER") != socks::login_version) {
        return refuse(
            1, {socks::login_version, 1},
            fmt::format("0x{:02x} is no version of the SOCKS5 login", input[0]));
    }
    const auto user = as_text(in.vector8("UNAME").rest());
    const auto password = as_text(in.vector8("PASSWD").rest());
    if (!in.ok()) return {};
    login_ = {std::string(user), std::string(password)};
    if (wanted_ == socks_login::password) return {next::check_login, {}, in.offset(), {}};
    auto accepted = login_checked(true);
    accepted.used = in.offset();
    return accepted;
}

socks_server::step socks_server::login_checked(bool right) {
    if (!right) return refuse(0, {socks::login_version, 1}, "the user or the password is wrong");
    stage_ = stage::request;
    return {next::more, {socks::login_version, 0}, 0, {}};
}

socks_server::step socks_server::request5(bytes_view input) {
    reader in(input);
    if (const auto version = in.u8("VER"); version != socks::version5) {
        return refuse(
            1, answer5(reply::general_failure, {}),
            fmt::format("0x{:02x} begins no SOCKS5 request", version));
    }
    const auto command = in.u8("CMD");
    in.u8("RSV");
    const auto at = socks::read_address(in);
    const auto no = [&](reply code, std::string why) {
        return refuse(in.offset(), answer5(code, {}), std::move(why));
    };
    if (!in.ok() && in.error().code == errc::need_more) return {};
    if (!in.ok())
        return no(reply::address_type_not_supported, "the SOCKS5 address is of no known type");
    if (command != socks::connect)
        return no(reply::command_not_supported, "only CONNECT is served, no BIND and no UDP");
    if (const auto* const wrong = take_target(at)) return no(reply::general_failure, wrong);
    stage_ = stage::done;
    return {next::connect, {}, in.offset(), {}};
}

socks_server::step socks_server::request4(bytes_view input) {
    reader in(input);
    in.u8("VN");
    const auto command = in.u8("CD");
    const auto port = in.u16("DSTPORT");
    ip_address address;
    std::ranges::copy(in.take(4, "DSTIP"), address.octets.begin());
    const auto user = take_string(in, "USERID");
    const bool named = (address.octets[0] | address.octets[1] | address.octets[2]) == 0 &&
                       address.octets[3] != 0; // SOCKS4a: 0.0.0.x, and the name behind the user
    const auto host = named ? take_string(in, "name") : to_string(address);
    const auto no = [&](std::string why) {
        return refuse(in.offset(), answer4(rejected, {}), std::move(why));
    };
    if (!in.ok() && in.error().code == errc::need_more) return {};
    if (!in.ok()) return no("a string of the SOCKS4 request is longer than 255 bytes");
    login_.user = user;
    if (command != socks::connect) return no("only CONNECT is served, no BIND");
    if (wanted_ == socks_login::password)
        return no("SOCKS4 has no password, which is needed here: use SOCKS5");
    if (const auto* const wrong = take_target({host, port})) return no(wrong);
    stage_ = stage::done;
    return {next::connect, {}, in.offset(), {}};
}

// What is wrong with the target, or nullptr.
const char* socks_server::take_target(const host_port& at) {
    if (at.port == 0) return "the target has port 0";
    const auto literal = parse_ip_address(at.host);
    const bool is_name = !at.host.empty() && at.host.size() <= longest_name &&
                         at.host.find_first_not_of(name_characters) == std::string::npos;
    if (!literal && !is_name) return "the target's name is not one that DNS can answer for";
    target_ = {literal ? to_string(*literal) : at.host, at.port};
    return nullptr;
}

socks_server::step socks_server::refuse(std::size_t used, bytes answer, std::string why) {
    stage_ = stage::done;
    return {next::refuse, std::move(answer), used, std::move(why)};
}

std::string socks_server::via() const { return socks::read_trail(offered_); }

bytes socks_server::established(const endpoint& bound) const {
    return version_ == socks::version4 ? answer4(granted, bound) : answer5(reply::succeeded, bound);
}

bytes socks_server::refused(proxy_error why) const {
    return version_ == socks::version4 ? answer4(rejected, {}) : answer5(reply_to(why), {});
}

} // namespace helloscope::wire::front
