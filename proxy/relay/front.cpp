#include "front.hpp"

#include "helloscope/wire/front/connect.hpp"
#include "helloscope/wire/front/masked_head.hpp"
#include "helloscope/wire/front/sniff.hpp"
#include "pump.hpp"

#include <fmt/format.h>

namespace helloscope::relay {

using model::leg;
using net::asio::awaitable;
using wire::front::error_answer_spec;
using wire::front::first_bytes;
using wire::front::proxy_error;

namespace {

using namespace std::chrono_literals;

constexpr auto answer_limit = 5s; // for an error answer to be taken, and for the client to close

// Ends the client leg when it fires, so that whatever waits for it comes back.
class deadline {
  public:
    deadline(const net::asio::any_io_executor& executor, net::stream& ends, duration limit)
        : timer_(executor, std::chrono::duration_cast<std::chrono::steady_clock::duration>(limit)),
          state_(std::make_shared<state>(state{&ends})) {
        timer_.async_wait([state = state_](const net::error_code& cancelled) {
            if (cancelled || state->ends == nullptr) return;
            state->fired = true;
            state->ends->stop_waiting();
        });
    }
    ~deadline() { state_->ends = nullptr; }
    deadline(const deadline&) = delete;
    deadline& operator=(const deadline&) = delete;
    bool fired() const { return state_->fired; }

  private:
    // A handler that is queued already cannot be called back: it must find nothing to end.
    struct state {
        net::stream* ends;
        bool fired = false;
    };
    net::asio::steady_timer timer_;
    std::shared_ptr<state> state_;
};

std::string_view name_of(first_bytes kind) {
    switch (kind) {
    case first_bytes::http: return "http";
    case first_bytes::tls: return "tls";
    case first_bytes::sslv2_hello: return "sslv2-hello";
    case first_bytes::socks4: return "socks4";
    case first_bytes::socks5: return "socks5";
    case first_bytes::proxy_v1:
    case first_bytes::proxy_v2: return "proxy-protocol";
    default: return "unknown";
    }
}

net::moved refused(const net::error_code& error) { return {0, error}; }

void tell_request(flow& of, const wire::front::request_head& head, const host_port& target) {
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

void tell_unknown(flow& of, first_bytes kind, std::size_t length) {
    model::requested event;
    event.front = name_of(kind);
    event.length = static_cast<std::uint32_t>(length);
    of.tell(std::move(event));
}

error_answer_spec no(int status, proxy_error error, std::string cause) {
    error_answer_spec spec;
    spec.status = status;
    spec.error = error;
    spec.cause = std::move(cause);
    return spec;
}

// Sends what is to be said last, then waits for the client to close: a close of ours with bytes of
// the client unread would be a reset, and the answer could be lost with it.
awaitable<void> say_goodbye(flow& of, std::string answer) {
    const deadline limit(co_await net::asio::this_coro::executor, *of.client, answer_limit);
    if (!co_await write_all(*of.client, as_bytes(answer))) {
        of.client->shutdown_send();
        auto buffer = of.around.buffers.borrow();
        net::moved got;
        while (!got.error || got.error == net::asio::error::would_block) {
            if (limit.fired() || co_await of.client->wait_readable()) break;
            got = of.client->read_now(buffer.span());
        }
    }
    of.tell_closed(leg::client, "helloscope", "fin");
    of.client->close();
}

awaitable<void> answer_and_close(
    flow& of, std::uint16_t status, std::string reason, std::string status_field,
    std::string answer) {
    model::answered event{status, std::move(reason), std::move(status_field)};
    of.tell(std::move(event));
    of.tell_dialogue(direction::to_client, answer);
    co_await say_goodbye(of, std::move(answer));
}

// A client that speaks TLS to the plain port: somebody wrote https:// where http:// belongs.
awaitable<void> refuse_tls(flow& of, bytes_view first) {
    of.watching.saw(direction::to_server, first, of.clock.now());
    const auto& at = of.around.common.listener;
    auto answer = wire::front::tls_to_plain_answer({to_string(at.address), at.port});
    auto line = answer.substr(0, answer.find("\r\n"));
    co_await answer_and_close(
        of, 400, line.substr(std::min<std::size_t>(line.size(), 13)), "", std::move(answer));
}

awaitable<void> refuse_unknown(flow& of, first_bytes kind, bytes_view first) {
    tell_unknown(of, kind, first.size());
    if (kind == first_bytes::tls || kind == first_bytes::sslv2_hello) {
        co_await refuse_tls(of, first);
    } else if (kind == first_bytes::socks5) {
        co_await answer_and_close(
            of, 0, "no SOCKS here: set HTTPS_PROXY=http://…", "",
            std::string("\x05\xff", 2)); // RFC 1928: no acceptable methods
    } else if (kind == first_bytes::socks4) {
        co_await answer_and_close(
            of, 0, "no SOCKS here: set HTTPS_PROXY=http://…", "",
            std::string("\x00\x5b\0\0\0\0\0\0", 8)); // request rejected
    } else {
        co_await refuse(
            of, no(400, proxy_error::http_request_error,
                   "this port speaks HTTP: the first bytes are no HTTP request"));
    }
}

error_answer_spec no_head(const parse_error& error) {
    if (error.code == errc::too_long)
        return no(
            431, proxy_error::http_request_error,
            fmt::format("the request head is longer than {} bytes", wire::front::max_head_size));
    return no(
        400, proxy_error::http_request_error,
        fmt::format("the request head is not HTTP/1: {}", to_string(error)));
}

// A client that has not said what it wants when its time is up; one that said nothing gets no
// answer.
awaitable<void> refuse_late(flow& of, bytes_view so_far) {
    of.tell_closed(leg::client, "helloscope", "timeout", "--front-timeout");
    if (so_far.empty()) {
        of.client->close();
        co_return;
    }
    tell_unknown(of, wire::front::sniff(so_far), so_far.size());
    const std::chrono::duration<double> limit = of.around.common.options.limits.front;
    co_await refuse(
        of, no(408, proxy_error::http_request_error,
               fmt::format("no whole request head within {} s", limit.count())));
}

// A client that left before it had said what it wants.
void leave(flow& of, bytes_view so_far, const net::error_code& how) {
    if (!so_far.empty()) tell_unknown(of, wire::front::sniff(so_far), so_far.size());
    if (how == net::asio::error::eof)
        of.tell_closed(leg::client, "peer", "fin");
    else
        of.tell_broken(leg::client, how);
    of.client->close();
}

// What a whole head asks for.
awaitable<std::optional<request>> read_head(flow& of, bytes_view so_far) {
    const auto head = wire::front::parse_request_head(so_far);
    if (!head) {
        tell_unknown(of, first_bytes::http, so_far.size());
        co_await refuse(of, no_head(head.error()));
        co_return std::nullopt;
    }
    const auto target = wire::front::connect_target(*head);
    tell_request(of, *head, target.value_or(host_port()));
    if (head->method != "CONNECT") {
        auto spec = no(
            405, proxy_error::http_request_denied,
            "only CONNECT is served here: this proxy is for https URLs");
        spec.more_fields.push_back({"Allow", "CONNECT"});
        co_await refuse(of, std::move(spec));
        co_return std::nullopt;
    }
    if (!target) {
        co_await refuse(
            of, no(400, proxy_error::http_request_error,
                   fmt::format("CONNECT needs HOST:PORT: {}", to_string(target.error()))));
        co_return std::nullopt;
    }
    request asked;
    asked.target = *target;
    asked.early = to_bytes(so_far.subspan(head->size));
    co_return asked;
}

} // namespace

awaitable<std::optional<request>> read_front(flow& of) {
    auto buffer = of.around.buffers.borrow();
    wire::front::head_scanner scanner;
    std::size_t size = 0;
    std::optional<deadline> time;
    time.emplace(
        co_await net::asio::this_coro::executor, *of.client, of.around.common.options.limits.front);
    while (true) {
        const auto waited = co_await of.client->wait_readable();
        if (of.aborted) co_return std::nullopt;
        const auto got = waited ? refused(waited)
                                : of.client->read_now(buffer.span().subspan(size));
        size += got.size;
        const bytes_view so_far = buffer.span().first(size);
        if (time->fired()) {
            co_await refuse_late(of, so_far);
            co_return std::nullopt;
        }
        if (got.error == net::asio::error::would_block) continue;
        if (got.error) {
            leave(of, so_far, got.error);
            co_return std::nullopt;
        }
        const auto kind = wire::front::sniff(so_far);
        if (kind == first_bytes::need_more) continue;
        if (kind == first_bytes::http) {
            const auto end = scanner.find_end(so_far);
            if (!end && end.error().code == errc::need_more) continue;
        }
        time.reset(); // what follows has deadlines of its own
        if (kind == first_bytes::http) co_return co_await read_head(of, so_far);
        co_await refuse_unknown(of, kind, so_far);
        co_return std::nullopt;
    }
}

awaitable<void> refuse(flow& of, error_answer_spec why) {
    const auto status = static_cast<std::uint16_t>(why.status);
    auto proxy_status = fmt::format("helloscope; error={}", to_string(why.error));
    auto reason = why.cause;
    auto answer = wire::front::error_answer(why);
    co_await answer_and_close(
        of, status, std::move(reason), std::move(proxy_status), std::move(answer));
}

} // namespace helloscope::relay
