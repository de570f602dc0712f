#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts unanswered(std::string error) {
    auto on = test::asked_plainly();
    on.then(0ms, model::connected{test::far_side, test::far_side, 1ms, 0});
    on.then(
        1ms, model::answered{
                 502, "example.test:80 closed the connection without an answer",
                 "helloscope; error=" + error});
    return model::make_facts(on.told());
}

} // namespace

TEST_CASE("a server that does not answer plain HTTP is told in the words the client got") {
    const auto found = rules::http_unanswered(unanswered("connection_terminated"));
    REQUIRE(found);
    CHECK(found->id == "http-unanswered");
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(found->summary == "example.test:80 closed the connection without an answer.");
    CHECK(test::value_of(*found, "connected to") == "192.0.2.10:443");
    CHECK(test::has(found->remedies, "curl -v --noproxy '*' http://example.test/"));
    CHECK(rules::http_unanswered(unanswered("http_protocol_error")));
    CHECK(rules::http_unanswered(unanswered("http_response_timeout")));
}

TEST_CASE("an answer, another error, or a parent that failed is something else") {
    CHECK(!rules::http_unanswered(unanswered("http_request_error")));
    auto on = test::asked_plainly();
    CHECK(!rules::http_unanswered(model::make_facts(test::exchange(on, 502, 0).told())));
    auto f = unanswered("connection_terminated");
    f.parents = {"socks5h://proxy.corp:1080"};
    f.parent_answer = model::parent_answered{f.parents[0], 0, "ECONNRESET", {}, "broken"};
    CHECK(!rules::http_unanswered(f));
}
