#include "fast_path.hpp"

#include "flow_fixture.hpp"
#include "helloscope/net/streams/tcp_stream.hpp"
#include "pump.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::relay;

namespace {

constexpr auto down = direction::to_client;

std::string record(char type, std::size_t length) {
    const char size[]{static_cast<char>(length >> 8), static_cast<char>(length & 0xff)};
    return std::string{type, 3, 3} + std::string(size, 2) + std::string(length, 'x');
}

options on(data_path path) {
    options made;
    made.path = path;
    made.recording.detail_all = true; // each record is told singly
    return made;
}

// A flow between two real connections; what the server sends goes to the client.
struct fast_lane {
    boost::asio::io_context context;
    test::socket_pair outer{context}, inner{context};
    net::resolver names;
    shared common;
    test::told_events told;
    buffer_pool buffers;
    net::pipe_pool pipes{2};
    flow moving;
    std::optional<fast_path> fast;

    explicit fast_lane(data_path path)
        : common(on(path), names, "helloscope-test"),
          moving(
              {common, told, buffers, pipes}, net::make_tcp_stream(std::move(outer.far)),
              arrival(common.options.listeners.front(), endpoint{})) {
        moving.server = net::make_tcp_stream(std::move(inner.near));
        moving.enter(model::stage::hello);
        fast.emplace(moving, down);
    }

    void arrives(std::string_view text) {
        test::asio::write(inner.far, test::asio::buffer(text));
        test::run(context, [](net::stream& from) -> net::awaitable<void> {
            co_await from.wait_readable();
        }(*moving.server));
    }
    fast_path::step move() {
        auto through = pipes.borrow();
        const auto done = fast->move(**through);
        CHECK((*through)->held() == 0);
        return done;
    }
    void settle() {
        context.restart();
        context.poll();
    }
    std::string received(std::size_t size) {
        std::string text(size, '\0');
        test::asio::read(outer.near, test::asio::buffer(text));
        return text;
    }
    // All of the stream, as long as the kernel can move it; the rest is for the reader in memory.
    std::size_t move_all() {
        std::size_t sum = 0;
        while (true) {
            const auto done = move();
            if (done.unable || done.read.size == 0) return sum;
            sum += done.read.size;
        }
    }
    std::vector<std::pair<std::uint64_t, std::uint64_t>> records() const {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> out;
        for (const auto& one : told.all<model::record>()) out.emplace_back(one.offset, one.length);
        return out;
    }
};

using places = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

std::vector<data_path> in_kernel() {
    std::vector<data_path> paths{data_path::tee, data_path::tee_whole};
    if (net::peeks_at_offsets()) paths.push_back(data_path::peek);
    return paths;
}

} // namespace

TEST_CASE("the kernel moves bodies, and every record is told as if it had been read") {
    for (const auto path : in_kernel()) {
        CAPTURE(static_cast<int>(path));
        fast_lane lane(path);
        const auto sent = record(23, 5'000) + record(23, 0) + record(23, 16'000);
        // Cut inside a header, and inside a body.
        lane.arrives(sent.substr(0, 5'008));
        CHECK(lane.move_all() >= 5'005);
        if (path == data_path::peek) { // half a header is not moved unseen
            std::array<std::uint8_t, 3> half{};
            CHECK(lane.moving.server->read_now(half).size == 3);
            CHECK(lane.moving.client->write_now(half).size == 3);
            lane.moving.watching.saw(down, half, lane.moving.clock.now());
        }
        lane.arrives(sent.substr(5'008, 10'000));
        CHECK(lane.move_all() == 10'000);
        lane.arrives(sent.substr(15'008));
        CHECK(lane.move_all() == sent.size() - 15'008);
        CHECK(lane.received(sent.size()) == sent);
        CHECK(lane.records() == places{{0, 5'000}, {5'005, 0}, {5'010, 16'000}});
        CHECK(lane.moving.watching.total(down) == sent.size());
        for (const auto& one : lane.told.pieces) CHECK(one.body.empty()); // no payload is kept
    }
}

TEST_CASE("an alert among the data is read, whoever moves it") {
    for (const auto path : in_kernel()) {
        CAPTURE(static_cast<int>(path));
        fast_lane lane(path);
        const std::string alert{21, 3, 3, 0, 2, 1, 0};
        lane.arrives(record(23, 3'000) + alert);
        const auto moved = lane.move_all();
        if (path == data_path::peek) {
            CHECK(moved == 3'005);
        } else {
            CHECK(moved == 3'012);
            REQUIRE(lane.told.all<model::alert>().size() == 1);
            CHECK(lane.told.all<model::alert>().front().level == 1);
        }
    }
}

TEST_CASE("bytes that are no TLS are moved and counted") {
    for (const auto path : in_kernel()) {
        fast_lane lane(path);
        lane.moving.watching.expect_plain();
        const std::string text(100'000, 't');
        lane.arrives(text);
        std::size_t moved = 0;
        while (moved < text.size()) moved += lane.move().read.size;
        CHECK(lane.received(text.size()) == text);
        CHECK(lane.moving.watching.total(down) == text.size());
        std::uint64_t told = 0;
        for (const auto& one : lane.told.all<model::bytes_read>()) told += one.length;
        CHECK(told == text.size());
    }
}

TEST_CASE("a flow that waits holds neither pipe nor buffer, whoever moved its bytes") {
    auto paths = in_kernel();
    paths.push_back(data_path::copy);
    for (const auto path : paths) {
        CAPTURE(static_cast<int>(path));
        fast_lane lane(path);
        bool over = false, all = false;
        boost::asio::co_spawn(
            lane.context, pump(lane.moving, {}), [&](std::exception_ptr) { over = true; });
        std::string sent;
        while (sent.size() < 2'000'000) sent += record(23, 16'000);
        std::string got(sent.size(), '\0');
        boost::asio::async_write(
            lane.inner.far, boost::asio::buffer(sent), [](net::error_code, std::size_t) {});
        boost::asio::async_read(
            lane.outer.near, boost::asio::buffer(got),
            [&](net::error_code, std::size_t) { all = true; });
        while (!all && lane.context.run_one() > 0) {}
        lane.context.poll();
        CHECK((got == sent));
        CHECK(lane.pipes.lent() == 0);
        CHECK(lane.buffers.lent() == 0);
        lane.moving.abort();
        lane.context.run();
        CHECK(over);
    }
}

TEST_CASE("what stops being TLS is counted on, whoever moves it") {
    for (const auto path : {data_path::tee, data_path::tee_whole}) {
        CAPTURE(static_cast<int>(path));
        fast_lane lane(path);
        const auto sent = record(23, 16'000) + std::string(400'000, 'x');
        boost::asio::async_write(
            lane.inner.far, boost::asio::buffer(sent), [](net::error_code, std::size_t) {});
        std::string got(sent.size(), '\0');
        bool all = false;
        boost::asio::async_read(
            lane.outer.near, boost::asio::buffer(got),
            [&](net::error_code, std::size_t) { all = true; });
        while (!all) {
            lane.move();
            lane.settle();
        }
        CHECK((got == sent));
        CHECK(lane.records() == places{{0, 16'000}});
        CHECK(lane.moving.watching.total(down) == sent.size());
    }
}

TEST_CASE(
    "where system calls are dear the second handle is read whole, however small the records") {
    CHECK(best_data_path(std::chrono::nanoseconds(120)) == data_path::tee);
    CHECK(best_data_path(std::chrono::nanoseconds(1'100)) == data_path::tee_whole);
    std::string small;
    while (small.size() < 20'000) small += record(23, 100);
    for (const auto path : {data_path::tee, data_path::tee_whole}) {
        fast_lane lane(path);
        lane.fast->copied(16'000);
        lane.arrives(small);
        lane.move();
        CHECK(lane.fast->pays() == (path == data_path::tee_whole));
    }
}

TEST_CASE("a reset is told once, and not mistaken for an end") {
    for (const auto path : in_kernel()) {
        CAPTURE(static_cast<int>(path));
        fast_lane lane(path);
        lane.inner.far.set_option(boost::asio::socket_base::linger(true, 0));
        lane.inner.far.close();
        test::run(lane.context, [](net::stream& from) -> net::awaitable<void> {
            co_await from.wait_readable();
        }(*lane.moving.server));
        const auto done = lane.move();
        const auto reset = boost::asio::error::connection_reset;
        CHECK((done.read.error == reset || lane.fast->broken() == reset));
    }
}

TEST_CASE("the kernel is asked where much comes at once, in records of some size") {
    fast_lane lane(data_path::tee);
    CHECK_FALSE(lane.fast->pays());
    lane.fast->copied(100);
    CHECK_FALSE(lane.fast->pays());
    lane.fast->copied(16'000);
    CHECK(lane.fast->pays());
    lane.arrives(record(23, 10));
    lane.move();
    CHECK_FALSE(lane.fast->pays());

    fast_lane copying(data_path::copy);
    copying.fast->copied(100'000);
    CHECK_FALSE(copying.fast->pays());
}
