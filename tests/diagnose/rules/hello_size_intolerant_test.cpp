#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts refused() {
    auto f = test::silent_facts();
    test::tested(f, "whole", "silent");
    test::tested(f, "mss:536", "silent");
    return test::tested(f, "without-post-quantum", "answered");
}

} // namespace

TEST_CASE("a large hello that arrived is not answered and a smaller one is") {
    const auto found = rules::hello_size_intolerant(refused());
    REQUIRE(found);
    CHECK(found->id == "hello-size-intolerant");
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(found->others == std::vector<std::string>{"split-intolerant"});
    CHECK(test::has(found->remedies, "export GODEBUG=tlsmlkem=0"));
}

TEST_CASE("what others saw makes it suspected") {
    auto f = test::silent_facts();
    f.before = {test::history("name", 5, 1, 271)};
    const auto found = rules::hello_size_intolerant(f);
    REQUIRE(found);
    CHECK(found->how_sure == certainty::suspected);
    CHECK(test::has(found->others, "mtu-black-hole-to-client"));
    f.before = {test::history("name", 5, 1, 1493)};
    CHECK(!rules::hello_size_intolerant(f));
}

TEST_CASE("a refusal counts as silence does") {
    auto f = refused();
    CHECK(rules::hello_size_intolerant(test::ended(f, model::leg::server, "rst")));
}

TEST_CASE("a hello that did not arrive, fits one segment, or was answered tells nothing of size") {
    auto lost = refused();
    lost.server_leg.out.all_acked = false;
    CHECK(!rules::hello_size_intolerant(lost));
    auto small = test::small_facts();
    CHECK(!rules::hello_size_intolerant(test::tested(small, "without-post-quantum", "answered")));
    auto answered = refused();
    answered.from_server = 1;
    CHECK(!rules::hello_size_intolerant(answered));
    CHECK(!rules::hello_size_intolerant(test::silent_facts()));
    auto cut = refused(); // split-intolerant knows more
    CHECK(!rules::hello_size_intolerant(
        test::tested(cut, "without-post-quantum|split:100", "silent")));
}

TEST_CASE("one as large that is answered says that it is not the size") {
    auto f = refused();
    CHECK(!rules::hello_size_intolerant(test::tested(f, "padded", "answered")));
}
