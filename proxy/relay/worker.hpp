// One thread: an io_context, its listening sockets, and the flows that came in through them.
#pragma once

#include "flow_runner.hpp"

#include <list>

namespace helloscope::relay {

class worker {
  public:
    net::asio::io_context& context() { return context_; }

    // A socket that listens. Before run(), or on the worker's own thread as all that follows.
    void take(net::tcp::acceptor acceptor, std::shared_ptr<const entrance> in);
    // No more comes in there, and its flows end.
    void close(const entrance& in, std::string_view why);
    // The socket goes on listening for another listener at the same address.
    void exchange(const entrance& in, const std::shared_ptr<const entrance>& by);
    // They have changed: its flows are to notice now.
    void look_at_faults(const entrance& of);

    // Serves until stop(); called on the worker's own thread.
    void run(shared& common, recorder::inlet& record);
    // From any thread.
    void stop();

  private:
    struct door {
        net::tcp::acceptor acceptor;
        std::shared_ptr<const entrance> in;
        net::asio::steady_timer room; // waits while --max-flows are open
        bool closed = false;
        door(net::tcp::acceptor open, std::shared_ptr<const entrance> how)
            : acceptor(std::move(open)), in(std::move(how)), room(acceptor.get_executor()) {}
        void close();
    };

    struct hosted final : flow_end_sink {
        worker& by;
        std::list<hosted>::iterator place{};
        flow one;
        hosted(worker& from, flow::surroundings around, net::tcp::socket client, arrival came);
        void over() override { by.forget(place); }
    };

    void open(std::list<door>::iterator place);
    void end_flows(const entrance& of, std::string_view why);
    net::awaitable<void> accept(door& at);
    void serve(net::tcp::socket client, arrival came);
    void forget(std::list<hosted>::iterator gone);
    net::awaitable<void> sweep();
    net::awaitable<void> wait_for_room(door& at);

    net::asio::io_context context_{1};
    shared* common_ = nullptr; // from run() on
    recorder::inlet* record_ = nullptr;
    buffer_pool buffers_;
    std::optional<net::pipe_pool> pipes_; // from run() on
    std::list<hosted> flows_;
    std::list<door> doors_;
    net::asio::steady_timer sweep_timer_{context_};
    bool stopping_ = false;
    bool full_ = false; // told that --max-flows is reached
};

} // namespace helloscope::relay
