#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts looping() {
    auto f = test::asked_facts();
    f.looked_up = "127.0.0.1";
    f.answer = model::answered{
        502, "127.0.0.1:8484 is this proxy itself: a loop",
        "helloscope; error=proxy_loop_detected"};
    return f;
}

} // namespace

TEST_CASE("a request that comes back to us is a loop") {
    const auto found = rules::proxy_loop(looping());
    REQUIRE(found);
    CHECK(found->id == "proxy-loop");
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(test::value_of(*found, "way out") == "(none)");
    REQUIRE(found->remedies.size() == 1);
    CHECK(found->remedies[0].who == "client");
    CHECK(!rules::front_refused(looping()));
}

TEST_CASE("a parent that is helloscope itself is named with who chose it") {
    auto f = looping();
    f.parents = {"http://127.0.0.1:8484"};
    f.parent_source = "HTTPS_PROXY";
    const auto found = rules::proxy_loop(f);
    REQUIRE(found);
    CHECK(test::value_of(*found, "way out") == "http://127.0.0.1:8484 (HTTPS_PROXY)");
    REQUIRE(found->remedies.size() == 1);
    CHECK(found->remedies[0].text.starts_with("HTTPS_PROXY leads helloscope to itself"));
    CHECK(found->remedies[0].command == "--via direct");
}

TEST_CASE("a request with our own Via came from a parent that leads here") {
    auto f = looping();
    f.looked_up.clear();
    f.answer->reason = "the request came back to this proxy: a loop of proxies";
    const auto found = rules::proxy_loop(f);
    REQUIRE(found);
    REQUIRE(found->remedies.size() == 1);
    CHECK(found->remedies[0].who == "helloscope");
    CHECK(found->remedies[0].command == "--via direct");
}

TEST_CASE("another failure of the way out is no loop") {
    auto f = looping();
    f.answer->proxy_status = "helloscope; error=connection_refused";
    CHECK(!rules::proxy_loop(f));
    f.answer.reset();
    CHECK(!rules::proxy_loop(f));
}
