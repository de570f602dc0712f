// The fronts, for the one place that chooses among them (front.cpp) and for those who continue a
// dialogue.
#pragma once

#include "front.hpp"
#include "helloscope/net/streams/deadline.hpp"
#include "helloscope/wire/front/request_head.hpp"
#include "helloscope/wire/front/sniff.hpp"

namespace helloscope::relay::fronts {

// CONNECT, or the head of a request in absolute-form; the client is known to speak HTTP, or
// something nobody knows. `time` is what is left for the head.
net::awaitable<std::optional<request>> read_http(
    flow& of, stream_reader& from, const net::deadline& time);
std::unique_ptr<front> http_answers();

// SOCKS 4, 4a or 5.
net::awaitable<std::optional<request>> read_socks(
    flow& of, stream_reader& from, const net::deadline& time);

// The client does not say where it wants to go, and would understand no answer.
net::awaitable<std::optional<request>> read_unspoken(flow& of);

// TLS to the plain port: somebody wrote https:// where http:// belongs.
net::awaitable<void> refuse_tls(flow& of, stream_reader& from);

// TLS to us: from here on `of.client` is what is inside. False: it failed, and the flow is over.
net::awaitable<bool> accept_tls(flow& of, stream_reader& from);

// A PROXY protocol header, which must come first. False: there was none, and the flow is over.
net::awaitable<bool> read_haproxy(flow& of, stream_reader& from);

// ---- what fronts share

// The client left before it had asked, or its time is up: told, and answered if what it speaks is
// HTTP, or nothing that is known.
net::awaitable<void> left_early(
    flow& of, stream_reader& from, wire::front::first_bytes kind, net::error_code how, bool late);
void tell_unknown(flow& of, std::string_view front, std::size_t length);
std::string_view name_of(wire::front::first_bytes kind);

// --allow-from
bool may_use(const flow& of);
refusal forbidden(const flow& of);

// The request has been here before: `via` tells whom it came through.
std::optional<refusal> came_back(const flow& of, std::string_view via);

// An answer that has been made already; an empty one resets the leg.
net::awaitable<void> answer_and_close(
    flow& of, std::uint16_t status, std::string reason, std::string proxy_status,
    std::string answer);

} // namespace helloscope::relay::fronts
