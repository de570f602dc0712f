#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts refused_by(const std::string& error) {
    auto f = test::asked_facts();
    f.at = model::stage::connect;
    f.attempts = {{test::far_side, false, 3070ms, 3, error, ""}};
    return f;
}

} // namespace

TEST_CASE("a refused connection is confirmed by who refused it") {
    const auto found = rules::connect_refused(refused_by("ECONNREFUSED"));
    REQUIRE(found);
    CHECK(found->id == "connect-refused");
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(found->summary.starts_with("192.0.2.10:443 refused the connection"));
    CHECK(test::value_of(*found, "192.0.2.10:443") == "ECONNREFUSED after 3.1 s");
}

TEST_CASE("one address that refuses beside one that stands is no failure") {
    auto f = refused_by("ECONNREFUSED");
    f.server = test::far_side;
    CHECK(!rules::connect_refused(f));
    CHECK(!rules::connect_refused(refused_by("timeout")));
}

TEST_CASE("a parent that refuses says nothing of the server") {
    auto f = refused_by("ECONNREFUSED");
    f.parents = {test::proxy};
    CHECK(!rules::connect_refused(f));
}
