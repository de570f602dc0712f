#include "helloscope/net/kernel/listen.hpp"

#include "helloscope/net/kernel/segments.hpp"
#include "helloscope/net/kernel/tcp_info.hpp"
#include "support/loopback.hpp"
#include "support/own_network.hpp"

#include <sys/syscall.h>

using namespace helloscope;
using namespace helloscope::test;

namespace {

const endpoint loopback{{false, {127, 0, 0, 1}}, 0};

template <class... Rest> auto listen_on(asio::io_context& context, Rest... rest) {
    asio::io_context* contexts[] = {&context, &context};
    return net::listen(contexts, rest...);
}

} // namespace

TEST_CASE("several sockets share one free port") {
    asio::io_context context;
    const auto acceptors = listen_on(context, loopback);
    REQUIRE(acceptors);
    REQUIRE(acceptors->size() == 2);
    CHECK((*acceptors)[0].local_endpoint() == (*acceptors)[1].local_endpoint());
    CHECK((*acceptors)[0].local_endpoint().port() != 0);
}

TEST_CASE("a second instance is refused and told who has the port") {
    asio::io_context context;
    const auto first = listen_on(context, loopback);
    REQUIRE(first);
    const auto taken = net::from_asio(first->front().local_endpoint());
    const auto second = listen_on(context, taken);
    REQUIRE_FALSE(second);
    CAPTURE(second.error().message);
    CHECK(
        second.error().message.find("in use by test_net (pid " + std::to_string(::getpid())) !=
        std::string::npos);
    CHECK(second.error().message.find(to_string(taken)) != std::string::npos);
    CHECK(second.error().message.find("with --listen (port 0") != std::string::npos);
    const auto third = listen_on(context, taken, net::listen_kind::plain, "--listen-tls");
    REQUIRE_FALSE(third);
    CHECK(third.error().message.find("with --listen-tls (port 0") != std::string::npos);
}

TEST_CASE("an address that is not ours is refused by name") {
    asio::io_context context;
    const auto refused = listen_on(context, *parse_endpoint("192.0.2.1:8484"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.starts_with("cannot listen on 192.0.2.1:8484: "));
}

TEST_CASE("a transparent listener takes what was meant for another address") {
    in_own_network([] {
        // An address on lo brings its whole network there; TPROXY gives it to transparent sockets.
        REQUIRE(
            std::system("ip address add 192.0.2.1/24 dev lo && "
                        "nft 'table ip t { chain in { type filter hook prerouting priority mangle; "
                        "tcp dport 443 tproxy to 127.0.0.1:8486; }; }'") == 0);
        asio::io_context context;
        auto acceptors = listen_on(
            context, *parse_endpoint("127.0.0.1:8486"), net::listen_kind::transparent,
            "--transparent");
        REQUIRE(acceptors);
        acceptors->pop_back(); // so that it is the other one that is asked
        tcp::socket client(context);
        client.connect(net::to_asio(*parse_endpoint("192.0.2.7:443")));
        const auto accepted = acceptors->front().accept();
        CHECK(to_string(net::from_asio(accepted.local_endpoint())) == "192.0.2.7:443");
        CHECK(accepted.remote_endpoint() == client.local_endpoint());
    });
}

TEST_CASE("a transparent listener may have an address of nobody, of either family") {
    in_own_network([] {
        asio::io_context context;
        for (const char* text : {"192.0.2.7:0", "[2001:db8::7]:0"}) {
            CAPTURE(text);
            const auto foreign = *parse_endpoint(text);
            CHECK(listen_on(context, foreign, net::listen_kind::transparent));
            CHECK_FALSE(listen_on(context, foreign));
        }
    });
}

TEST_CASE("without the right for it, a transparent listener says which one") {
    const auto refusal = [] {
        asio::io_context context;
        auto made = listen_on(
            context, *parse_endpoint("127.0.0.1:0"), net::listen_kind::transparent,
            "--transparent");
        return made ? "made" : made.error().message;
    };
    std::string message;
    // The system call itself: its effect ends with this thread, where glibc's would be on all.
    std::thread([&] {
        ::syscall(SYS_setresuid, -1, 65534, -1);
        message = refusal();
    }).join();
    CHECK(
        message == "cannot listen on 127.0.0.1:0: a transparent socket needs CAP_NET_ADMIN: run "
                   "helloscope as root, or give the program that right with setcap");
}

TEST_CASE("a listener's limit of segments is that of what it accepts") {
    asio::io_context context;
    auto acceptors = listen_on(
        context, loopback, net::listen_kind::plain, "--listen", std::optional<std::uint32_t>(1200));
    REQUIRE(acceptors);
    acceptors->pop_back(); // or it would get every other connection
    tcp::socket client(context), accepted(context);
    client.connect(acceptors->front().local_endpoint());
    acceptors->front().accept(accepted);
    const auto path = net::read_path(accepted.native_handle());
    REQUIRE(path);
    CHECK(net::advertised_mss(*path) == 1200U);
    CHECK(path->snd_mss == (*path->timestamps ? 1188U : 1200U));
    CHECK(net::read_path(client.native_handle())->snd_mss == path->snd_mss);
    const auto refused = listen_on(
        context, loopback, net::listen_kind::plain, "--listen", std::optional<std::uint32_t>(87));
    REQUIRE_FALSE(refused);
    CHECK(
        refused.error().message.find("this kernel takes no MSS of 87: choose another one with "
                                     "--client-mss") != std::string::npos);
}
