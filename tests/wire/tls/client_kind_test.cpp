#include "helloscope/wire/tls/client_kind.hpp"

#include "fixtures.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::wire::tls;

TEST_CASE("the library that wrote a hello, of real ones") {
    struct row {
        const char* client;
        client_kind kind;
    };
    const row rows[] = {
        {"bazelisk-1.28.1", client_kind::go},
        {"bazelisk-1.28.1-tlsmlkem0", client_kind::go},
        {"curl-7.88", client_kind::openssl},
        {"node-20", client_kind::openssl},
        {"node-24", client_kind::openssl},
        {"openssl-3.0", client_kind::openssl},
        {"openssl-3.0-tls1.0-no-sni", client_kind::openssl},
        {"python-urllib", client_kind::openssl},
        {"git-gnutls", client_kind::gnutls},
        {"wget-gnutls", client_kind::gnutls},
        {"java-17", client_kind::java},
        {"chromium", client_kind::boringssl},
    };
    for (const auto& [client, kind] : rows) {
        INFO(client);
        CHECK(kind_of(*parse_client_hello(test::hello_body(client))) == kind);
    }
}

TEST_CASE("a hello of no known shape is nobody's") {
    CHECK(kind_of(client_hello{}) == client_kind::unknown);
    CHECK(to_string(client_kind::unknown).empty());
    CHECK(to_string(client_kind::go) == "Go");
}

TEST_CASE("shapes of which there is no sample here, by what their sources say") {
    client_hello hello;
    hello.ec_point_formats = {0};
    hello.extensions = {{0, 9, 0}, {11, 2, 0}, {23, 0, 0}, {51, 38, 0}};
    hello.cipher_suites = {0x1302, 0x1301, 0xc02c, 0x00ff};
    CHECK(kind_of(hello) == client_kind::rustls);
    hello.cipher_suites.pop_back();
    hello.extensions.push_back({0xff01, 1, 0});
    CHECK(kind_of(hello) == client_kind::schannel);
    hello.extensions.push_back({34, 10, 0});
    CHECK(kind_of(hello) == client_kind::nss);
}
