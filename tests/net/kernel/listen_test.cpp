#include "helloscope/net/kernel/listen.hpp"

#include "support/catch.hpp"
#include "support/loopback.hpp"

#include <unistd.h>

using namespace helloscope;
using namespace helloscope::test;

namespace {

const endpoint loopback{{false, {127, 0, 0, 1}}, 0};

result<std::vector<tcp::acceptor>> listen_on(asio::io_context& context, const endpoint& address) {
    asio::io_context* contexts[] = {&context, &context};
    return net::listen(contexts, address);
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
}

TEST_CASE("an address that is not ours is refused by name") {
    asio::io_context context;
    const auto refused = listen_on(context, *parse_endpoint("192.0.2.1:8484"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.starts_with("cannot listen on 192.0.2.1:8484: "));
}
