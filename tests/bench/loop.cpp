#include "loop.hpp"

#include "broken.hpp"

#include <array>
#include <sys/epoll.h>
#include <unistd.h>

namespace bench {

loop::loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) fail("epoll: {}", error_text());
}

loop::~loop() { ::close(epoll_); }

void loop::watch(int socket, handler& by, std::uint32_t events) {
    const auto at = static_cast<std::size_t>(socket);
    if (handlers_.size() <= at) handlers_.resize(at + 1024);
    handlers_[at] = &by;
    epoll_event wanted{.events = events, .data = {.fd = socket}};
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &wanted) != 0) fail("epoll: {}", error_text());
}

void loop::change(int socket, std::uint32_t events) {
    epoll_event wanted{.events = events, .data = {.fd = socket}};
    if (epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &wanted) != 0) fail("epoll: {}", error_text());
}

void loop::close(int socket) {
    handlers_[static_cast<std::size_t>(socket)] = nullptr;
    ::close(socket);
}

void loop::turn() {
    std::array<epoll_event, 256> events;
    const int count = epoll_wait(epoll_, events.data(), events.size(), 100);
    if (count < 0 && errno != EINTR) fail("epoll: {}", error_text());
    for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        if (auto* by = handlers_[static_cast<std::size_t>(event.data.fd)])
            by->ready(event.data.fd, event.events);
    }
}

} // namespace bench
