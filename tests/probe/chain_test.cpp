#include "helloscope/probe/chain.hpp"

#include "net/streams/tls_peer.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::probe;
namespace x509 = net::x509;

namespace {

net::tls_chain sent(x509::chain_kind kind) {
    net::tls_chain made;
    made.sent = x509::make_chain(test::certificates::all().ca, kind, test::names_of_the_proxy())
                    .value()
                    .certificates;
    return made;
}

model::chain_fetched told(const net::tls_chain& fetched) {
    const auto trusted = x509::roots::make(test::certificates::all().ca_file).value();
    return describe_chain(fetched, trusted, "proxy.test", "direct", test::names_of_the_proxy().now);
}

} // namespace

TEST_CASE("a good chain: whose it is, until when, and that it verifies") {
    const auto chain = told(sent(x509::chain_kind::leaf));
    CHECK(chain.error.empty());
    CHECK(chain.subject == "CN=proxy.test,O=helloscope test");
    CHECK(chain.issuer == "CN=helloscope test intermediate 1,O=helloscope test");
    CHECK(chain.names == test::names_of_the_proxy().names);
    CHECK(*chain.not_before < *chain.not_after);
    CHECK(chain.sizes.size() == 2);
    CHECK(chain.by == "direct");
    CHECK(chain.sha256.size() == 64);
    CHECK(chain.missing.empty());
}

TEST_CASE("what is wrong with the others") {
    CHECK(told(sent(x509::chain_kind::expired)).error == "certificate has expired");
    CHECK(told(sent(x509::chain_kind::wrong_name)).error == "hostname mismatch");
    const auto lacking = told(sent(x509::chain_kind::missing_intermediate));
    CHECK(lacking.error == "unable to get local issuer certificate");
    CHECK(lacking.missing == "CN=helloscope test intermediate 1,O=helloscope test");
}

TEST_CASE("no chain is no certificate, and why") {
    net::tls_chain none;
    none.error = "timed out after 3 s";
    CHECK(told(none).error == "timed out after 3 s");
    CHECK(told(none).subject.empty());
    none.error.clear();
    CHECK(told(none).error == "no certificate came");
    auto late = sent(x509::chain_kind::leaf); // the server wanted a certificate of ours, say
    late.error = "the peer sent the alert \"certificate required\"";
    CHECK(told(late).error.empty());
}
