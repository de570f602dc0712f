// One epoll for both ends of all tunnels. Handlers try and take "not now" for an answer: an event
// may be stale when the number of a closed socket has been given to a new one.
#pragma once

#include "options.hpp"

#include <cstdint>
#include <vector>

namespace bench {

using clock = std::chrono::steady_clock;

class handler {
  public:
    virtual void ready(int socket, std::uint32_t events) = 0;

  protected:
    ~handler() = default;
};

class loop {
  public:
    loop();
    ~loop();
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;

    // Level-triggered; `events` as epoll's. A handler lives as long as its sockets.
    void watch(int socket, handler&, std::uint32_t events);
    void change(int socket, std::uint32_t events);
    // The handler may close any socket from within ready().
    void close(int socket);
    // Handles what is ready, and waits 100 ms at most for something to be.
    void turn();

  private:
    int epoll_;
    std::vector<handler*> handlers_; // by socket
};

} // namespace bench
