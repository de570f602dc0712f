#include "helloscope/net/streams/tcp_stream.hpp"

#include "support/catch.hpp"
#include "support/loopback.hpp"

using namespace helloscope;
using namespace helloscope::test;

namespace {

struct fixture {
    asio::io_context context;
    socket_pair pair{context};
    std::unique_ptr<net::stream> near = net::make_tcp_stream(std::move(pair.near));
    tcp::socket& far = pair.far;
    std::array<std::uint8_t, 64> buffer{};
};

} // namespace

TEST_CASE_METHOD(fixture, "what is there is read, and nothing is waited for") {
    CHECK(near->read_now(buffer).error == asio::error::would_block);
    asio::write(far, asio::buffer("hello", 5));
    CHECK_FALSE(run(context, near->wait_readable()));
    const auto got = near->read_now(buffer);
    CHECK(got.size == 5);
    CHECK_FALSE(got.error);
    CHECK_FALSE(near->ended());
}

TEST_CASE_METHOD(fixture, "who listens is told once for each time, that it stopped, too") {
    struct : net::readable_sink {
        std::vector<net::error_code> told;
        void readable(std::exception_ptr, const net::error_code& failed) override {
            told.push_back(failed);
        }
    } listener;
    near->when_readable(listener, context.get_executor());
    asio::write(far, asio::buffer("hello", 5));
    CHECK(listener.told.empty());
    context.run();
    REQUIRE(listener.told.size() == 1);
    CHECK_FALSE(listener.told[0]);
    near->read_now(buffer);
    near->when_readable(listener, context.get_executor());
    near->stop_waiting();
    context.restart();
    context.run();
    REQUIRE(listener.told.size() == 2);
    CHECK(listener.told[1] == asio::error::operation_aborted);
}

TEST_CASE_METHOD(fixture, "a FIN is eof, and the other way stays open") {
    far.shutdown(tcp::socket::shutdown_send);
    CHECK_FALSE(run(context, near->wait_readable()));
    CHECK(near->ended() == asio::error::eof);
    CHECK(near->read_now(buffer).error == asio::error::eof);
    CHECK(near->write_now(as_bytes("still")).size == 5);
    std::string got(5, ' ');
    asio::read(far, asio::buffer(got));
    CHECK(got == "still");
    near->shutdown_send();
    boost::system::error_code end;
    far.read_some(asio::buffer(got), end);
    CHECK(end == asio::error::eof);
}

TEST_CASE_METHOD(fixture, "a reset of ours is a reset there") {
    near->reset();
    boost::system::error_code error;
    std::string got(5, ' ');
    far.read_some(asio::buffer(got), error);
    CHECK(error == asio::error::connection_reset);
}

TEST_CASE_METHOD(fixture, "a reset of the peer is an error of the next read") {
    far.set_option(asio::socket_base::linger(true, 0));
    far.close();
    CHECK_FALSE(run(context, near->wait_readable()));
    CHECK(near->read_now(buffer).error == asio::error::connection_reset);
}

TEST_CASE_METHOD(fixture, "a peer that reads nothing makes writes wait") {
    const bytes much(1 << 20);
    net::moved sent;
    while (!sent.error) sent = near->write_now(much);
    CHECK(sent.error == asio::error::would_block);
    CHECK(near->unacknowledged() > 0);
    std::vector<char> sink(1 << 20);
    bool writable = false;
    asio::co_spawn(
        context, near->wait_writable(), [&](auto, net::error_code error) { writable = !error; });
    while (!writable) {
        far.read_some(asio::buffer(sink));
        context.restart();
        context.poll();
    }
}

TEST_CASE_METHOD(fixture, "who waits is let go by stop_waiting and by close") {
    for (const bool closes : {false, true}) {
        net::error_code got;
        asio::co_spawn(
            context, near->wait_readable(), [&](auto, net::error_code error) { got = error; });
        context.restart();
        context.poll();
        if (closes)
            near->close();
        else
            near->stop_waiting();
        context.run();
        CHECK(got == asio::error::operation_aborted);
    }
}

namespace {

// Segments that pieces of 300 bytes leave as, while the peer's window lets only a few of them go.
template <class Write> std::uint32_t segments_of(int pieces, Write write) {
    asio::io_context context;
    tcp::acceptor acceptor(context, tcp::v4());
    acceptor.set_option(asio::socket_base::receive_buffer_size(4096));
    acceptor.bind(any_port);
    acceptor.listen();
    tcp::socket from(context), far(context);
    from.connect(acceptor.local_endpoint());
    acceptor.accept(far);
    const auto near = net::make_tcp_stream(std::move(from));
    const bytes piece(300);
    for (int i = 0; i < pieces; ++i) REQUIRE(write(*near, piece).size == piece.size());
    std::vector<char> all(piece.size() * static_cast<std::size_t>(pieces));
    asio::read(far, asio::buffer(all));
    const auto path = near->path().value();
    return path.data_segs_out.value_or(0) - path.total_retrans.value_or(0);
}

} // namespace

TEST_CASE("a segment of its own stays one while it waits to be sent") {
    CHECK(segments_of(40, [](auto& to, bytes_view piece) {
              return to.write_segment_now(piece);
          }) == 40);
    CHECK(segments_of(40, [](auto& to, bytes_view piece) { return to.write_now(piece); }) < 40);
}
