#include "parents.hpp"

#include "dialing.hpp"
#include "helloscope/net/dialers/hop.hpp"
#include "helloscope/net/streams/tls_stream.hpp"
#include "helloscope/wire/front/request_head.hpp"

#include <fmt/format.h>

namespace helloscope::relay {

using model::stage;
using net::hop_answer;
using net::asio::awaitable;
using wire::front::proxy_error;
using wire::front::proxy_scheme;
using wire::front::proxy_url;

namespace {

std::string_view word_of(hop_answer::ending how) {
    switch (how) {
    case hop_answer::ending::passed: return "";
    case hop_answer::ending::refused: return "refused";
    case hop_answer::ending::wants_login: return "auth";
    case hop_answer::ending::garbled: return "garbled";
    case hop_answer::ending::closed: return "closed";
    case hop_answer::ending::silent: return "silent";
    case hop_answer::ending::broken: return "broken";
    }
    return "";
}

void tell_answer(const making& on, const proxy_url& parent, const hop_answer& answer) {
    model::parent_answered event;
    event.parent = to_string(parent);
    event.status = answer.status;
    event.reason = printable(answer.reason.empty() ? answer.error : answer.reason);
    event.took = answer.took;
    event.error = word_of(answer.how);
    on.tell(std::move(event));
}

// What the client says to a challenge goes to the nearest parent: it must not be told another's.
// RFC 9110 section 15.5.8: without one it is no 407.
void drop_challenge(refusal& why) {
    why.fields.clear();
    if (why.spec.status == 407) why.spec.status = 502;
}

// The parent's own status and words pass on to the client; for HTTP the fields that belong to them.
refusal refused_by(const proxy_url& parent, const hop_answer& answer) {
    const bool http = parent.speaks_http();
    auto cause = fmt::format(
        "parent {} answered{}: {}", to_string(parent),
        http ? fmt::format(" {}", answer.status) : "", printable(answer.reason));
    const bool login = answer.how == hop_answer::ending::wants_login;
    const int status = http && answer.status >= 400 ? answer.status : login ? 407 : 502;
    const bool client_error = status / 100 == 4;
    refusal why(
        status,
        client_error ? proxy_error::http_request_denied : proxy_error::destination_unavailable,
        std::move(cause));
    for (const auto& [name, value] : answer.fields)
        if (wire::front::same_field_name(name, "Proxy-Authenticate"))
            why.fields.emplace_back(name, value);
    if (status == 407 && why.fields.empty()) drop_challenge(why);
    return why;
}

refusal stopped_by(const flow& of, const proxy_url& parent, const hop_answer& answer) {
    const auto name = to_string(parent);
    switch (answer.how) {
    case hop_answer::ending::silent: {
        const std::chrono::duration<double> limit = of.around.common.options.limits.parent;
        return refusal(
            504, proxy_error::http_response_timeout,
            fmt::format(
                "parent {} did not answer within {} s (--parent-timeout)", name, limit.count()));
    }
    case hop_answer::ending::garbled:
        return refusal(
            502, proxy_error::http_protocol_error,
            fmt::format("parent {}: {}", name, answer.error));
    case hop_answer::ending::closed:
        return refusal(
            502, proxy_error::connection_terminated,
            fmt::format("parent {} closed the connection: {}", name, answer.error));
    case hop_answer::ending::broken:
        return refusal(
            502, proxy_error::connection_terminated,
            fmt::format("the connection to parent {} broke: {}", name, answer.error));
    default: return refused_by(parent, answer);
    }
}

// TLS to an https:// parent, around what is there.
awaitable<std::optional<refusal>> wrap_in_tls(making& on, const proxy_url& parent) {
    const auto& options = on.of.around.common.options;
    const auto began = on.of.clock.now();
    auto made = co_await net::tls_connect(
        std::move(on.stream), *options.parent_trust, parent.at.host, options.limits.parent);
    on.stream = std::move(made.stream);
    if (on.stream) co_return std::nullopt;
    model::parent_answered event;
    event.parent = to_string(parent);
    event.reason = made.error;
    event.took = on.of.clock.now() - began;
    event.error = "tls";
    on.tell(std::move(event));
    co_return refusal(
        502, proxy_error::tls_protocol_error,
        fmt::format("TLS to parent {} failed: {}", to_string(parent), made.error));
}

// A SOCKS5 parent that takes addresses only: the name is resolved here.
awaitable<std::optional<refusal>> resolve_for(const making& on, host_port& next) {
    if (parse_ip_address(next.host)) co_return std::nullopt;
    auto to = co_await resolve(on.of, next);
    on.tell(to.event);
    if (to.event.addresses.empty()) co_return no_address(name_of(next), to);
    next.host = to_string(to.event.addresses.front());
    co_return std::nullopt;
}

// Through one parent to the next hop.
awaitable<std::optional<refusal>> pass(making& on, net::hop_request asking) {
    const auto parent = asking.parent;
    if (parent.scheme == proxy_scheme::socks5)
        if (auto why = co_await resolve_for(on, asking.next)) co_return why;
    auto answer = co_await net::pass_hop(*on.stream, std::move(asking));
    if (co_await cancelled()) co_return std::nullopt;
    on.heard();
    tell_answer(on, parent, answer);
    if (answer.how != hop_answer::ending::passed) co_return stopped_by(on.of, parent, answer);
    on.early = std::move(answer.early);
    co_return std::nullopt;
}

} // namespace

awaitable<std::optional<refusal>> pass_parents(
    making& on, server_leg& leg, const policy::way_out& way, const host_port& target,
    const request& asked) {
    const auto& common = on.of.around.common;
    const auto& parents = way.parents;
    const bool to_parent = asked.what == policy::asked_for::plain_http &&
                           ends_at_parent(common.options, way, asked.target);
    on.heard();
    on.of.enter(stage::parent);
    for (std::size_t i = 0; i < parents.size(); ++i) {
        const auto& parent = parents[i];
        const bool last = i + 1 == parents.size();
        if (parent.scheme == proxy_scheme::https)
            if (auto why = co_await wrap_in_tls(on, parent)) co_return why;
        if (last && to_parent) {
            leg.http_parent = parent;
            co_return std::nullopt;
        }
        net::hop_request asking;
        asking.parent = parent;
        asking.next = last ? target : parents[i + 1].at;
        asking.via = fmt::format(
            "{}{}1.1 {}", asked.via, asked.via.empty() ? "" : ", ", common.pseudonym);
        if (i == 0) asking.client_authorization = asked.authorization;
        asking.limit = common.options.limits.parent;
        auto why = co_await pass(on, std::move(asking));
        if (why && i > 0) drop_challenge(*why);
        if (why) co_return why;
    }
    co_return std::nullopt;
}

} // namespace helloscope::relay
