#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts answered_with(std::uint16_t status, std::string reason, std::string proxy_status = "") {
    auto f = test::asked_facts();
    f.answer = model::answered{status, std::move(reason), std::move(proxy_status)};
    return f;
}

} // namespace

TEST_CASE("a request that we refuse is refused in our words") {
    const auto found = rules::front_refused(answered_with(400, "malformed port at byte 8"));
    REQUIRE(found);
    CHECK(found->id == "front-refused");
    CHECK(found->summary == "helloscope refused the request: 400 malformed port at byte 8.");
    CHECK(found->remedies.empty());
    CHECK(test::value_of(*found, "target") == "releases.bazel.build:443");
}

TEST_CASE("a client that we want to know is told where its login goes") {
    auto f = answered_with(407, "Proxy Authentication Required");
    const auto none = rules::front_refused(f);
    REQUIRE(none);
    CHECK(
        none->summary == "helloscope wants a user name and a password (--proxy-auth), and the "
                         "client sent none that it knows.");
    CHECK(test::has(none->remedies, "export HTTPS_PROXY=http://USER:PASSWORD@127.0.0.1:8484"));
    f.login_sent = true;
    CHECK(rules::front_refused(f)->summary.starts_with("helloscope does not know the user name"));
}

TEST_CASE("an address that may not come in is named, and how it may") {
    const auto found = rules::front_refused(
        answered_with(403, "127.0.0.1 may not use this proxy (--allow-from)"));
    REQUIRE(found);
    CHECK(
        found->summary == "helloscope does not serve this client: 127.0.0.1 may not use this proxy "
                          "(--allow-from).");
    CHECK(test::has(found->remedies, "--allow-from 127.0.0.1"));
}

TEST_CASE("SOCKS is refused in words alone") {
    auto f = answered_with(0, "the user or the password is wrong");
    f.front = "socks5";
    const auto found = rules::front_refused(f);
    REQUIRE(found);
    CHECK(found->summary == "helloscope refused the request: the user or the password is wrong.");
    CHECK(test::value_of(*found, "answer") == "the user or the password is wrong");
    CHECK(test::has(found->remedies, "export ALL_PROXY=socks5h://USER:PASSWORD@127.0.0.1:8484"));
    f.answer->reason = "BIND is not served";
    CHECK(rules::front_refused(f)->remedies.empty());
}

TEST_CASE("a parent's refusal that was passed on is not ours") {
    auto f = test::answered_by_parent(403, "Forbidden", "refused");
    CHECK(f.answer->status == 403);
    CHECK(!rules::front_refused(f));
    f.parent_answer->error.clear();
    CHECK(rules::front_refused(f));
}

TEST_CASE("an answer about the server, or to TLS on the plain port, is no refusal") {
    CHECK(!rules::front_refused(answered_with(504, "connection timed out")));
    CHECK(!rules::front_refused(answered_with(200, "Connection established")));
    auto tls = answered_with(400, "this port speaks plain HTTP");
    tls.front = "tls";
    CHECK(!rules::front_refused(tls));
}
