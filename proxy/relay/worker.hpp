// One thread: an io_context, a listening socket, and the flows that came in through it.
#pragma once

#include "flow.hpp"

#include <list>

namespace helloscope::relay {

class worker {
  public:
    net::asio::io_context& context() { return context_; }

    // Serves until stop(); called on the worker's own thread.
    void run(shared& common, recorder::inlet& record, net::tcp::acceptor acceptor);
    // From any thread.
    void stop();

  private:
    net::awaitable<void> accept(shared& common);
    net::awaitable<void> serve(shared& common, net::tcp::socket client, endpoint from);
    net::awaitable<void> sweep();
    net::awaitable<void> wait_for_room(const shared& common);

    net::asio::io_context context_{1};
    recorder::inlet* record_ = nullptr;
    buffer_pool buffers_;
    std::list<flow*> flows_;
    std::optional<net::tcp::acceptor> acceptor_;
    net::asio::steady_timer sweep_timer_{context_};
    net::asio::steady_timer room_{context_};
    bool stopping_ = false;
    bool full_ = false; // told that --max-flows is reached
};

} // namespace helloscope::relay
