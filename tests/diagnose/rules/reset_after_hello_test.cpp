#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a reset of an acknowledged hello came after the server's kernel took it") {
    const auto found = rules::reset_after_hello(
        test::ended(test::silent_facts(), model::leg::server, "rst"));
    REQUIRE(found);
    CHECK(found->id == "reset-after-hello");
    CHECK(found->summary.find("which the server's kernel had taken") != std::string::npos);
    CHECK(test::has(found->others, "split-intolerant"));
    CHECK(found->remedies.size() == 1); // a smaller hello
}

TEST_CASE("a reset of a hello that nobody acknowledged came from something in front") {
    auto f = test::ended(test::small_facts(), model::leg::server, "rst");
    f.server_leg.out.acked = 0;
    f.server_leg.out.all_acked = false;
    const auto found = rules::reset_after_hello(f);
    REQUIRE(found);
    CHECK(found->summary.find("something in front of the server") != std::string::npos);
    CHECK(found->others == std::vector<std::string>{"name-filtered", "hello-content-refused"});
    CHECK(found->remedies.empty());
}

TEST_CASE("through a parent it is the parent's kernel that took the hello") {
    auto f = test::ended(test::silent_facts(), model::leg::server, "rst");
    f.parents = {test::proxy};
    CHECK(
        rules::reset_after_hello(f)->summary ==
        "The connection to releases.bazel.build:443 through http://proxy.corp:3128 was reset 2.0 s "
        "after the ClientHello, which the parent proxy's kernel had taken.");
}

TEST_CASE("a close, the client's reset, or a reset after the handshake is another matter") {
    const auto waiting = test::silent_facts();
    CHECK(!rules::reset_after_hello(test::ended(waiting, model::leg::server, "fin")));
    CHECK(!rules::reset_after_hello(test::ended(waiting, model::leg::client, "rst")));
    CHECK(!rules::reset_after_hello(test::ended(test::healthy_facts(), model::leg::server, "rst")));
}
