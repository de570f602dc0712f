#include "helloscope/net/kernel/segments.hpp"

#include "helloscope/net/kernel/tcp_info.hpp"
#include "helloscope/shape/shape.hpp"
#include "support/catch.hpp"
#include "support/loopback.hpp"

using namespace helloscope;
using namespace helloscope::test;

namespace {

net::error_code limited(const tcp& family, std::uint32_t mss) {
    asio::io_context context;
    tcp::socket socket(context, family);
    return net::limit_segments(socket.native_handle(), mss);
}

} // namespace

TEST_CASE("the kernel takes the MSS that a shape may ask for, and no other") {
    for (const auto& family : {tcp::v4(), tcp::v6()}) {
        CHECK_FALSE(limited(family, shape::least_mss));
        CHECK_FALSE(limited(family, shape::greatest_mss));
        CHECK(limited(family, shape::least_mss - 1) == asio::error::invalid_argument);
        CHECK(limited(family, shape::greatest_mss + 1) == asio::error::invalid_argument);
    }
}

TEST_CASE("a limit before connect is advertised, and kept by both ends") {
    asio::io_context context;
    tcp::acceptor acceptor(context, any_port);
    tcp::socket near(context, tcp::v4()), far(context);
    REQUIRE_FALSE(net::limit_segments(near.native_handle(), 1360));
    near.connect(acceptor.local_endpoint());
    acceptor.accept(far);
    const auto ours = net::read_path(near.native_handle());
    const auto theirs = net::read_path(far.native_handle());
    REQUIRE(ours);
    REQUIRE(theirs);
    CHECK(net::advertised_mss(*ours) == 1360U);
    CHECK(ours->snd_mss == (*ours->timestamps ? 1348U : 1360U));
    CHECK(theirs->snd_mss == ours->snd_mss);
}

TEST_CASE("what was advertised is known where the kernel tells of timestamps") {
    model::path_sample sample;
    CHECK(net::advertised_mss(sample) == std::nullopt);
    sample.advmss = 1348;
    CHECK(net::advertised_mss(sample) == std::nullopt);
    sample.timestamps = true;
    CHECK(net::advertised_mss(sample) == 1360U);
    sample.timestamps = false;
    CHECK(net::advertised_mss(sample) == 1348U);
}
