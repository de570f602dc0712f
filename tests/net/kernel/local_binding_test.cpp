#include "helloscope/net/kernel/local_binding.hpp"

#include "support/loopback.hpp"
#include "support/own_network.hpp"

using namespace helloscope;
using namespace helloscope::test;

namespace {

net::local_binding from(const char* source) {
    net::local_binding binding;
    binding.source = parse_ip_address(source);
    return binding;
}

net::local_binding by(const char* interface) {
    net::local_binding binding;
    binding.interface = interface;
    return binding;
}

struct outgoing {
    asio::io_context context;
    tcp::socket socket{context};
    explicit outgoing(tcp family) { socket.open(family); }
};

} // namespace

TEST_CASE("a connection leaves from the source that was asked for") {
    for (const auto& [family, source, to] :
         {std::tuple(tcp::v4(), "127.0.0.5", "127.0.0.1"), std::tuple(tcp::v6(), "::1", "::1")}) {
        CAPTURE(source);
        outgoing out(family);
        tcp::acceptor acceptor(out.context, tcp::endpoint(asio::ip::make_address(to), 0));
        CHECK_FALSE(net::bind_locally(out.socket, from(source)).error);
        out.socket.connect(acceptor.local_endpoint());
        const auto peer = acceptor.accept().remote_endpoint();
        CHECK(peer.address().to_string() == source);
        CHECK(peer == out.socket.local_endpoint());
    }
}

TEST_CASE("what cannot be bound is named with its flag") {
    struct row {
        const char* name;
        tcp family;
        net::local_binding to;
        std::string words;
    };
    for (const auto& [name, family, to, words] : {
             row{"nothing wanted", tcp::v4(), {}, ""},
             row{"foreign source", tcp::v4(), from("192.0.2.9"),
                 "--source 192.0.2.9: EADDRNOTAVAIL"},
             row{"IPv6 source of IPv4", tcp::v4(), from("::1"), "--source ::1: EAFNOSUPPORT"},
             row{"IPv4 source of IPv6", tcp::v6(), from("127.0.0.1"),
                 "--source 127.0.0.1: EAFNOSUPPORT"},
             row{"no such interface", tcp::v4(), by("nosuch0"), "--interface nosuch0: ENODEV"},
             row{"no name of an interface", tcp::v6(), by("a-name-that-is-too-long"),
                 "--interface a-name-that-is-too-long: ENODEV"},
         }) {
        CAPTURE(name);
        outgoing out(family);
        const auto failed = net::bind_locally(out.socket, to);
        CHECK(failed.words == words);
        CHECK(static_cast<bool>(failed.error) == !words.empty());
    }
}

TEST_CASE("a connection leaves by the interface that was asked for") {
    in_own_network([] {
        REQUIRE(
            std::system("ip link add away0 type veth peer name away1 && ip link set away0 up && "
                        "ip address add 192.0.2.1/24 dev away0") == 0);
        asio::io_context context;
        tcp::acceptor acceptor(context, any_port);
        const auto connects = [&](const char* interface) {
            tcp::socket out(context, tcp::v4());
            CHECK_FALSE(net::bind_locally(out, by(interface)).error);
            out.non_blocking(true);
            net::error_code error;
            out.connect(acceptor.local_endpoint(), error);
            return error;
        };
        CHECK_FALSE(connects("lo"));
        CHECK(connects("away0"));
    });
}
