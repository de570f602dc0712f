#include "helloscope/relay/access.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using relay::listening;
using relay::way_in;

namespace {

listening at(const char* address, way_in how) {
    return {how, *parse_endpoint(address), {}, {}, {}};
}

} // namespace

TEST_CASE("a listener is guarded by loopback, by networks, or by a password that it can ask for") {
    relay::access_options nobody, networks, logins;
    networks.allow_from.push_back(*parse_network("10.0.0.0/8"));
    logins.logins = *relay::passwords::parse(
        "user:$5$saltsalt$Hx0cz6AxS1fUaGe1P0VjIpFi6rDQEqYJIHKHYjZsIs4\n", "logins");
    const struct {
        const char* address;
        way_in how;
        bool by_nobody, by_networks, by_logins;
    } rows[] = {
        {"127.0.0.1:1", way_in::proxy, true, true, true},
        {"[::1]:1", way_in::reverse, true, true, true},
        {"0.0.0.0:1", way_in::proxy, false, true, true},
        {"192.0.2.1:1", way_in::tls_proxy, false, true, true},
        {"[::]:1", way_in::reverse, false, true, false},
        {"0.0.0.0:1", way_in::redirect, false, true, false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.address, static_cast<int>(row.how));
        const auto where = at(row.address, row.how);
        CHECK(relay::is_guarded(where, nobody) == row.by_nobody);
        CHECK(relay::is_guarded(where, networks) == row.by_networks);
        CHECK(relay::is_guarded(where, logins) == row.by_logins);
    }
}

TEST_CASE("loopback may always come, others by their network") {
    relay::access_options access;
    const auto far = *parse_ip_address("192.0.2.7");
    CHECK(relay::may_come(far, access));
    access.allow_from.push_back(*parse_network("10.0.0.0/8"));
    CHECK_FALSE(relay::may_come(far, access));
    CHECK(relay::may_come(*parse_ip_address("10.1.2.3"), access));
    CHECK(relay::may_come(*parse_ip_address("::ffff:10.1.2.3"), access));
    CHECK(relay::may_come(*parse_ip_address("127.0.0.1"), access));
    CHECK(relay::may_come(*parse_ip_address("::1"), access));
}
