#include "broken.hpp"
#include "cpu_use.hpp"
#include "modes.hpp"
#include "tunnels.hpp"

#include <array>
#include <sys/socket.h>

namespace bench {

namespace {

constexpr std::chrono::seconds most_to_end(10);

// Each of its tunnels is opened again as soon as both ends of it are closed, the server's first:
// the other way round, the 28,000 ports of loopback wait out a second each, and beyond 14,000
// connections a second one measures how the kernel looks for a free port.
class exchanges final : public tunnel_user {
  public:
    exchanges(tunnels& with, const dialogue& says) : tunnels_(with), says_(says) {}

    void start(int parallel) {
        for (; running_ < parallel; ++running_) tunnels_.open(tunnels_.add(), says_, *this);
    }
    void stop() { stopping_ = true; }
    int running() const { return running_; }
    std::uint64_t count() const { return count_; }

    void opened(tunnel& of) override { tunnels_.close(of, side::server); }

    void ready(tunnel& of, side which, std::uint32_t) override {
        char byte;
        const auto size = recv(of.socket(which), &byte, 1, 0);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (size != 0)
            fail(
                "tunnel {}: {} at its {} instead of the end", of.number,
                size < 0 ? error_text() : "bytes", name_of(which));
        tunnels_.close(of, which);
        ++count_;
        if (stopping_)
            --running_;
        else
            tunnels_.open(of, says_, *this);
    }

  private:
    tunnels& tunnels_;
    const dialogue& says_;
    int running_ = 0;
    bool stopping_ = false;
    std::uint64_t count_ = 0;
};

} // namespace

// One exchange: connect, CONNECT and its answer where the relay speaks it, the dialogue, the
// server's close, and the end of stream at the client, which closes too.
std::string run_rate(const options& given) {
    loop events;
    tunnels opened(events, given);
    no_use nothing;
    opened.open_all(given.beside, handshake(given.content), nothing);
    const auto says = exchanged(given.exchange, given.content);
    exchanges running(opened, says);
    running.start(given.connections);
    const auto turn_for = [&](seconds later) {
        const auto end = clock::now() + std::chrono::duration_cast<clock::duration>(later);
        while (clock::now() < end) events.turn();
        return clock::now();
    };
    const auto begin = turn_for(given.warm_up);
    const cpu_use used(given.processes);
    const auto before = running.count();
    const auto end = turn_for(given.measured);
    const auto count = running.count() - before;
    const auto cores = used.members();
    running.stop();
    for (const auto limit = clock::now() + most_to_end; running.running() > 0;) {
        events.turn();
        if (clock::now() > limit) fail("{} connections do not end", running.running());
    }
    const auto took = seconds(end - begin).count();
    return fmt::format(
        R"({{"mode":"rate","exchange":"{}","content":"{}","connections":{},"beside":{},)"
        R"("seconds":{:.3f},"exchanges":{},"total":{},"per_s":{:.0f},{}}})",
        given.exchange == exchange::flight ? "flight" : "request",
        given.content == content::tls ? "tls" : "plain", given.connections, given.beside, took,
        count, running.count(), static_cast<double>(count) / took, cores);
}

} // namespace bench
