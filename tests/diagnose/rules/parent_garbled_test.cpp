#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a parent that is none is told by what came, or how it ended") {
    struct row {
        const char *error, *reason, *says;
    };
    const row rows[] = {
        {"garbled", "the answer is not HTTP: malformed status-line at byte 0",
         "does not answer as a proxy does: the answer is not HTTP: malformed status-line at byte "
         "0."},
        {"closed", "", "closed the connection instead of answering in full."},
        {"broken", "ECONNRESET", "broke the connection instead of answering in full: ECONNRESET."},
    };
    for (const auto& [error, reason, says] : rows) {
        const auto found = rules::parent_garbled(test::answered_by_parent(0, reason, error));
        REQUIRE(found);
        CHECK(found->id == "parent-garbled");
        CHECK(found->how_sure == certainty::confirmed);
        CHECK(found->summary == std::string("The parent proxy http://proxy.corp:3128 ") + says);
        CHECK(test::value_of(*found, "asked for") == "releases.bazel.build:443");
    }
}

TEST_CASE("a parent that says no in good order is not garbled") {
    CHECK(!rules::parent_garbled(test::answered_by_parent(403, "Forbidden", "refused")));
    CHECK(!rules::parent_garbled(test::answered_by_parent(0, "nothing", "silent")));
    CHECK(!rules::parent_garbled(test::asked_facts()));
}
