#include "helloscope/net/kernel/tcp_info.hpp"

#include "support/catch.hpp"
#include "support/loopback.hpp"

using namespace helloscope;
using namespace helloscope::test;

TEST_CASE("a connection's path is known, and what moved over it") {
    asio::io_context context;
    socket_pair pair(context);
    const std::string sent(5'000, 'x');
    asio::write(pair.near, asio::buffer(sent));
    std::string got(sent.size(), ' ');
    asio::read(pair.far, asio::buffer(got));

    const auto near = net::read_path(pair.near.native_handle());
    const auto far = net::read_path(pair.far.native_handle());
    REQUIRE(near);
    REQUIRE(far);
    CHECK(near->state == 1);                     // ESTABLISHED
    CHECK(near->bytes_acked == sent.size() + 1); // the SYN counts where we connected
    CHECK(far->bytes_received == sent.size());
    CHECK(far->data_segs_in >= 1U);
    CHECK(*near->snd_mss > 500);
    CHECK(near->min_rtt.has_value());
    CHECK(net::syn_retransmits(pair.near.native_handle()) == 0);
    CHECK(net::bytes_unacknowledged(pair.near.native_handle()) == 0);
}

TEST_CASE("what the peer's kernel has no room for is unacknowledged") {
    asio::io_context context;
    socket_pair pair(context);
    pair.near.non_blocking(true);
    const std::string much(1 << 20, 'x');
    boost::system::error_code full;
    while (!full) pair.near.write_some(asio::buffer(much), full);
    CHECK(net::bytes_unacknowledged(pair.near.native_handle()) > 0);
}

TEST_CASE("a descriptor that is no TCP socket has no path") {
    CHECK_FALSE(net::read_path(-1));
    CHECK_FALSE(net::read_path(0));
    CHECK(net::bytes_unacknowledged(-1) == 0);
}

TEST_CASE("on a healthy path nothing waits behind a gap, whether it was read or not") {
    asio::io_context context;
    socket_pair pair(context);
    asio::write(pair.near, asio::buffer("hello", 5));
    CHECK(net::read_path(pair.far.native_handle())->rcv_held == 0U);
    std::string got(5, ' ');
    asio::read(pair.far, asio::buffer(got));
    CHECK(net::read_path(pair.far.native_handle())->rcv_held == 0U);
}
