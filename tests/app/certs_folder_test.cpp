#include "certs_folder.hpp"

#include "files.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace helloscope;
using namespace helloscope::app;
namespace fs = std::filesystem;
namespace x509 = net::x509;

namespace {

const timestamp now{std::chrono::seconds(1'795'213'175)};

x509::chain_options options(int days = 30) {
    x509::chain_options options;
    options.names = {"registry.test"};
    options.now = now;
    options.lifetime = std::chrono::days(days);
    return options;
}

std::string why_not(const fs::path& folder, int days = 30) {
    const auto ca = open_ca(folder, options(days));
    return ca ? "opened" : ca.error().message;
}

} // namespace

TEST_CASE("a CA is made once and then used again, until it is replaced") {
    const test::folder folder;
    const fs::path out = folder.path() / "a" / "b";
    const auto first = open_ca(out, options());
    REQUIRE(first);
    CHECK(first->made);
    CHECK(
        (fs::status(out / "ca.key").permissions() & fs::perms::mask) ==
        (fs::perms::owner_read | fs::perms::owner_write));
    const auto again = open_ca(out, options());
    REQUIRE(again);
    CHECK_FALSE(again->made);
    CHECK(again->identity.certificate.der() == first->identity.certificate.der());
    const auto replaced = replace_ca(out, options());
    REQUIRE(replaced);
    CHECK(replaced->made);
    CHECK(replaced->identity.certificate.der() != first->identity.certificate.der());
}

TEST_CASE("a CA that cannot be used is said to be so, with its file and the way out") {
    const test::folder folder;
    const fs::path& path = folder.path();
    const std::string way_out = ": restore it, or make a new CA with --force";
    REQUIRE(open_ca(path, options()));
    const std::string key = read_file(path / "ca.key").value();

    REQUIRE(
        write_file(path / "ca.key", x509::make_key(x509::key_type::ec_p256)->pem().value(), 0600));
    CHECK(
        why_not(path) == (path / "ca.key").string() + ": it is not the key of " +
                             (path / "ca.pem").string() + way_out);
    REQUIRE(write_file(path / "ca.key", "no key", 0600));
    CHECK(why_not(path).starts_with((path / "ca.key").string() + ": not a PEM private key: "));
    fs::remove(path / "ca.key");
    CHECK(
        why_not(path) == (path / "ca.key").string() + ": missing, while ca.pem is there" + way_out);
    REQUIRE(write_file(path / "ca.key", key, 0600));
    CHECK(why_not(path) == "opened");
    fs::remove(path / "ca.pem");
    CHECK(
        why_not(path) == (path / "ca.pem").string() + ": missing, while ca.key is there" + way_out);
}

TEST_CASE("a CA does not sign what outlives it") {
    const test::folder folder;
    REQUIRE(open_ca(folder.path(), options(30)));
    CHECK(
        why_not(folder.path(), 5'000).find("the CA ends in 3652 days: ask for at most") !=
        std::string::npos);
    x509::chain_options later = options(30);
    later.now = now + std::chrono::years(11);
    CHECK(
        open_ca(folder.path(), later).error().message.find("the CA has expired") !=
        std::string::npos);
}

TEST_CASE("a chain is written leaf first, its key beside it") {
    const test::folder folder;
    const auto ca = open_ca(folder.path(), options()).value();
    const auto chain = x509::make_chain(ca.identity, x509::chain_kind::leaf, options()).value();
    REQUIRE(write_chain(folder.path(), "leaf", chain));
    const pem_pair files = files_of(folder.path(), "leaf");
    const auto read = x509::parse_certificates(read_file(files.certificate).value()).value();
    REQUIRE(read.size() == 2);
    CHECK(x509::belongs_to(x509::parse_private_key(read_file(files.key).value()).value(), read[0]));
}

TEST_CASE("a folder that cannot be made is named") {
    CHECK(why_not("/dev/null/certs").find("cannot make the folder /dev/null/certs: ") == 0);
}
