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
        {"garbled", "the answer is not HTTP/1: malformed status-line at byte 0",
         "The parent proxy http://proxy.corp:3128 does not answer as a proxy does: the answer is "
         "not HTTP/1: malformed status-line at byte 0."},
        {"closed", "in the middle of its answer",
         "The parent proxy http://proxy.corp:3128 closed the connection in the middle of its "
         "answer."},
        {"closed", "",
         "The parent proxy http://proxy.corp:3128 closed the connection instead of answering."},
        {"broken", "ECONNRESET",
         "The connection to the parent proxy http://proxy.corp:3128 broke before it had answered: "
         "ECONNRESET."},
    };
    for (const auto& [error, reason, says] : rows) {
        const auto found = rules::parent_garbled(test::answered_by_parent(0, reason, error));
        REQUIRE(found);
        CHECK(found->id == "parent-garbled");
        CHECK(found->how_sure == certainty::confirmed);
        CHECK(found->summary == says);
        CHECK(test::value_of(*found, "asked for") == "releases.bazel.build:443");
    }
}

TEST_CASE("plain HTTP that is passed on as it is may come to nothing, too") {
    auto on = test::asked_plainly();
    on.then(0ms, model::routed{{test::proxy}, "HTTP_PROXY"});
    test::reach_parent(on);
    on.then(
        1ms, model::answered{
                 502, "parent http://proxy.corp:3128 did not answer in HTTP/1: malformed",
                 "helloscope; error=http_protocol_error"});
    const auto f = model::make_facts(on.told());
    const auto found = rules::parent_garbled(f);
    REQUIRE(found);
    CHECK(
        found->summary == "The parent http://proxy.corp:3128 did not answer in HTTP/1: malformed.");
    CHECK(!rules::http_unanswered(f));
    CHECK(!rules::parent_silent(f));
}

TEST_CASE("a parent that says no in good order is not garbled") {
    CHECK(!rules::parent_garbled(test::answered_by_parent(403, "Forbidden", "refused")));
    CHECK(!rules::parent_garbled(test::answered_by_parent(0, "nothing", "silent")));
    CHECK(!rules::parent_garbled(test::asked_facts()));
}
