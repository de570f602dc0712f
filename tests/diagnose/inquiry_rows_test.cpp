#include "inquiry_rows.hpp"

#include "support/catch.hpp"
#include "support/flows.hpp"

using namespace helloscope;
using std::chrono::milliseconds;

namespace {

std::string rows_of(const test::flow& told) {
    diagnose::page to(160, false);
    diagnose::add_inquiry_rows(to, told.told());
    auto text = to.take();
    std::ranges::replace(text, diagnose::firm_space, ' ');
    return text;
}

model::chain_fetched a_chain() {
    model::chain_fetched chain;
    chain.subject = "CN=registry.test";
    chain.issuer = "CN=A CA";
    chain.names = {"a.test", "b.test", "c.test", "d.test"};
    chain.not_before = timestamp(std::chrono::seconds(1'795'213'175));
    chain.not_after = timestamp(std::chrono::seconds(1'805'213'175));
    chain.sizes = {900, 1100};
    chain.by = "direct";
    return chain;
}

} // namespace

TEST_CASE("each test is told: what was sent, and what came of it") {
    CHECK(rows_of(test::healthy()).empty());
    auto on = test::greeted();
    on.then(
        {}, model::investigated{
                "whole", "silent", "1448 bytes of it not acknowledged", 1493, milliseconds(2000)});
    on.then({}, model::investigated{"mss:536", "answered", "TLS 1.3", 1493, milliseconds(12)});
    CHECK(
        rows_of(on) ==
        "  asked again a hello of ours, 1,493 bytes · silent after 2.0 s · 1448 bytes of it not "
        "acknowledged\n"
        "              a hello of ours with mss:536, 1,493 bytes · answered after 12 ms · TLS "
        "1.3\n");
}

TEST_CASE("the certificates: whose, until when, how large, and what is wrong with them") {
    auto on = test::greeted();
    on.then({}, a_chain());
    CHECK(
        rows_of(on) == "  chain       CN=registry.test · issued by CN=A CA · for a.test, b.test, "
                       "c.test and 1 more · "
                       "2026-11-20 to 2027-03-16 · 2 certificates, 2,000 bytes ·\n"
                       "              verifies here\n");
    auto bad = a_chain();
    bad.error = "unable to get local issuer certificate";
    bad.missing = "CN=A CA";
    auto lacking = test::greeted();
    lacking.then({}, bad);
    CHECK_THAT(
        rows_of(lacking),
        Catch::Contains("verified here: unable to get local issuer certificate · lacks CN=A CA"));
    auto none = test::greeted();
    none.then({}, model::chain_fetched{"timed out after 3 s", "", "", {}, {}, {}, {}, "", "", ""});
    CHECK_THAT(rows_of(none), Catch::Contains("chain       not fetched: timed out after 3 s"));
}

TEST_CASE("beside a parent it is said by whom") {
    auto on = test::through_parent();
    auto theirs = a_chain();
    theirs.by = "parent";
    on.then({}, theirs).then({}, a_chain());
    CHECK_THAT(
        rows_of(on), Catch::Contains("chain       by the parent · CN=registry.test") &&
                         Catch::Contains("chain       without the parent · CN=registry.test"));
}
