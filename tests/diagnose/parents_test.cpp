#include "parents.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;

TEST_CASE("a way out reads from here to there, with who chose it") {
    CHECK(way_out({}, "") == "");
    CHECK(way_out({}, "NO_PROXY") == "direct (NO_PROXY)");
    CHECK(way_out({"http://a:1"}, "") == "http://a:1");
    CHECK(
        way_out({"http://a:1", "socks5h://b:2"}, "--via") == "http://a:1 → socks5h://b:2 (--via)");
}

TEST_CASE("a parent's text has its name and port") {
    CHECK(address_of("http://proxy.corp:3128") == host_port{"proxy.corp", 3128});
    CHECK(address_of("socks5h://[::1]:1080") == host_port{"::1", 1080});
    CHECK(address_of("proxy.corp:3128") == host_port{"proxy.corp", 3128});
    CHECK(address_of("what is this") == host_port{"what is this", 0});
}

TEST_CASE("the parent in question is the one that said no, or is still to speak") {
    auto f = test::trying_parent({});
    CHECK(parent_of(f) == "http://proxy.corp:3128");
    CHECK(beyond_parent(f) == "releases.bazel.build:443");
    f.parents.push_back("http://far.corp:3128");
    CHECK(beyond_parent(f) == "http://far.corp:3128");
    f.parents_passed = 1;
    CHECK(parent_of(f) == "http://far.corp:3128");
    CHECK(beyond_parent(f) == "releases.bazel.build:443");
    f.parents_passed = 2;
    CHECK(parent_of(f) == "http://far.corp:3128");
    f.parent_answer = model::parent_answered{"http://third:1", 403, "", {}, "refused"};
    CHECK(parent_of(f) == "http://third:1");
    CHECK(parent_of(facts{}) == "the parent proxy");
}

TEST_CASE("a parent's words are those of its protocol") {
    CHECK(words_of({"http://a:1", 403, "Forbidden", {}, "refused"}) == "403 Forbidden");
    CHECK(words_of({"http://a:1", 403, "", {}, "refused"}) == "403");
    CHECK(
        words_of({"socks5://a:1", 2, "not allowed", {}, "refused"}) ==
        "not allowed (SOCKS reply 2)");
    CHECK(words_of({"http://a:1", 0, "ECONNRESET", {}, "broken"}) == "ECONNRESET");
}

TEST_CASE("curl asks for what the client asked for, through the one parent that it can") {
    auto f = test::trying_parent({});
    finding made;
    f.front = "http";
    f.port = 8080;
    f.host = "::1";
    add_curl(made, f, "look", " --more");
    REQUIRE(made.remedies.size() == 1);
    CHECK(
        made.remedies[0].command ==
        "curl -v -x http://proxy.corp:3128 --more 'http://[::1]:8080/'");
    f.parents.push_back("http://far.corp:3128");
    add_curl(made, f, "look");
    CHECK(made.remedies.size() == 1);
}

TEST_CASE("openssl goes through a plain HTTP proxy, and through no other") {
    auto f = test::trying_parent({});
    CHECK(openssl_proxy(f) == " -proxy proxy.corp:3128");
    f.parents = {"socks5h://proxy.corp:1080"};
    CHECK(openssl_proxy(f).empty());
    f.parents.clear();
    CHECK(openssl_proxy(f).empty());
}

TEST_CASE("past the parent: with the flag or the variable that chose it") {
    auto f = test::trying_parent({});
    finding by_variable, by_flag;
    f.host = "odd'host";
    add_ways_around(by_variable, f);
    CHECK(test::has(by_variable.remedies, "export NO_PROXY=\"$NO_PROXY\",'odd'\\''host'"));
    f.parent_source = "--via";
    f.host = "releases.bazel.build";
    add_ways_around(by_flag, f);
    CHECK(test::has(by_flag.remedies, "--noproxy releases.bazel.build"));
    CHECK(test::has(by_flag.remedies, "--via direct"));
}
