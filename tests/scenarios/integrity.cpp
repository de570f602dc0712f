// Bytes arrive unchanged: many flows of random sizes, written in random pieces, ended by
// half-closes from either side or by resets. Each end checks every byte by its position, and how
// the other ended. A program of its own, so that it also runs under TSan: integrity [FLOWS] [SEED]
// [copy|tee|peek] [KEEP].
#include "helloscope/net/asio.hpp"
#include "helloscope/net/kernel/peek.hpp"
#include "helloscope/relay/proxy.hpp"

#include <atomic>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <random>

using namespace helloscope;
using namespace boost::asio::experimental::awaitable_operators;
using net::as_result;
using net::awaitable;
using net::error_code;
using net::tcp;
namespace asio = boost::asio;

namespace {

constexpr int at_once = 32;
constexpr std::size_t index_size = 4; // the server learns the flow's number from the first bytes

enum class end { client_first, server_first, client_resets, server_resets };

// What a flow does: the same for both ends, from its number alone.
struct plan {
    std::uint32_t number = 0;
    std::uint64_t up = 0, down = 0;
    end how{};
    bool tls = false;              // the bytes look like TLS records
    std::uint16_t record_size = 0; // of their bodies
    bool early = false;            // the first bytes come in one write with the request head

    plan(std::uint32_t flow, std::uint64_t seed) : number(flow) {
        std::mt19937_64 random(seed * 1'000'003 + flow);
        const auto size = [&]() -> std::uint64_t {
            switch (random() % 4) {
            case 0: return random() % 10;
            case 1: return random() % 2'000;
            case 2: return random() % 200'000;
            default: return random() % (random() % 4 == 0 ? 4'000'000 : 20'000);
            }
        };
        up = index_size + size();
        down = size();
        how = static_cast<end>(random() % 4);
        tls = random() % 2 == 0;
        early = random() % 2 == 0;
        static constexpr std::array<std::uint16_t, 4> sizes{40, 1'000, 5'000, 16'384};
        record_size = sizes[random() % sizes.size()];
    }

    // Byte `at` of one direction. In a TLS stream a header stands before each record.
    std::uint8_t byte(bool upward, std::uint64_t at) const {
        if (upward && at < index_size) return static_cast<std::uint8_t>(number >> 8 * at);
        const auto in_record = (at - (upward ? index_size : 0)) % (record_size + 5U);
        const std::uint8_t header[]{
            23, 3, 3, static_cast<std::uint8_t>(record_size >> 8),
            static_cast<std::uint8_t>(record_size & 0xff)};
        if (tls && in_record < sizeof header) return header[in_record];
        const auto mixed = (at + number * 2'654'435'761ULL + upward) * 0x9e37'79b9'7f4a'7c15ULL;
        return static_cast<std::uint8_t>(mixed >> 56);
    }

    bool resets() const { return how == end::client_resets || how == end::server_resets; }
};

struct outcome {
    std::uint64_t received = 0;
    bool right = true; // every byte was the one that belongs there
    error_code ended;  // eof, or what broke it
};

struct report_of_errors {
    std::atomic<int> count{0};
    void operator()(const plan& flow, std::string_view end, std::string_view what) {
        if (++count <= 20)
            std::fprintf(
                stderr, "flow %u, %.*s: %.*s\n", flow.number, static_cast<int>(end.size()),
                end.data(), static_cast<int>(what.size()), what.data());
    }
};

// Sends [from, to) in pieces of random size; the error that stopped it.
awaitable<error_code> send(
    tcp::socket& socket, const plan& flow, bool upward, std::uint64_t from, std::uint64_t to) {
    std::mt19937_64 random(flow.number * 2 + upward);
    std::vector<std::uint8_t> piece;
    while (from < to) {
        const std::uint64_t most = random() % 3 == 0 ? 50 : 20'000;
        piece.resize(std::min(to - from, 1 + random() % most));
        for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = flow.byte(upward, from + i);
        const auto [error, n] = co_await asio::async_write(socket, asio::buffer(piece), as_result);
        if (error) co_return error;
        from += piece.size();
    }
    co_return error_code();
}

// Receives up to `most` bytes, or to the end.
awaitable<outcome> receive(
    tcp::socket& socket, const plan& flow, bool upward, std::uint64_t from, std::uint64_t most) {
    outcome got;
    std::vector<std::uint8_t> buffer(50'000);
    while (got.received < most) {
        const auto limit = std::min<std::uint64_t>(buffer.size(), most - got.received);
        const auto [error, n] = co_await socket.async_read_some(
            asio::buffer(buffer.data(), limit), as_result);
        for (std::size_t i = 0; i < n; ++i)
            got.right &= buffer[i] == flow.byte(upward, from + got.received + i);
        got.received += n;
        got.ended = error;
        if (error) break;
    }
    co_return got;
}

void reset(tcp::socket& socket) {
    error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

// One end's part of a flow whose first `sent` and `got` bytes have passed already.
struct part {
    bool upward; // what this end sends
    std::uint64_t send_from, receive_from;
    std::uint64_t sends, expects; // in all
    bool ends_first, breaks;
    std::string_view name;
};

awaitable<void> play(tcp::socket socket, plan flow, part mine, report_of_errors& wrong) {
    constexpr auto all = ~0ULL;
    outcome got;
    if (mine.breaks) {
        // Half of what it would send and receive, and then a reset.
        co_await send(
            socket, flow, mine.upward, mine.send_from, std::max(mine.send_from, mine.sends / 2));
        got = co_await receive(
            socket, flow, !mine.upward, mine.receive_from, (mine.expects - mine.receive_from) / 2);
        reset(socket);
    } else if (mine.ends_first) {
        co_await send(socket, flow, mine.upward, mine.send_from, mine.sends);
        error_code ignored;
        if (!flow.resets()) socket.shutdown(tcp::socket::shutdown_send, ignored);
        got = co_await receive(socket, flow, !mine.upward, mine.receive_from, all);
    } else if (flow.resets()) {
        error_code refused;
        std::tie(got, refused) = co_await (
            receive(socket, flow, !mine.upward, mine.receive_from, all) &&
            send(socket, flow, mine.upward, mine.send_from, mine.sends));
        // The kernel tells a reset once: when the sender was told, the receiver reads an end.
        if (refused) got.ended = asio::error::connection_reset;
    } else {
        got = co_await receive(socket, flow, !mine.upward, mine.receive_from, all);
        co_await send(socket, flow, mine.upward, mine.send_from, mine.sends);
        error_code ignored;
        socket.shutdown(tcp::socket::shutdown_send, ignored);
        // To the other's close, so that ours breaks nothing on its way.
        co_await receive(socket, flow, !mine.upward, 0, 1);
    }
    const auto total = mine.receive_from + got.received;
    if (!got.right) wrong(flow, mine.name, "received other bytes than were sent");
    if (total > mine.expects) wrong(flow, mine.name, "received more than was sent");
    if (flow.resets()) {
        if (!mine.breaks && got.ended != asio::error::connection_reset)
            wrong(flow, mine.name, fmt::format("a reset arrived as '{}'", got.ended.message()));
    } else {
        if (total != mine.expects)
            wrong(flow, mine.name, fmt::format("received {} of {} bytes", total, mine.expects));
        if (got.ended != asio::error::eof)
            wrong(
                flow, mine.name, fmt::format("a half-close arrived as '{}'", got.ended.message()));
    }
}

awaitable<void> serve_one(tcp::socket socket, std::uint64_t seed, report_of_errors& wrong) {
    std::array<std::uint8_t, index_size> index{};
    const auto [error, n] = co_await asio::async_read(socket, asio::buffer(index), as_result);
    if (error) co_return; // the client has reset before it said who it is
    std::uint32_t number = 0;
    for (std::size_t i = index.size(); i-- > 0;) number = number << 8 | index[i];
    const plan flow(number, seed);
    const part mine{
        false,
        0,
        index_size,
        flow.down,
        flow.up,
        flow.how == end::server_first,
        flow.how == end::server_resets,
        "server"};
    co_await play(std::move(socket), flow, mine, wrong);
}

awaitable<void> serve(tcp::acceptor& acceptor, std::uint64_t seed, report_of_errors& wrong) {
    while (true) {
        auto [error, socket] = co_await acceptor.async_accept(as_result);
        if (error) co_return;
        asio::co_spawn(
            acceptor.get_executor(), serve_one(std::move(socket), seed, wrong), asio::detached);
    }
}

awaitable<void> ask_one(
    plan flow, tcp::endpoint proxy, tcp::endpoint server, report_of_errors& wrong) {
    tcp::socket socket(co_await asio::this_coro::executor);
    const auto [failed] = co_await socket.async_connect(proxy, as_result);
    if (failed) {
        wrong(flow, "client", failed.message());
        co_return;
    }
    auto head = fmt::format("CONNECT 127.0.0.1:{} HTTP/1.1\r\nHost: x\r\n\r\n", server.port());
    std::uint64_t sent = 0;
    std::string index; // goes ahead of all else, also where the server sends first
    if (flow.early)
        for (; sent < std::min<std::uint64_t>(flow.up, 3'000); ++sent)
            head += static_cast<char>(flow.byte(true, sent));
    else
        for (; sent < index_size; ++sent) index += static_cast<char>(flow.byte(true, sent));
    const auto [unsent, size] = co_await asio::async_write(socket, asio::buffer(head), as_result);
    std::string answer;
    const auto [unanswered, length] = co_await asio::async_read_until(
        socket, asio::dynamic_buffer(answer, 4'096), "\r\n\r\n", as_result);
    if (unsent || unanswered || !answer.starts_with("HTTP/1.1 200 ")) {
        wrong(flow, "client", "CONNECT answered: " + answer);
        co_return;
    }
    co_await asio::async_write(socket, asio::buffer(index), as_result);
    // What came right behind the answer belongs to the tunnel.
    const auto behind = answer.substr(length);
    for (std::size_t i = 0; i < behind.size(); ++i)
        if (static_cast<std::uint8_t>(behind[i]) != flow.byte(false, i))
            wrong(flow, "client", "received other bytes than were sent");
    const part mine{
        true,
        sent,
        behind.size(),
        flow.up,
        flow.down,
        flow.how == end::client_first,
        flow.how == end::client_resets,
        "client"};
    co_await play(std::move(socket), flow, mine, wrong);
}

// Takes the next flow as soon as one has ended.
awaitable<void> ask(
    std::uint32_t& next, std::uint32_t flows, std::uint64_t seed, tcp::endpoint proxy,
    tcp::endpoint server, report_of_errors& wrong) {
    while (next < flows) {
        const plan flow(next++, seed);
        co_await ask_one(flow, proxy, server, wrong);
    }
}

} // namespace

int main(int argc, char** argv) {
    const auto flows = static_cast<std::uint32_t>(argc > 1 ? std::stoul(argv[1]) : 1'000);
    const std::uint64_t seed = argc > 2 ? std::stoull(argv[2]) : std::random_device{}();
    std::printf("integrity: %u flows, seed %llu\n", flows, static_cast<unsigned long long>(seed));

    const std::string_view path = argc > 3 ? argv[3] : "";
    const bool keeps = argc > 4; // a path to keep the recording at
    const auto file = keeps ? std::filesystem::path(argv[4])
                            : std::filesystem::temp_directory_path() /
                                  fmt::format("integrity-{}.pcapng", ::getpid());
    relay::options wanted;
    wanted.listeners.front().at.port = 0;
    wanted.threads = 2;
    if (path == "copy") wanted.path = relay::data_path::copy;
    if (path == "tee") wanted.path = relay::data_path::tee;
    if (path == "tee-whole") wanted.path = relay::data_path::tee_whole;
    // Where a kernel cannot, it is the automatic one once more.
    if (path == "peek" && net::peeks_at_offsets()) wanted.path = relay::data_path::peek;
    wanted.recording.file = file;
    std::atomic<std::uint64_t> reported{0}, to_server{0}, to_client{0};
    relay::onlookers to;
    to.flow = [&](const model::timeline& flow) {
        ++reported;
        to_server += flow.ended->to_server;
        to_client += flow.ended->to_client;
    };
    auto proxy = relay::proxy::start(wanted, to);
    if (!proxy) {
        std::fprintf(stderr, "%s\n", proxy.error().message.c_str());
        return 1;
    }

    report_of_errors wrong;
    asio::io_context context(1);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    asio::co_spawn(context, serve(acceptor, seed, wrong), asio::detached);
    std::uint32_t next = 0;
    int asking = at_once;
    for (int i = 0; i < at_once; ++i)
        asio::co_spawn(
            context,
            ask(next, flows, seed, net::to_asio((*proxy)->listeners().front().at),
                acceptor.local_endpoint(), wrong),
            [&](std::exception_ptr bug) {
                if (bug) std::rethrow_exception(bug);
                if (--asking == 0) acceptor.close();
            });
    context.run(); // to the end of both ends of every flow
    const auto totals = (*proxy)->stop();
    if (!keeps) std::filesystem::remove(file);

    std::printf(
        "%llu flows reported, %llu bytes to servers, %llu to clients, %d wrong; not recorded: "
        "%llu events, %llu packets\n",
        static_cast<unsigned long long>(reported.load()),
        static_cast<unsigned long long>(to_server.load()),
        static_cast<unsigned long long>(to_client.load()), wrong.count.load(),
        static_cast<unsigned long long>(totals.lost_events),
        static_cast<unsigned long long>(totals.lost_packets));
    return wrong.count == 0 && reported == flows ? 0 : 1;
}
