#include "worker.hpp"

#include "flow_faults.hpp"
#include "helloscope/net/kernel/original_destination.hpp"
#include "helloscope/net/streams/tcp_stream.hpp"

#include <csignal>
#include <fcntl.h>
#include <spdlog/spdlog.h>

namespace helloscope::relay {

using namespace std::chrono_literals;
using net::asio::awaitable;

namespace {

// Where the client was going: under TPROXY that is our socket's own address.
result<endpoint> destination_of(net::tcp::socket& client, const listening& where) {
    const bool transparent = where.how == way_in::redirect || where.how == way_in::tproxy;
    if (!transparent && !where.at.address.is_unspecified()) return where.at;
    net::error_code error;
    const auto local = client.local_endpoint(error);
    if (error) return std::unexpected(failure{error.message()});
    const auto bound = net::from_asio(local);
    result<endpoint> meant = bound;
    if (where.how == way_in::redirect) meant = net::original_destination(client.native_handle());
    if (transparent && meant && *meant == bound && bound.port == where.at.port)
        return std::unexpected(
            failure{"the connection came to this port itself: no rule led it here"});
    return meant;
}

// splice(2) into a socket that its peer has reset raises SIGPIPE and has no flag against it.
// Blocked on this thread of ours, it is never delivered.
void ignore_broken_pipes() {
    sigset_t broken;
    ::sigemptyset(&broken);
    ::sigaddset(&broken, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &broken, nullptr);
}

} // namespace

void worker::run(shared& common, recorder::inlet& record) {
    common_ = &common;
    record_ = &record;
    pipes_.emplace(net::pipe_budget() / common.options.threads);
    ignore_broken_pipes();
    for (auto place = doors_.begin(); place != doors_.end(); ++place) open(place);
    net::asio::co_spawn(context_, sweep(), [](std::exception_ptr bug) {
        if (bug) std::rethrow_exception(bug);
    });
    context_.run();
}

void worker::take(net::tcp::acceptor acceptor, std::shared_ptr<const entrance> in) {
    const auto place = doors_.emplace(doors_.end(), std::move(acceptor), std::move(in));
    if (common_ != nullptr) open(place);
}

void worker::open(std::list<door>::iterator place) {
    net::asio::co_spawn(context_, accept(*place), [this, place](std::exception_ptr bug) {
        if (bug) std::rethrow_exception(bug); // a relay that accepts nothing must not seem to run
        if (!stopping_) doors_.erase(place);
    });
}

void worker::door::close() {
    closed = true;
    net::error_code ignored;
    acceptor.close(ignored);
    room.cancel();
}

void worker::close(const entrance& in, std::string_view why) {
    for (auto& one : doors_)
        if (one.in.get() == &in) one.close();
    end_flows(in, why);
}

void worker::exchange(const entrance& in, const std::shared_ptr<const entrance>& by) {
    for (auto& one : doors_)
        if (one.in.get() == &in) one.in = by;
    end_flows(in, "its listener was changed");
}

void worker::look_at_faults(const entrance& of) {
    for (auto& guest : flows_)
        if (guest.one.came.by.get() == &of && guest.one.faults) guest.one.faults->look();
}

void worker::end_flows(const entrance& of, std::string_view why) {
    for (auto& guest : flows_)
        if (guest.one.came.by.get() == &of) guest.one.leave(why);
}

void worker::stop() {
    net::asio::post(context_, [this] {
        stopping_ = true;
        for (auto& one : doors_) one.close();
        sweep_timer_.cancel();
        for (auto& guest : flows_) guest.one.stop();
    });
}

awaitable<void> worker::accept(door& at) {
    while (!at.closed) {
        co_await wait_for_room(at);
        net::tcp::endpoint peer;
        net::tcp::socket client(context_);
        auto [error] = co_await at.acceptor.async_accept(client, peer, net::as_result);
        if (at.closed) co_return;
        if (error) {
            // Out of file descriptors or memory: flows that end make room.
            if (error != net::asio::error::connection_aborted) {
                spdlog::warn(
                    "cannot accept a connection: {}: is ulimit -n high enough?", error.message());
                at.room.expires_after(100ms);
                co_await at.room.async_wait(net::as_result);
            }
            continue;
        }
        // Asio opens sockets without it: a command that we run must not hold our connections.
        ::fcntl(client.native_handle(), F_SETFD, FD_CLOEXEC);
        arrival came(at.in, net::from_asio(peer), destination_of(client, at.in->where));
        try {
            serve(std::move(client), std::move(came));
        } catch (const std::exception& bug) {
            spdlog::error("a connection is not served: {}", bug.what());
        }
    }
}

awaitable<void> worker::wait_for_room(door& at) {
    const auto& common = *common_;
    if (common.count.open < common.options.max_flows) {
        full_ = false;
        co_return;
    }
    if (!std::exchange(full_, true)) // once, until there was room again
        spdlog::warn(
            "{} flows are open (--max-flows): new connections wait", common.options.max_flows);
    while (!at.closed && common.count.open >= common.options.max_flows) {
        at.room.expires_after(100ms); // another thread's flow may end too
        co_await at.room.async_wait(net::as_result);
    }
}

worker::hosted::hosted(
    worker& from, flow::surroundings around, net::tcp::socket client, arrival came)
    : by(from), one(around, net::make_tcp_stream(std::move(client)), std::move(came)) {}

void worker::serve(net::tcp::socket client, arrival came) {
    const flow::surroundings around{*common_, *record_, buffers_, *pipes_};
    const auto place = flows_.emplace(
        flows_.end(), *this, around, std::move(client), std::move(came));
    place->place = place;
    try {
        run_flow(place->one, context_, *place);
    } catch (...) { // no memory for its coroutine
        flows_.erase(place);
        throw;
    }
}

void worker::forget(std::list<hosted>::iterator gone) {
    flows_.erase(gone);
    if (common_->count.open + 1 < common_->options.max_flows) return;
    for (auto& waiting : doors_) waiting.room.cancel();
}

awaitable<void> worker::sweep() {
    while (!stopping_) {
        sweep_timer_.expires_after(flow::period);
        co_await sweep_timer_.async_wait(net::as_result);
        for (auto& guest : flows_) guest.one.sweep();
    }
}

} // namespace helloscope::relay
