#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

// The server's flight came; the client answers with one encrypted record and leaves.
facts answered_with(std::uint32_t length) {
    auto on = test::greeted();
    test::answer_tls13(on);
    on.then(1ms, test::record_of(on, direction::to_server, 23, length, true));
    test::end(on, model::leg::client);
    return model::make_facts(on.told());
}

facts with_suite(facts f, std::uint16_t suite) {
    auto answer = test::tls13_answer();
    answer.cipher_suite = suite;
    f.server_hello = std::make_shared<const wire::tls::server_hello>(answer);
    return f;
}

} // namespace

TEST_CASE("an encrypted record of an alert's size instead of Finished") {
    const auto found = rules::encrypted_alert(answered_with(19));
    REQUIRE(found);
    CHECK(found->id == "certificate-rejected");
    CHECK(found->how_sure == certainty::likely);
    CHECK(
        found->remedies.at(0).command ==
        "openssl s_client -connect releases.bazel.build:443 -servername releases.bazel.build "
        "-showcerts </dev/null");
    auto f = answered_with(19);
    f.parents = {test::proxy};
    CHECK(rules::encrypted_alert(f)->remedies.at(0).command.starts_with(
        "openssl s_client -proxy proxy.corp:3128 -connect releases.bazel.build:443 "));
}

TEST_CASE("a Finished is no alert, of any suite") {
    CHECK(!rules::encrypted_alert(with_suite(answered_with(53), 0x1301)));
    CHECK(!rules::encrypted_alert(with_suite(answered_with(69), 0x1302)));
    CHECK(!rules::encrypted_alert(with_suite(answered_with(45), 0x1305)));
}

TEST_CASE("an alert that is padded, as Java's, is too short for a Finished, too") {
    const auto found = rules::encrypted_alert(with_suite(answered_with(35), 0x1302));
    REQUIRE(found);
    CHECK(found->id == "certificate-rejected");
    CHECK(
        found->facts.at(0).value ==
        "35 bytes, the size of an alert with padding; a Finished has 69");
    auto two = answered_with(25); // an empty certificate, then a Finished
    two.client_encrypted_count = 2;
    CHECK(!rules::encrypted_alert(two));
}

TEST_CASE("the short tag of CCM_8 makes a shorter alert") {
    CHECK(!rules::encrypted_alert(answered_with(11)));
    CHECK(rules::encrypted_alert(with_suite(answered_with(11), 0x1305)));
}

TEST_CASE("TLS 1.2, early data, or a flow that goes on say nothing") {
    auto old = answered_with(19);
    auto answer = test::tls13_answer();
    answer.version = 0x0303;
    old.server_hello = std::make_shared<const wire::tls::server_hello>(answer);
    CHECK(!rules::encrypted_alert(old));
    auto early = answered_with(19);
    auto hello = test::go_hello();
    hello.early_data = true;
    early.client_hello = std::make_shared<const wire::tls::client_hello>(hello);
    CHECK(!rules::encrypted_alert(early));
    auto open = answered_with(19);
    open.first_end.reset();
    CHECK(!rules::encrypted_alert(open));
}

TEST_CASE("the chain fetched beside it says which reason it was") {
    struct row {
        const char* error;
        const char* id;
    };
    for (const auto& [error, id] :
         {row{"certificate has expired", "certificate-expired"},
          row{"hostname mismatch", "certificate-wrong-name"},
          row{"self-signed certificate in certificate chain", "certificate-untrusted"},
          row{"unable to get local issuer certificate", "certificate-untrusted"},
          row{"", "certificate-untrusted"}}) {
        auto f = answered_with(19);
        f.chain.emplace();
        f.chain->subject = "CN=a.test";
        f.chain->error = error;
        CHECK(rules::encrypted_alert(f)->id == id);
    }
}

TEST_CASE("a chain that verifies here is not trusted there; none that came says nothing") {
    auto f = answered_with(19);
    f.chain.emplace();
    f.chain->subject = "CN=a.test";
    const auto found = rules::encrypted_alert(f);
    CHECK(found->how_sure == certainty::likely);
    CHECK(found->others == std::vector<std::string>{"alert-other"});
    CHECK(test::value_of(*found, "verified here") == "yes");
    f.chain->subject.clear();
    f.chain->error = "timed out after 3 s";
    CHECK(rules::encrypted_alert(f)->id == "certificate-rejected");
    CHECK(test::value_of(*rules::encrypted_alert(f), "fetched here") == "timed out after 3 s");
}
