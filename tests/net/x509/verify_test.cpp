#include "helloscope/net/x509/verify.hpp"

#include "helloscope/net/x509/chains.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <fstream>

using namespace helloscope;
using namespace helloscope::net::x509;
using lines = std::vector<std::string>;

namespace {

const timestamp now{std::chrono::seconds(1'795'213'175)};

// A CA, and a file that says to trust it.
struct authority {
    chain_options options;
    test::folder folder;
    identity ca;
    std::string file;

    authority() : options(for_registry()), ca(make_test_ca(options).value()) {
        file = (folder.path() / "ca.pem").string();
        std::ofstream(file) << ca.certificate.pem().value();
    }
    static chain_options for_registry() {
        chain_options made;
        made.names = {"registry.test", "127.0.0.1"};
        made.now = now;
        return made;
    }
    std::vector<certificate> sends(chain_kind kind) const {
        return make_chain(ca, kind, options).value().certificates;
    }
};

} // namespace

TEST_CASE("each chain is wrong in its own way, and the good ones are not") {
    struct row {
        chain_kind kind;
        lines errors;
        const char* missing;
    };
    const row rows[] = {
        {chain_kind::leaf, {}, ""},
        {chain_kind::oversized, {}, ""},
        {chain_kind::expired, {"certificate has expired"}, ""},
        {chain_kind::wrong_name, {"hostname mismatch"}, ""},
        {chain_kind::missing_intermediate,
         {"unable to get local issuer certificate"},
         "CN=helloscope test intermediate 1,O=helloscope test"},
    };
    const authority mine;
    const auto trusted = roots::make(mine.file).value();
    for (const auto& [kind, errors, missing] : rows) {
        INFO(static_cast<int>(kind));
        const auto found = verify_server(trusted, mine.sends(kind), "registry.test", now);
        CHECK(found.errors == errors);
        CHECK(found.missing == missing);
    }
}

TEST_CASE("a chain of a stranger is whole, and not trusted") {
    const authority mine, stranger;
    const auto sent = stranger.sends(chain_kind::leaf);
    const auto found = verify_server(roots::make(mine.file).value(), sent, "registry.test", now);
    CHECK(found.errors.front() == "unable to get local issuer certificate");
    CHECK(found.missing.empty());
    // Its root, too, as some servers send it.
    auto with_root = sent;
    with_root.push_back(stranger.ca.certificate);
    const auto more = verify_server(
        roots::make(mine.file).value(), with_root, "registry.test", now);
    CHECK(more.errors == lines{"self-signed certificate in certificate chain"});
    const auto alone = verify_server(
        roots::make(mine.file).value(), std::vector{stranger.ca.certificate}, "registry.test", now);
    CHECK(alone.errors.front() == "self-signed certificate");
    CHECK(alone.missing.empty());
}

TEST_CASE("all that is wrong is said, and names may be addresses") {
    const authority mine;
    const auto trusted = roots::make(mine.file).value();
    CHECK(verify_server(trusted, mine.sends(chain_kind::leaf), "127.0.0.1", now).errors.empty());
    CHECK(
        verify_server(trusted, mine.sends(chain_kind::leaf), "127.0.0.2", now).errors ==
        lines{"IP address mismatch"});
    CHECK(
        verify_server(trusted, mine.sends(chain_kind::expired), "other.test", now).errors ==
        lines{"hostname mismatch", "certificate has expired"});
    CHECK(
        verify_server(trusted, mine.sends(chain_kind::leaf), "registry.test.", now).errors.empty());
    CHECK(
        verify_server(
            trusted, mine.sends(chain_kind::leaf), "registry.test", now - std::chrono::days(9))
            .errors == lines{"certificate is not yet valid"});
}

TEST_CASE("a server's own certificate may be what is trusted") {
    const authority mine;
    const auto sent = mine.sends(chain_kind::missing_intermediate);
    const auto file = (mine.folder.path() / "leaf.pem").string();
    std::ofstream(file) << sent.front().pem().value();
    CHECK(verify_server(roots::make(file).value(), sent, "registry.test", now).errors.empty());
}

TEST_CASE("a file of CAs that cannot be used is named") {
    const authority mine;
    CHECK(roots::make("")); // the system's
    const auto missing = roots::make((mine.folder.path() / "none.pem").string());
    REQUIRE(!missing);
    CHECK(missing.error().message.find("none.pem: No such file") != std::string::npos);
    const auto file = (mine.folder.path() / "bad.pem").string();
    std::ofstream(file) << "nothing\n";
    REQUIRE(!roots::make(file));
    CHECK(roots::make(file).error().message.find("not a PEM certificate") != std::string::npos);
}
