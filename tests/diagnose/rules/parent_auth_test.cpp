#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a parent that wants to know who asks gets a file, and no password on a command line") {
    const auto found = rules::parent_auth(
        test::answered_by_parent(407, "Proxy Authentication Required", "auth"));
    REQUIRE(found);
    CHECK(found->id == "parent-auth");
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(
        found->summary == "The parent proxy http://proxy.corp:3128 wants a user name and a "
                          "password, and got none that it takes.");
    CHECK(test::value_of(*found, "its answer") == "407 Proxy Authentication Required");
    CHECK(test::has(found->remedies, "--via-credentials FILE"));
    CHECK(test::has(found->remedies, "export HTTPS_PROXY=http://USER:PASSWORD@proxy.corp:3128"));
    CHECK(test::has(
        found->remedies, "curl -v -x http://proxy.corp:3128 --proxy-anyauth --proxy-user USER "
                         "https://releases.bazel.build/"));
    for (const auto& remedy : found->remedies) CHECK(!remedy.command.starts_with("--via http"));
}

TEST_CASE("of SOCKS: no method that it takes, and a parent that was given by a flag") {
    auto f = test::answered_by_parent(
        255, "no acceptable methods", "auth", "socks5h://proxy.corp:1080");
    f.parent_source = "--via";
    const auto found = rules::parent_auth(f);
    REQUIRE(found);
    CHECK(test::value_of(*found, "its answer") == "no acceptable methods (SOCKS reply 255)");
    CHECK(found->missing.empty());
    REQUIRE(found->remedies.size() == 2);
    CHECK(found->remedies[0].text.find("machine proxy.corp login") != std::string::npos);
}

TEST_CASE("what the client sent itself was passed on, and not taken") {
    auto f = test::answered_by_parent(407, "Proxy Authentication Required", "auth");
    f.login_sent = true;
    CHECK(rules::parent_auth(f)->summary.ends_with("does not take those that the client sent."));
}

TEST_CASE("a parent that takes plain HTTP as it is says 407 in an exchange") {
    auto f = test::answered_by_parent(0, "", "");
    f.parent_answer.reset();
    f.exchanges.last = model::exchanged{"GET", 407, 0, 0, {}};
    REQUIRE(rules::parent_auth(f));
    CHECK(test::value_of(*rules::parent_auth(f), "its answer") == "407");
    f.exchanges.last->status = 401;
    CHECK(!rules::parent_auth(f));
}

TEST_CASE("some parents say 401 to a wrong login") {
    const auto f = test::answered_by_parent(401, "Unauthorized", "refused");
    REQUIRE(rules::parent_auth(f));
    CHECK(test::value_of(*rules::parent_auth(f), "its answer") == "401 Unauthorized");
    CHECK(!rules::parent_refused(f));
}

TEST_CASE("another refusal, and a 407 of our own, is no parent's challenge") {
    CHECK(!rules::parent_auth(test::answered_by_parent(403, "Forbidden", "refused")));
    auto f = test::asked_facts();
    f.answer = model::answered{407, "credentials needed", ""};
    f.exchanges.last = model::exchanged{"GET", 407, 0, 0, {}};
    CHECK(!rules::parent_auth(f));
    CHECK(rules::front_refused(f));
}
