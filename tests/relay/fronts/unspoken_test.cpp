#include "relay/fronting.hpp"

using namespace helloscope;
using namespace helloscope::relay;
using test::fronting;

TEST_CASE("a reverse listener knows its target before the client has said a word") {
    fronting front(*parse_endpoint("127.0.0.1:4000"), way_in::reverse, {"registry.test", 443});
    front.start();
    REQUIRE(front.asked);
    CHECK(front.asked->target == host_port{"registry.test", 443});
    CHECK(front.front() == "reverse");
    CHECK(front.asked->by->established(endpoint()).empty());
}

TEST_CASE("who may not use it is reset: there are no words for it") {
    fronting front(*parse_endpoint("198.51.100.7:4000"), way_in::reverse, {"registry.test", 443});
    front.options().access.allow_from = {*parse_network("10.0.0.0/8")};
    front.start();
    CHECK_FALSE(front.asked);
    CHECK(front.client->was_reset);
    CHECK(front.told.all<model::answered>().at(0).status == 403);
}

TEST_CASE("a redirected connection goes where it was going") {
    fronting front(*parse_endpoint("127.0.0.1:4000"), way_in::redirect);
    front.start();
    REQUIRE(front.asked);
    CHECK(front.asked->target == host_port{"127.0.0.1", 8484}); // as the kernel would say
    CHECK(front.front() == "redirect");
}
