#include "flow_runner.hpp"

#include "flow_faults.hpp"
#include "front.hpp"
#include "healing.hpp"
#include "http_forward.hpp"
#include "investigating.hpp"
#include "pump.hpp"

#include <spdlog/spdlog.h>

namespace helloscope::relay {

using model::leg;
using model::stage;
using net::asio::awaitable;
using wire::front::proxy_error;

namespace {

// Whoever waits for the leg waits for an answer: there must be one.
awaitable<server_leg> open_or_refuse(flow& of, request& asked) {
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

// What came early on a tunnel that stands.
struct opened_tunnel {
    bytes from_client, from_server;

    opened_tunnel(bytes client, bytes server)
        : from_client(std::move(client)), from_server(std::move(server)) {}
};

// Up to the tunnel; nothing when the flow is over without one. A coroutine of its own, so that an
// idle tunnel keeps nothing of it.
awaitable<std::optional<opened_tunnel>> open_tunnel(flow& running) {
    stream_reader from(running.client, running.around.buffers);
    auto asked = co_await read_front(running, from);
    while (asked && asked->what == policy::asked_for::plain_http)
        asked = co_await forward_http(running, from, std::move(*asked));
    if (!asked) co_return std::nullopt;
    auto made = co_await open_unless_gone(running, *asked, !from.unused().empty());
    if (!made) co_return std::nullopt;
    if (made->why) {
        co_await refuse(running, *asked->by, std::move(*made->why));
        co_return std::nullopt;
    }
    running.enter(stage::hello);
    if (!co_await say_yes(running, asked->by->established(made->local))) co_return std::nullopt;
    const auto executor = co_await net::asio::this_coro::executor;
    running.inquiry = make_investigating(running, executor, *asked, *made);
    const bool v6 = made->local.address.v6;
    opened_tunnel opened(from.take(), made->early);
    if (!running.aborted && heals(running))
        heal_leg(running, executor, std::move(*asked), std::move(*made));
    if (running.faults) running.faults->wrap(executor, v6);
    co_return opened;
}

awaitable<void> end_tunnel(flow& of) {
    if (of.faults && !of.aborted) co_await of.faults->settle();
    of.over = true;
    if (of.aborted) co_return;
    of.tell_path(leg::client);
    of.tell_path(leg::server);
    of.look_at_segments(flow::look::last);
    of.client->close();
    of.server->close();
}

awaitable<void> end_flow(flow& running, bool tunneled, std::exception_ptr bug) {
    try {
        if (bug) std::rethrow_exception(bug);
        if (tunneled) co_await end_tunnel(running);
        if (running.faults) co_await running.faults->finish();
        if (running.beside != nullptr) co_await running.beside->finish();
        if (running.inquiry) co_await running.inquiry->finish();
        running.finish();
    } catch (const std::exception& error) {
        spdlog::error("a flow ended by an internal error: {}", error.what());
        running.abort();
        if (running.inquiry) running.inquiry->stop();
    }
    if (running.beside != nullptr) co_await running.beside->finish(); // whatever has happened
    if (running.inquiry) co_await running.inquiry->finish();
}

} // namespace

void run_flow(flow& running, net::asio::io_context& on, flow_end_sink& to) {
    const auto end = [&running, &on, &to](bool tunneled, std::exception_ptr bug) {
        net::asio::co_spawn(
            on, end_flow(running, tunneled, std::move(bug)),
            [&to](std::exception_ptr) { to.over(); });
    };
    const auto go_on = [&running, &on,
                        end](std::exception_ptr bug, std::optional<opened_tunnel> opened) {
        running.touch();
        if (!opened || running.aborted) return end(opened.has_value(), std::move(bug));
        pump_over over = [end](std::exception_ptr failed) { end(true, std::move(failed)); };
        start_pump(
            running, on.get_executor(), std::move(opened->from_client),
            std::move(opened->from_server), std::move(over));
    };
    net::asio::co_spawn(on, open_tunnel(running), go_on);
}

awaitable<std::optional<server_leg>> open_unless_gone(flow& of, request& asked, bool sent_more) {
    // What the client has sent already is for the server, even if it sends no more.
    flow::opening now(!sent_more);
    of.opens = &now;
    const auto executor = co_await net::asio::this_coro::executor;
    auto made = co_await net::asio::co_spawn(
        executor, open_or_refuse(of, asked),
        net::asio::bind_cancellation_slot(now.give_up.slot(), net::asio::use_awaitable));
    of.opens = nullptr;
    if (now.client_may_leave && !now.client_left && !of.aborted)
        now.client_left = of.client->ended(); // since the last tick
    if (now.client_left) tell_gone(of, now.client_left);
    if (now.client_left || of.aborted) co_return std::nullopt;
    co_return made;
}

awaitable<void> tunnel(flow& of, bytes from_client, bytes from_server) {
    of.touch();
    if (!of.aborted) co_await pump(of, std::move(from_client), std::move(from_server));
    co_await end_tunnel(of);
}

} // namespace helloscope::relay
