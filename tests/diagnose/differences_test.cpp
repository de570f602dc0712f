#include "differences.hpp"

#include "diagnose/told.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;

TEST_CASE("what differs from the direct path, of a plain download") {
    const std::vector flows{test::healthy().told()};
    const auto all = differences_of(flows);
    REQUIRE(all.size() == 4);
    CHECK(all[0].starts_with("helloscope resolved releases.bazel.build with"));
    CHECK(all[1] == "connections went over IPv4 to 192.0.2.10");
    CHECK(all[2] == "no parent proxy was used");
    CHECK(all[3].starts_with("what was read at once went on in one write"));
}

TEST_CASE("a parent, a shape and the other family are told") {
    auto on = test::asked();
    on.then({}, model::routed{{test::proxy}, "HTTPS_PROXY", "", "mss:1360", {}, false});
    on.then(
        {}, model::resolved{
                "x",
                {test::proxy_side.address, *parse_ip_address("2001:db8::1")},
                "--resolve",
                {},
                ""});
    on.then({}, model::connected{test::proxy_side, test::proxy_side, {}, 0u});
    const std::vector flows{on.told()};
    const auto all = differences_of(flows);
    REQUIRE(all.size() == 4);
    CHECK(all[0] == "addresses came from --resolve for x");
    CHECK(all[1].ends_with("the names have IPv6 addresses, too, which were not needed"));
    CHECK(all[2] == "the way out: http://proxy.corp:3128 (HTTPS_PROXY)");
    CHECK(all[3] == "the first flight was sent otherwise: mss:1360");
}
