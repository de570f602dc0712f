#include "helloscope/net/dialers/happy_eyeballs.hpp"

#include "helloscope/net/kernel/segments.hpp"
#include "helloscope/net/kernel/tcp_info.hpp"
#include "support/catch.hpp"
#include "support/loopback.hpp"

using namespace helloscope;
using namespace helloscope::net;
using namespace std::chrono_literals;
using helloscope::test::any_port;
using helloscope::test::run;

namespace {

ip_address address(const char* text) { return *parse_ip_address(text); }

struct reports {
    std::vector<model::happening> events;
    dial_report sink() {
        return [this](model::happening what) { events.push_back(std::move(what)); };
    }
    template <class T> std::size_t count() const {
        return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [](auto& one) {
            return std::holds_alternative<T>(one);
        }));
    }
};

} // namespace

TEST_CASE("families take turns, beginning with the first address") {
    const std::vector given{
        address("2001:db8::1"), address("2001:db8::2"), address("192.0.2.1"), address("192.0.2.2"),
        address("192.0.2.3")};
    const std::vector wanted{
        address("2001:db8::1"), address("192.0.2.1"), address("2001:db8::2"), address("192.0.2.2"),
        address("192.0.2.3")};
    CHECK(interleave_families(given) == wanted);
    CHECK(interleave_families({}).empty());
}

TEST_CASE("the address that answers wins, the refused one before it is reported") {
    asio::io_context context;
    tcp::acceptor acceptor(context, any_port);
    reports seen;
    // 127.0.0.2 has no listener on this port.
    auto outcome = run(
        context, dial(
                     {address("127.0.0.2"), address("127.0.0.1")}, acceptor.local_endpoint().port(),
                     dial_limits(), seen.sink()));
    REQUIRE(outcome.socket);
    CHECK(outcome.socket->remote_endpoint() == acceptor.local_endpoint());
    CHECK(seen.count<model::connecting>() == 2);
    REQUIRE(seen.count<model::connect_failed>() == 1);
    CHECK(std::get<model::connect_failed>(seen.events[1]).error == "ECONNREFUSED");
    REQUIRE(seen.count<model::connected>() == 1);
    const auto& connected = std::get<model::connected>(seen.events.back());
    CHECK(connected.address.address == address("127.0.0.1"));
    CHECK(connected.syn_retransmits == 0u);
}

TEST_CASE("when nobody answers, the last error is the outcome") {
    asio::io_context context;
    tcp::acceptor closed(context, any_port);
    const auto port = closed.local_endpoint().port();
    closed.close();
    reports seen;
    auto outcome = run(
        context, dial({address("127.0.0.1"), address("::1")}, port, dial_limits(), seen.sink()));
    CHECK_FALSE(outcome.socket);
    CHECK(outcome.error);
    CHECK(seen.count<model::connect_failed>() == 2);
}

TEST_CASE("an address that is silent holds up the next by the attempt delay only") {
    asio::io_context context;
    // A listener whose queue is full answers no SYN: the attempt stays pending.
    tcp::acceptor silent(context);
    silent.open(tcp::v4());
    silent.bind({asio::ip::make_address("127.0.0.3"), 0});
    silent.listen(0);
    const auto port = silent.local_endpoint().port();
    std::vector<tcp::socket> fillers;
    for (int i = 0; i < 4; ++i) {
        // Not Asio's connect: that waits for the outcome even on a non-blocking socket.
        auto& filler = fillers.emplace_back(context, tcp::v4());
        filler.native_non_blocking(true);
        const auto to = silent.local_endpoint();
        ::connect(filler.native_handle(), to.data(), static_cast<socklen_t>(to.size()));
    }
    tcp::acceptor answering(context, tcp::endpoint{asio::ip::make_address("127.0.0.1"), port});
    reports seen;
    dial_limits limits;
    limits.attempt_delay = 10ms;
    auto outcome = run(
        context, dial({address("127.0.0.3"), address("127.0.0.1")}, port, limits, seen.sink()));
    REQUIRE(outcome.socket);
    CHECK(outcome.socket->remote_endpoint().address().to_string() == "127.0.0.1");
    CHECK(seen.count<model::connecting>() == 2);
    CHECK(seen.count<model::connect_failed>() == 0);

    limits.total = 20ms;
    auto none = run(context, dial({address("127.0.0.3")}, port, limits, seen.sink()));
    CHECK_FALSE(none.socket);
    CHECK(none.error == asio::error::timed_out);
    CHECK(std::get<model::connect_failed>(seen.events.back()).error == "timeout");
}

TEST_CASE("a connection leaves from --source, to addresses of its family only") {
    asio::io_context context;
    tcp::acceptor acceptor(context, any_port);
    const auto port = acceptor.local_endpoint().port();
    dial_limits limits;
    limits.binding.source = address("127.0.0.9");
    reports seen;
    auto outcome = run(
        context, dial({address("::1"), address("127.0.0.1")}, port, limits, seen.sink()));
    REQUIRE(outcome.socket);
    CHECK(outcome.unusable.empty());
    CHECK(outcome.socket->local_endpoint().address().to_string() == "127.0.0.9");
    CHECK(seen.count<model::connecting>() == 1);

    auto none = run(context, dial({address("::1")}, port, limits, seen.sink()));
    CHECK_FALSE(none.socket);
    CHECK(none.error == asio::error::address_family_not_supported);
    CHECK(none.unusable == "--source 127.0.0.9: EAFNOSUPPORT");
}

TEST_CASE("an interface that is not there fails each attempt by its name") {
    asio::io_context context;
    dial_limits limits;
    limits.binding.interface = "nosuch0";
    reports seen;
    auto outcome = run(
        context, dial({address("127.0.0.1"), address("127.0.0.2")}, 1, limits, seen.sink()));
    CHECK_FALSE(outcome.socket);
    CHECK(outcome.unusable == "--interface nosuch0: ENODEV");
    CHECK(seen.count<model::connect_failed>() == 2);
    CHECK(
        std::get<model::connect_failed>(seen.events.back()).error == "--interface nosuch0: ENODEV");
}

TEST_CASE("a limit of segments is right for the family, and said to the peer") {
    using measure = shape::clamp::measure;
    asio::io_context context;
    tcp::acceptor v4(context, any_port);
    tcp::acceptor v6(context, {boost::asio::ip::address_v6::loopback(), 0});
    const auto advertised = [&](const tcp::acceptor& to, const char* where, shape::clamp limit) {
        dial_limits limits;
        limits.segments = limit;
        reports seen;
        auto outcome = run(
            context, dial({address(where)}, to.local_endpoint().port(), limits, seen.sink()));
        REQUIRE(outcome.socket);
        return advertised_mss(read_path(outcome.socket->native_handle()).value());
    };
    CHECK(advertised(v4, "127.0.0.1", {measure::mss, 1360}) == 1360U);
    CHECK(advertised(v6, "::1", {measure::mss, 1360}) == 1360U);
    CHECK(advertised(v4, "127.0.0.1", {measure::mtu, 1400}) == 1360U);
    CHECK(advertised(v6, "::1", {measure::mtu, 1400}) == 1340U);
}

TEST_CASE("a limit that the kernel refuses is named with its family") {
    asio::io_context context;
    tcp::acceptor acceptor(context, any_port);
    reports seen;
    dial_limits limits;
    limits.segments = shape::clamp{shape::clamp::measure::mtu, 100};
    auto outcome = run(
        context,
        dial({address("127.0.0.1")}, acceptor.local_endpoint().port(), limits, seen.sink()));
    CHECK_FALSE(outcome.socket);
    CHECK(outcome.unusable == "mtu:100: this kernel takes no MSS of 60 over IPv4: EINVAL");
    CHECK(std::get<model::connect_failed>(seen.events.back()).error == outcome.unusable);
}
