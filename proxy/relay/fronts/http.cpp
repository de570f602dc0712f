#include "fronts.hpp"

#include "helloscope/wire/front/absolute_target.hpp"
#include "helloscope/wire/front/connect.hpp"
#include "helloscope/wire/front/credentials.hpp"
#include "helloscope/wire/front/masked_head.hpp"

#include <fmt/format.h>

namespace helloscope::relay::fronts {

using net::asio::awaitable;
using wire::front::first_bytes;
using wire::front::proxy_error;
using wire::front::request_head;

namespace {

class http final : public front {
  public:
    std::string established(const endpoint&) const override {
        return wire::front::connect_established();
    }
    std::string refused(const refusal& why) const override {
        auto spec = why.spec;
        for (const auto& [name, value] : why.fields) spec.more_fields.push_back({name, value});
        return wire::front::error_answer(spec);
    }
};

void tell_request(flow& of, const request_head& head, const host_port& target) {
    model::requested event;
    event.front = head.method == "CONNECT" ? "connect" : "http";
    event.method = wire::front::masked_method(head.method.substr(0, 32));
    event.host = target.host;
    event.port = target.port;
    event.protocol = fmt::format("HTTP/1.{}", head.minor_version);
    event.length = static_cast<std::uint32_t>(head.size);
    for (auto& field : wire::front::masked_fields(head)) {
        model::head_field kept{
            std::move(field.name), static_cast<std::uint32_t>(field.value_length),
            std::move(field.value)};
        event.headers.push_back(std::move(kept));
    }
    of.tell_dialogue(direction::to_server, wire::front::masked_head(head));
    of.tell(std::move(event));
}

refusal no_head(const parse_error& error) {
    if (error.code == errc::too_long)
        return refusal(
            431, proxy_error::http_request_error,
            fmt::format("the request head is longer than {} bytes", wire::front::max_head_size));
    return refusal(
        400, proxy_error::http_request_error,
        fmt::format("the request head is not HTTP/1: {}", to_string(error)));
}

refusal no_connect_target(const parse_error& error) {
    return refusal(
        400, proxy_error::http_request_error,
        fmt::format("CONNECT needs HOST:PORT: {}", to_string(error)));
}

refusal no_absolute_target(const request_head& head, const parse_error& error) {
    if (head.target.starts_with('/'))
        return refusal(
            400, proxy_error::http_request_error,
            "this is a proxy, not a web server: set it as the proxy of your client and ask for "
            "http://HOST/");
    if (error.code == errc::unsupported)
        return refusal(
            400, proxy_error::http_request_error,
            fmt::format(
                "only http:// URLs are asked for in full; for https the client sends CONNECT: {}",
                to_string(error)));
    return refusal(
        400, proxy_error::http_request_error,
        fmt::format("the request target is no http:// URL: {}", to_string(error)));
}

std::string_view value_of(const request_head& head, std::string_view name) {
    const auto* field = wire::front::find_field(head, name);
    return field == nullptr ? std::string_view() : field->value;
}

// All of them in one (RFC 9110 section 5.3): a loop of several proxies is seen by what it collects.
std::string via_of(const request_head& head) {
    std::string all;
    for (const auto& field : head.fields)
        if (wire::front::same_field_name(field.name, "Via"))
            all += fmt::format("{}{}", all.empty() ? "" : ", ", field.value);
    return all;
}

bool may_log_in(const flow& of, const request_head& head) {
    const auto& logins = of.around.common.options.access.logins;
    if (!logins) return true;
    const auto login = wire::front::parse_basic_authorization(
        value_of(head, "Proxy-Authorization"));
    return login && logins->accepts(*login);
}

// Why the request must not go on, if so.
std::optional<refusal> objection(const flow& of, const request_head& head) {
    if (!may_use(of)) return forbidden(of);
    // Before the login, which the proxies in between have taken for themselves.
    if (auto why = came_back(of, via_of(head))) return why;
    if (!may_log_in(of, head)) {
        refusal why(
            407, proxy_error::http_request_denied,
            "this proxy wants a user name and a password (--proxy-auth)");
        why.fields.emplace_back("Proxy-Authenticate", "Basic realm=\"helloscope\"");
        return why;
    }
    return std::nullopt;
}

parsed<host_port> absolute_host(const request_head& head) {
    auto target = wire::front::parse_absolute_target(head);
    if (!target) return std::unexpected(target.error());
    return std::move(target->at);
}

// What a whole head asks for.
std::expected<request, refusal> read_head(flow& of, stream_reader& from) {
    const auto head = wire::front::parse_request_head(from.unused());
    if (!head) {
        tell_unknown(of, "http", from.unused().size());
        return std::unexpected(no_head(head.error()));
    }
    const bool tunnel = head->method == "CONNECT";
    const auto target = tunnel ? wire::front::connect_target(*head) : absolute_host(*head);
    tell_request(of, *head, target.value_or(host_port()));
    if (auto why = objection(of, *head)) return std::unexpected(std::move(*why));
    if (!target)
        return std::unexpected(
            tunnel ? no_connect_target(target.error()) : no_absolute_target(*head, target.error()));
    request asked;
    asked.target = *target;
    asked.what = tunnel ? policy::asked_for::tunnel : policy::asked_for::plain_http;
    asked.by = http_answers();
    if (!of.around.common.options.access.logins)
        asked.authorization = value_of(*head, "Proxy-Authorization");
    asked.via = via_of(*head);
    if (tunnel) from.spend(head->size);
    return asked;
}

} // namespace

std::unique_ptr<front> http_answers() { return std::make_unique<http>(); }

awaitable<std::optional<request>> read_http(
    flow& of, stream_reader& from, const net::deadline& time) {
    wire::front::head_scanner scanner;
    while (true) {
        // Left over from a body before, by clients that are not sure of its end (RFC 9112 2.2).
        while (as_text(from.unused()).starts_with("\r\n")) from.spend(2);
        const auto kind = wire::front::sniff(from.unused());
        if (kind != first_bytes::http && kind != first_bytes::need_more) {
            tell_unknown(of, name_of(kind), from.unused().size());
            co_await refuse(
                of, http(),
                refusal(
                    400, proxy_error::http_request_error,
                    "this port speaks HTTP and SOCKS: the first bytes are neither"));
            co_return std::nullopt;
        }
        const auto end = scanner.find_end(from.unused());
        if (end || end.error().code != errc::need_more) break;
        if (const auto failed = co_await from.more()) {
            co_await left_early(of, from, kind, failed, time.fired());
            co_return std::nullopt;
        }
    }
    auto asked = read_head(of, from);
    if (asked) co_return std::move(*asked);
    co_await refuse(of, http(), std::move(asked.error()));
    co_return std::nullopt;
}

} // namespace helloscope::relay::fronts
