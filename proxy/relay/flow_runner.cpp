#include "flow_runner.hpp"

#include "front.hpp"
#include "helloscope/net/dialers/happy_eyeballs.hpp"
#include "helloscope/net/streams/tcp_stream.hpp"
#include "pump.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

namespace helloscope::relay {

using namespace boost::asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using model::leg;
using model::stage;
using net::asio::awaitable;
using wire::front::error_answer_spec;
using wire::front::proxy_error;

namespace {

constexpr auto watch_period = 250ms; // between two looks at a handshake that is pending
constexpr auto stall = 1s;           // without a byte, in a handshake
constexpr auto longest_watch = 60s;  // of a tunnel that nobody uses

error_answer_spec no(proxy_error error, std::string cause) {
    error_answer_spec spec;
    spec.status = wire::front::recommended_status(error);
    spec.error = error;
    spec.cause = std::move(cause);
    return spec;
}

error_answer_spec no_address(const host_port& target, const net::resolver::answer& got) {
    return no(
        got.timed_out ? proxy_error::dns_timeout : proxy_error::dns_error,
        fmt::format("cannot resolve {}: {}", target.host, got.event.error));
}

error_answer_spec not_connected(
    const host_port& target, const net::resolver::answer& to, const net::error_code& why) {
    const auto where = to_string(endpoint{to.event.addresses.front(), to.port});
    const auto more = to.event.addresses.size() - 1;
    const auto at = more == 0 ? where : fmt::format("{} and {} more", where, more);
    if (why == net::asio::error::connection_refused)
        return no(
            proxy_error::connection_refused,
            fmt::format("cannot connect to {}: {} refused the connection", to_string(target), at));
    if (why == net::asio::error::no_descriptors || why == net::asio::error::no_memory)
        return no(
            proxy_error::proxy_internal_error,
            fmt::format(
                "cannot connect to {}: {}: is ulimit -n high enough?", to_string(target),
                why.message()));
    if (why == net::asio::error::timed_out)
        return no(
            proxy_error::connection_timeout,
            fmt::format("cannot connect to {}: no answer from {}", to_string(target), at));
    return no(
        proxy_error::destination_ip_unroutable,
        fmt::format("cannot connect to {}: {}: {}", to_string(target), at, why.message()));
}

error_answer_spec ourselves(const host_port& target) {
    auto spec = no(
        proxy_error::proxy_loop_detected,
        fmt::format("{} is this proxy itself: a loop", to_string(target)));
    spec.status = 502;
    return spec;
}

bool is_listener(const flow& of, const ip_address& address, std::uint16_t port) {
    const auto& listener = of.around.common.listener;
    return port == listener.port && (address == listener.address ||
                                     (listener.address.is_unspecified() && address.is_loopback()));
}

// Comes back when the client has gone, with how; or never: what it sends early does not count.
awaitable<net::error_code> client_gone(flow& of) {
    net::asio::steady_timer never(
        co_await net::asio::this_coro::executor, std::chrono::steady_clock::time_point::max());
    if (const auto stopped = co_await of.client->wait_readable()) co_return stopped;
    const auto end = of.client->ended();
    if (!end) co_await never.async_wait(net::as_result);
    co_return end;
}

// Comes back when the flow is aborted.
awaitable<net::error_code> stopped(flow& of) {
    net::asio::steady_timer never(
        co_await net::asio::this_coro::executor, std::chrono::steady_clock::time_point::max());
    of.pause = &never;
    co_await never.async_wait(net::as_result);
    of.pause = nullptr;
    co_return net::asio::error::operation_aborted;
}

struct connection {
    std::optional<net::tcp::socket> socket;
    std::optional<error_answer_spec> refusal;
    connection() = default;
    explicit connection(error_answer_spec why) : refusal(std::move(why)) {}
};

awaitable<connection> connect(flow& of, host_port target) {
    const auto& limits = of.around.common.options.limits;
    of.enter(stage::resolve);
    auto to = co_await of.around.common.resolver.resolve(target, limits.resolve);
    if (const auto state = co_await net::asio::this_coro::cancellation_state;
        state.cancelled() != net::asio::cancellation_type::none)
        co_return connection(); // the client has gone: nobody is told of a lookup that failed
    of.tell(to.event);
    if (to.event.addresses.empty()) co_return connection(no_address(target, to));
    for (const auto& address : to.event.addresses)
        if (is_listener(of, address, to.port)) co_return connection(ourselves(target));

    of.enter(stage::connect);
    net::dial_limits dialing;
    dialing.total = limits.connect;
    net::dial_report report = [&of](model::happening what) { of.tell(std::move(what)); };
    auto dialed = co_await net::dial(to.event.addresses, to.port, dialing, std::move(report));
    if (!dialed.socket) co_return connection(not_connected(target, to, dialed.error));
    connection made;
    made.socket = std::move(dialed.socket);
    co_return made;
}

// The race with the client's leaving waits for an answer: there must be one.
awaitable<connection> connect_or_refuse(flow& of, host_port target) {
    std::string bug;
    try {
        co_return co_await connect(of, std::move(target));
    } catch (const std::exception& error) {
        bug = error.what();
    }
    co_return connection(no(proxy_error::proxy_internal_error, "internal error: " + bug));
}

// The kernel is asked while the handshake is pending, and a stall is told.
awaitable<void> watch_handshake(flow& of, net::asio::steady_timer& timer) {
    bool told = false;
    duration conclude_at = stall; // and again whenever the wait has doubled
    while (of.stage() < stage::data && !of.aborted && !of.over) {
        timer.expires_after(watch_period);
        const auto [ended] = co_await timer.async_wait(net::as_result);
        if (ended) co_return;
        of.tell_path(leg::client);
        of.tell_path(leg::server);
        const auto waited = of.clock.now() - of.last_byte;
        if (waited < stall) {
            told = false;
            conclude_at = stall;
            continue;
        }
        if (!std::exchange(told, true)) of.tell(model::stalled{of.stage(), waited});
        if (waited >= conclude_at) {
            of.conclude();
            conclude_at = 2 * waited;
        }
        if (waited > longest_watch) co_return;
    }
}

awaitable<void> pump_to_end(flow& of, bytes early, net::asio::steady_timer& watch) {
    co_await pump(of, std::move(early));
    of.over = true; // for a watch whose timer fires just now
    watch.cancel();
}

awaitable<void> tunnel(flow& of, bytes early) {
    net::asio::steady_timer watch(co_await net::asio::this_coro::executor);
    co_await (pump_to_end(of, std::move(early), watch) && watch_handshake(of, watch));
    if (of.aborted) co_return;
    of.tell_path(leg::client);
    of.tell_path(leg::server);
    of.client->close();
    of.server->close();
}

} // namespace

awaitable<void> run_flow(flow& running) {
    auto asked = co_await read_front(running);
    if (!asked) co_return;

    connection made;
    if (asked->early.empty()) {
        auto raced = co_await (connect_or_refuse(running, asked->target) || client_gone(running));
        if (raced.index() == 1) {
            if (running.aborted) co_return;
            const auto& how = std::get<1>(raced);
            if (how == net::asio::error::eof)
                running.tell_closed(leg::client, "peer", "fin");
            else
                running.tell_broken(leg::client, how);
            running.client->close();
            co_return;
        }
        made = std::move(std::get<0>(raced));
    } else {
        // What the client has sent already is for the server, even if it sends no more.
        auto raced = co_await (connect_or_refuse(running, asked->target) || stopped(running));
        if (raced.index() == 1) co_return;
        made = std::move(std::get<0>(raced));
    }
    if (running.aborted) co_return;
    if (made.refusal) {
        co_await refuse(running, std::move(*made.refusal));
        co_return;
    }
    running.server = net::make_tcp_stream(std::move(*made.socket));
    running.tell_path(leg::server);
    running.enter(stage::hello);

    const auto established = wire::front::connect_established();
    running.tell(model::answered{200, "Connection established", ""});
    running.tell_dialogue(direction::to_client, established);
    if (const auto gone = co_await write_all(*running.client, as_bytes(established))) {
        if (!running.aborted) running.tell_broken(leg::client, gone);
        running.abort();
        co_return;
    }
    running.last_byte = running.clock.now();
    co_await tunnel(running, std::move(asked->early));
}

} // namespace helloscope::relay
