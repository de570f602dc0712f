#include "helloscope/net/kernel/original_destination.hpp"

#include "support/loopback.hpp"
#include "support/own_network.hpp"

using namespace helloscope;
using namespace helloscope::test;

namespace {

// What the accepted end of a connection to `wanted` finds, while nft sends port 443 to us.
result<endpoint> redirected(const char* listen_on, const char* wanted) {
    asio::io_context context;
    tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::make_address(listen_on), 8485));
    tcp::socket client(context);
    client.connect(net::to_asio(*parse_endpoint(wanted)));
    return net::original_destination(acceptor.accept().native_handle());
}

} // namespace

TEST_CASE("a redirected connection knows where it wanted to go") {
    in_own_network([] {
        REQUIRE(
            std::system(
                "ip address add 192.0.2.1/24 dev lo && ip -6 address add 2001:db8::1/64 dev lo && "
                "nft 'table inet t { chain out { type nat hook output priority -100; "
                "tcp dport 443 redirect to :8485; }; }'") == 0);
        for (const auto& [listener, wanted] :
             {std::pair("0.0.0.0", "192.0.2.7:443"), std::pair("::", "[2001:db8::7]:443")}) {
            CAPTURE(wanted);
            const auto found = redirected(listener, wanted);
            REQUIRE(found);
            CHECK(to_string(*found) == wanted);
        }
        // Not redirected, but tracked.
        CHECK(to_string(redirected("127.0.0.1", "127.0.0.1:8485").value()) == "127.0.0.1:8485");
    });
}

TEST_CASE("a connection that nft did not redirect says so") {
    in_own_network([] {
        asio::io_context context;
        socket_pair pair(context);
        const auto found = net::original_destination(pair.far.native_handle());
        REQUIRE_FALSE(found);
        CAPTURE(found.error().message);
        CHECK(
            found.error().message.find("was the connection redirected by nft") !=
            std::string::npos);
    });
    const auto nothing = net::original_destination(-1);
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().message.find("EBADF") != std::string::npos);
}
