// One thread: an io_context, its listening sockets, and the flows that came in through them.
#pragma once

#include "flow.hpp"

#include <list>

namespace helloscope::relay {

class worker {
  public:
    net::asio::io_context& context() { return context_; }

    // A socket that listens where `common.options.listeners[i]` says: the i-th call. Before run().
    void take(net::tcp::acceptor acceptor) { doors_.emplace_back(std::move(acceptor)); }
    // Serves until stop(); called on the worker's own thread.
    void run(shared& common, recorder::inlet& record);
    // From any thread.
    void stop();

  private:
    struct door {
        net::tcp::acceptor acceptor;
        net::asio::steady_timer room; // waits while --max-flows are open
        explicit door(net::tcp::acceptor open)
            : acceptor(std::move(open)), room(acceptor.get_executor()) {}
    };

    net::awaitable<void> accept(shared& common, door& at, const listening& where);
    net::awaitable<void> serve(shared& common, net::tcp::socket client, arrival came);
    net::awaitable<void> sweep();
    net::awaitable<void> wait_for_room(const shared& common, door& at);

    net::asio::io_context context_{1};
    recorder::inlet* record_ = nullptr;
    buffer_pool buffers_;
    std::optional<net::pipe_pool> pipes_; // from run() on
    std::list<flow*> flows_;
    std::list<door> doors_;
    net::asio::steady_timer sweep_timer_{context_};
    bool stopping_ = false;
    bool full_ = false; // told that --max-flows is reached
};

} // namespace helloscope::relay
