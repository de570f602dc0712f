// A long wire between two links of the namespace it runs in: frames that come on one leave on the
// other later. Where the kernel has no netem, and without /dev/net/tun, which is root's on some
// machines: packet sockets need no more than a namespace of one's own.
//
//   lab_delay LINK LINK [--delay MS] [--jitter MS] [--loss PERCENT] [--rate KBIT] [--seed N]
//
// Each direction by itself: a delay, up to `jitter` more, order kept; a rate and the queue before
// it; a loss that hits the same TCP packets in each run with the same seed, but never more than two
// in a row, nor what comes after half a second of silence: a connection that waits twice as long
// each time is not left waiting for minutes. Prints "ready".
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t queue_limit = 1 << 20; // bytes that wait for a slow wire

struct wire_options {
    milliseconds delay{0}, jitter{0};
    double loss = 0; // of TCP packets, per cent
    double rate = 0; // kbit/s, 0: none
    std::uint64_t seed = 1;
};

[[noreturn]] void fail(const std::string& what) {
    std::fprintf(stderr, "lab_delay: %s\n", what.c_str());
    std::exit(1);
}

[[noreturn]] void fail_with_errno(const std::string& what) {
    fail(what + ": " + std::generic_category().message(errno));
}

int open_link(const char* name) {
    const unsigned index = ::if_nametoindex(name);
    if (index == 0) fail_with_errno(std::string("no link ") + name);
    const int fd = ::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) fail_with_errno("a packet socket");
    const int on = 1; // else each frame sent would come back as one received
    if (::setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0)
        fail_with_errno("PACKET_IGNORE_OUTGOING");
    sockaddr_ll at{};
    at.sll_family = AF_PACKET;
    at.sll_protocol = htons(ETH_P_ALL);
    at.sll_ifindex = static_cast<int>(index);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
        fail_with_errno(std::string("listening on ") + name);
    return fd;
}

// Neighbour discovery and the like is never lost: a lab is about connections.
bool is_tcp(std::span<const std::uint8_t> frame) {
    constexpr std::size_t ip = sizeof(ether_header);
    if (frame.size() < ip + 40) return false;
    const int type = frame[12] << 8 | frame[13];
    return (type == ETHERTYPE_IP && frame[ip + 9] == IPPROTO_TCP) ||
           (type == ETHERTYPE_IPV6 && frame[ip + 6] == IPPROTO_TCP);
}

class direction {
  public:
    direction(int from, int to, const wire_options& options, std::uint64_t number)
        : from_{from}, to_{to}, options_{options}, random_{options.seed * 2 + number} {}

    int from() const { return from_; }

    std::optional<clock_type::time_point> due() const {
        if (waiting_.empty()) return std::nullopt;
        return waiting_.front().due;
    }

    void take(clock_type::time_point now) {
        std::array<std::uint8_t, 65536> buffer;
        for (;;) {
            const ssize_t got = ::recv(from_, buffer.data(), buffer.size(), 0);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENETDOWN)) return;
            if (got < 0) fail_with_errno("reading");
            enqueue(std::span(buffer).first(static_cast<std::size_t>(got)), now);
        }
    }

    void give(clock_type::time_point now) {
        while (!waiting_.empty() && waiting_.front().due <= now) {
            const auto& frame = waiting_.front().bytes;
            // A link that is down or full loses it, as wires do.
            [[maybe_unused]] const auto sent = ::send(to_, frame.data(), frame.size(), 0);
            waiting_bytes_ -= frame.size();
            waiting_.pop_front();
        }
    }

  private:
    struct waiting {
        clock_type::time_point due;
        std::vector<std::uint8_t> bytes;
    };

    void enqueue(std::span<const std::uint8_t> frame, clock_type::time_point now) {
        // Both are drawn for each, so that one setting does not move what another one hits.
        const double luck = uniform_(random_), shake = uniform_(random_);
        if (is_tcp(frame)) {
            const bool in_silence = came_ && now - *came_ > milliseconds(500);
            const bool may_be_lost = lost_in_a_row_ < 2 && !in_silence;
            came_ = now;
            lost_in_a_row_ = luck * 100 < options_.loss && may_be_lost ? lost_in_a_row_ + 1 : 0;
            if (lost_in_a_row_ > 0) return;
        }
        if (waiting_bytes_ + frame.size() > queue_limit) return;
        auto leaves = now;
        if (options_.rate > 0) {
            const milliseconds on_the_wire{static_cast<double>(frame.size() * 8) / options_.rate};
            free_ = leaves = std::max(free_, now) + duration_cast<nanoseconds>(on_the_wire);
        }
        leaves += duration_cast<nanoseconds>(options_.delay + shake * options_.jitter);
        last_ = std::max(last_, leaves);
        waiting_.push_back({last_, {frame.begin(), frame.end()}});
        waiting_bytes_ += frame.size();
    }

    int from_, to_;
    wire_options options_;
    std::mt19937_64 random_;
    std::uniform_real_distribution<double> uniform_{0, 1};
    std::deque<waiting> waiting_;
    std::size_t waiting_bytes_ = 0;
    int lost_in_a_row_ = 0;
    std::optional<clock_type::time_point> came_; // the last TCP packet
    clock_type::time_point free_{}, last_{};
};

void copy(std::span<direction, 2> both) {
    for (;;) {
        const auto now = clock_type::now();
        std::optional<clock_type::time_point> next;
        for (auto& one : both) {
            one.give(now);
            if (const auto due = one.due()) next = next ? std::min(*next, *due) : *due;
        }
        std::array<pollfd, 2> fds{{{both[0].from(), POLLIN, 0}, {both[1].from(), POLLIN, 0}}};
        timespec patience{};
        if (next) {
            const auto left = std::max(nanoseconds(0), nanoseconds(*next - clock_type::now()));
            patience = {left.count() / 1'000'000'000, left.count() % 1'000'000'000};
        }
        if (::ppoll(fds.data(), fds.size(), next ? &patience : nullptr, nullptr) < 0 &&
            errno != EINTR)
            fail_with_errno("waiting");
        for (std::size_t i = 0; i < both.size(); ++i)
            if (fds[i].revents != 0) both[i].take(clock_type::now());
    }
}

double number(std::string_view option, const char* text) {
    char* end = nullptr;
    const double value = text == nullptr ? -1 : std::strtod(text, &end);
    if (text == nullptr || end == text || *end != 0 || !(value >= 0) || value > 1e9)
        fail(std::string(option) + ": a number from 0 to 1e9 is expected");
    return value;
}

wire_options read_options(std::span<char*> words) {
    wire_options options;
    for (std::size_t i = 0; i < words.size(); i += 2) {
        const std::string_view name = words[i];
        const double value = number(name, i + 1 < words.size() ? words[i + 1] : nullptr);
        if (name == "--delay")
            options.delay = milliseconds(value);
        else if (name == "--jitter")
            options.jitter = milliseconds(value);
        else if (name == "--loss")
            options.loss = value;
        else if (name == "--rate")
            options.rate = value;
        else if (name == "--seed")
            options.seed = static_cast<std::uint64_t>(value);
        else
            fail("no option " + std::string(name));
    }
    return options;
}

} // namespace

int main(int argc, char** argv) {
    const std::span words(argv, static_cast<std::size_t>(argc));
    if (words.size() < 3)
        fail("usage: lab_delay LINK LINK [--delay MS] [--jitter MS] "
             "[--loss PERCENT] [--rate KBIT] [--seed N]");
    const auto options = read_options(words.subspan(3));
    const int left = open_link(words[1]), right = open_link(words[2]);
    std::array<direction, 2> both{
        direction(left, right, options, 0), direction(right, left, options, 1)};
    std::puts("ready");
    std::fflush(stdout);
    copy(both);
}
