#include "helloscope/net/kernel/host_settings.hpp"

#include "support/catch.hpp"

using namespace helloscope;

TEST_CASE("this machine's settings are known on Linux") {
    const auto settings = net::read_host_settings();
    REQUIRE(settings.tcp_mtu_probing);
    CHECK(*settings.tcp_mtu_probing <= 2);
    CHECK(settings.tcp_sack.value_or(2) <= 1);
    CHECK(settings.tcp_retries2.value_or(0) > 0);
}
