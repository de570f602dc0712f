#include "broken.hpp"
#include "cpu_use.hpp"
#include "modes.hpp"
#include "tunnels.hpp"

#include <algorithm>
#include <sys/socket.h>

namespace bench {

namespace {

constexpr std::string_view tls_byte("\x17\x03\x03\x00\x01p", 6);
constexpr std::string_view plain_byte("p");

void bound_waiting(int socket) {
    const timeval most{.tv_sec = 5, .tv_usec = 0};
    if (setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most) != 0)
        fail("a receive timeout: {}", error_text());
}

void pass(const tunnel& of, side from, std::string_view bytes) {
    const auto size = static_cast<ssize_t>(bytes.size());
    if (send(of.socket(from), bytes.data(), bytes.size(), MSG_NOSIGNAL) != size)
        fail("tunnel {}: sending a byte: {}", of.number, error_text());
    char buffer[16];
    const auto got = recv(of.socket(other(from)), buffer, bytes.size(), MSG_WAITALL);
    if (got == size) return;
    fail(
        "tunnel {}: {} where a byte should come", of.number,
        got < 0 ? error_text() : "end of stream");
}

double at_quantile(const std::vector<float>& sorted, double quantile) {
    const auto at = static_cast<std::size_t>(quantile * static_cast<double>(sorted.size()));
    return sorted[std::min(at, sorted.size() - 1)];
}

} // namespace

// There and back through one tunnel after the other, each end asleep until its byte comes.
std::string run_latency(const options& given) {
    loop events;
    tunnels opened(events, given);
    const auto says = handshake(given.content);
    no_use nothing;
    opened.open_all(given.beside, says, nothing);
    const auto through = opened.open_all(given.connections, says, nothing);
    for (const auto* each : through) {
        for (const auto which : {side::client, side::server}) {
            make_blocking(each->socket(which));
            bound_waiting(each->socket(which));
        }
    }
    const auto bytes = given.content == content::tls ? tls_byte : plain_byte;
    std::vector<float> trips;
    const cpu_use used(given.processes);
    const auto begin = clock::now();
    auto now = begin;
    for (std::size_t i = 0; seconds(now - begin) < given.warm_up + given.measured; ++i) {
        const auto& of = *through[i % through.size()];
        const auto started = now;
        pass(of, side::client, bytes);
        pass(of, side::server, bytes);
        now = clock::now();
        if (seconds(started - begin) >= given.warm_up)
            trips.push_back(std::chrono::duration<float, std::micro>(now - started).count());
    }
    const auto cores = used.members();
    if (trips.empty()) fail("no round trip within {} s", given.measured.count());
    std::sort(trips.begin(), trips.end());
    return fmt::format(
        R"({{"mode":"latency","content":"{}","connections":{},"beside":{},"trips":{},)"
        R"("p50_us":{:.1f},"p99_us":{:.1f},"max_us":{:.1f},{}}})",
        given.content == content::tls ? "tls" : "plain", given.connections, given.beside,
        trips.size(), at_quantile(trips, 0.5), at_quantile(trips, 0.99), trips.back(), cores);
}

} // namespace bench
