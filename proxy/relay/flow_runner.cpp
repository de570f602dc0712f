#include "flow_runner.hpp"

#include "front.hpp"
#include "http_forward.hpp"
#include "pump.hpp"
#include "watch.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace helloscope::relay {

using namespace boost::asio::experimental::awaitable_operators;
using model::leg;
using model::stage;
using net::asio::awaitable;
using wire::front::proxy_error;

namespace {

// Comes back when the client has gone, with how; or never: what it sends early does not count.
awaitable<net::error_code> client_gone(flow& of) {
    net::asio::steady_timer never(
        co_await net::asio::this_coro::executor, std::chrono::steady_clock::time_point::max());
    if (const auto stopped = co_await of.client->wait_readable()) co_return stopped;
    const auto end = of.client->ended();
    if (!end) co_await never.async_wait(net::as_result);
    co_return end;
}

// The race with the client's leaving waits for an answer: there must be one.
awaitable<server_leg> open_or_refuse(flow& of, const request& asked) {
    std::string bug;
    try {
        co_return co_await open_server_leg(of, asked);
    } catch (const std::exception& error) {
        bug = error.what();
    }
    co_return server_leg(refusal(proxy_error::proxy_internal_error, "internal error: " + bug));
}

void tell_gone(flow& of, const net::error_code& how) {
    if (of.aborted) return;
    if (how == net::asio::error::eof)
        of.tell_closed(leg::client, "peer", "fin");
    else
        of.tell_broken(leg::client, how);
    of.client->close();
}

awaitable<void> pump_to_end(
    flow& of, bytes from_client, bytes from_server, net::asio::steady_timer& watching) {
    co_await pump(of, std::move(from_client), std::move(from_server));
    of.over = true; // for a watch whose timer fires just now
    watching.cancel();
}

// The front's yes; false when the client takes it no more.
awaitable<bool> say_yes(flow& of, std::string words) {
    if (words.empty()) co_return true;
    of.tell(model::answered{200, "Connection established", ""});
    of.tell_dialogue(direction::to_client, words);
    const auto gone = co_await write_all(*of.client, as_bytes(words));
    if (gone && !of.aborted) of.tell_broken(leg::client, gone);
    if (gone) of.abort();
    co_return !gone;
}

} // namespace

awaitable<void> run_flow(flow& running) {
    stream_reader from(running.client, running.around.buffers);
    auto asked = co_await read_front(running, from);
    while (asked && asked->what == policy::asked_for::plain_http)
        asked = co_await forward_http(running, from, std::move(*asked));
    if (!asked) co_return;
    auto made = co_await open_unless_gone(running, *asked, !from.unused().empty());
    if (!made) co_return;
    if (made->why) {
        co_await refuse(running, *asked->by, std::move(*made->why));
        co_return;
    }
    running.tell_path(leg::server);
    running.enter(stage::hello);
    if (!co_await say_yes(running, asked->by->established(made->local))) co_return;
    co_await tunnel(running, from.take(), std::move(made->early));
}

awaitable<std::optional<server_leg>> open_unless_gone(
    flow& of, const request& asked, bool sent_more) {
    if (sent_more) {
        // What the client has sent already is for the server, even if it sends no more.
        auto raced = co_await (open_or_refuse(of, asked) || of.stopped());
        if (raced.index() == 1 || of.aborted) co_return std::nullopt;
        co_return std::move(std::get<0>(raced));
    }
    auto raced = co_await (open_or_refuse(of, asked) || client_gone(of));
    if (raced.index() == 1) tell_gone(of, std::get<1>(raced));
    if (raced.index() == 1 || of.aborted) co_return std::nullopt;
    co_return std::move(std::get<0>(raced));
}

awaitable<void> tunnel(flow& of, bytes from_client, bytes from_server) {
    of.last_byte = of.clock.now();
    net::asio::steady_timer timer(co_await net::asio::this_coro::executor);
    co_await (
        pump_to_end(of, std::move(from_client), std::move(from_server), timer) &&
        watch(of, stage::data, timer));
    if (of.aborted) co_return;
    of.tell_path(leg::client);
    of.tell_path(leg::server);
    of.client->close();
    of.server->close();
}

} // namespace helloscope::relay
