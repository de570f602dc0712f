#include "helloscope/origin/server.hpp"

#include "helloscope/net/kernel/listen.hpp"
#include "session.hpp"
#include "tls_context.hpp"

#include <thread>

namespace helloscope::origin {
namespace {

using namespace std::chrono_literals;
using net::as_result;
using net::awaitable;
namespace asio = boost::asio;

awaitable<void> run_connection(net::tcp::socket socket, shared& shared) {
    ++shared.connections;
    ++shared.open;
    co_await serve_connection(std::move(socket), shared);
    --shared.open;
}

awaitable<void> accept(net::tcp::acceptor& acceptor, shared& shared) {
    for (;;) {
        auto [error, socket] = co_await acceptor.async_accept(as_result);
        if (error == asio::error::operation_aborted) co_return;
        if (error) { // out of descriptors, most likely: others will be closed meanwhile
            shared.log("cannot accept: " + error.message());
            asio::steady_timer pause(acceptor.get_executor(), 100ms);
            co_await pause.async_wait(as_result);
        } else if (shared.open >= shared.options.connections) {
            shared.log("closed a connection: the limit is reached");
        } else {
            socket.set_option(net::tcp::no_delay(true), error);
            asio::co_spawn(
                acceptor.get_executor(), run_connection(std::move(socket), shared), asio::detached);
        }
    }
}

} // namespace

// In the order of need: the connections die with `context`, before what they share.
struct server::running {
    running(origin::options options, asio::ssl::context tls)
        : shared(std::move(options), std::move(tls)) {}
    ~running() { stop(); }

    void stop() {
        context.stop();
        if (thread.joinable()) thread.join();
    }

    origin::shared shared;
    asio::io_context context{1};
    std::vector<net::tcp::acceptor> acceptors;
    endpoint address;
    std::thread thread;
};

result<server> server::start(origin::options options) {
    auto tls = make_tls_context(options.tls);
    if (!tls) return std::unexpected(tls.error());
    auto state = std::make_unique<running>(std::move(options), std::move(*tls));
    asio::io_context* const contexts[] = {&state->context};
    auto acceptors = net::listen(contexts, state->shared.options.listen);
    if (!acceptors) return std::unexpected(acceptors.error());
    state->acceptors = std::move(*acceptors);
    state->address = net::from_asio(state->acceptors.front().local_endpoint());
    asio::co_spawn(state->context, accept(state->acceptors.front(), state->shared), asio::detached);
    state->thread = std::thread([&context = state->context] { context.run(); });
    return server(std::move(state));
}

server::server(std::unique_ptr<running> state) : running_(std::move(state)) {}
server::server(server&&) noexcept = default;
server::~server() = default;

endpoint server::address() const { return running_->address; }

counters server::so_far() const {
    const shared& shared = running_->shared;
    return {shared.connections, shared.handshakes, shared.handshake_failures, shared.requests};
}

void server::stop() { running_->stop(); }

} // namespace helloscope::origin
