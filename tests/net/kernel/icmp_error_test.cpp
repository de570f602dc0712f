#include "helloscope/net/kernel/icmp_error.hpp"

#include "support/catch.hpp"
#include "support/loopback.hpp"

using namespace helloscope;
using namespace helloscope::test;

// That a router's ICMP error is named needs a router: tests/scenarios/test_unreachable.py has one.
TEST_CASE("a refusal without an ICMP error names nobody") {
    asio::io_context context;
    tcp::socket socket(context, tcp::v4());
    net::ask_for_icmp_errors(socket.native_handle(), false);
    boost::system::error_code error;
    tcp::acceptor closed(context, any_port);
    const auto port = closed.local_endpoint();
    closed.close();
    socket.connect(port, error);
    CHECK(error == asio::error::connection_refused);
    CHECK(net::icmp_error_source(socket.native_handle()).empty());
    CHECK(net::icmp_error_source(-1).empty());
}
