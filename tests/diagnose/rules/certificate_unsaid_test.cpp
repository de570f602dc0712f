#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

// The handshake is over, and the client leaves; the chain was fetched.
facts left(std::string error) {
    auto on = test::greeted();
    test::finish_tls13(test::answer_tls13(on));
    test::end(on, model::leg::client);
    auto f = model::make_facts(on.told());
    f.chain.emplace();
    f.chain->subject = "CN=other.test";
    f.chain->names = {"other.test"};
    f.chain->error = std::move(error);
    return f;
}

} // namespace

TEST_CASE("a client that left without asking, and a certificate that is not for the name") {
    const auto found = rules::certificate_unsaid(left("hostname mismatch"));
    REQUIRE(found);
    CHECK(found->id == "certificate-wrong-name");
    CHECK(found->how_sure == certainty::likely);
    CHECK(test::value_of(*found, "names") == "other.test");
    CHECK(found->others == std::vector<std::string>{"closed-without-request"});
    CHECK(rules::certificate_unsaid(left("certificate has expired"))->id == "certificate-expired");
}

TEST_CASE("in TLS 1.2 too, where its types show that nothing was asked") {
    auto f = left("hostname mismatch");
    auto answer = test::tls13_answer();
    answer.version = 0x0303;
    f.server_hello = std::make_shared<const wire::tls::server_hello>(answer);
    f.client_data = 0;
    f.client_encrypted = {40, 26}; // Finished, close_notify
    f.client_encrypted_count = 2;
    CHECK(rules::certificate_unsaid(f));
    f.client_data = 1;
    CHECK(!rules::certificate_unsaid(f));
}

TEST_CASE("a chain that verifies, none, or a client that asked for something") {
    CHECK(!rules::certificate_unsaid(left("")));
    auto unknown = left("");
    unknown.chain.reset();
    CHECK(!rules::certificate_unsaid(unknown));
    auto asked = left("hostname mismatch");
    asked.client_encrypted.push_back(214);
    ++asked.client_encrypted_count;
    CHECK(!rules::certificate_unsaid(asked));
    auto server = left("hostname mismatch");
    CHECK(!rules::certificate_unsaid(test::ended(server, model::leg::server, "fin")));
}
