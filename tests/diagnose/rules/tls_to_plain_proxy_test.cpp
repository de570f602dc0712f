#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("TLS on the plain port names the setting to paste") {
    auto f = test::asked_facts();
    f.front = "tls";
    const auto found = rules::tls_to_plain_proxy(f);
    REQUIRE(found);
    CHECK(found->id == "tls-to-plain-proxy");
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(found->remedies.at(0).command == "export HTTPS_PROXY=http://127.0.0.1:8484");
}

TEST_CASE("a CONNECT on the plain port is what it is for") {
    CHECK(!rules::tls_to_plain_proxy(test::asked_facts()));
}
