#include "helloscope/wire/tls/fingerprint.hpp"

#include "fixtures.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::wire::tls;
using test::hex;

namespace {

client_hello with_alpn(std::string_view name) {
    auto hello = parse_client_hello(test::hello_body("node-20")).value();
    hello.alpn = {std::string(name)};
    return hello;
}

std::string ja4_of_alpn(std::string_view name) { return ja4(with_alpn(name)).substr(8, 2); }

} // namespace

// JA3 as tshark 4.0 prints it, JA4 as computed from the fields that tshark prints.
TEST_CASE("fingerprints of captured hellos") {
    struct row {
        const char* client;
        const char* ja3;
        const char* ja4;
    };
    const row rows[] = {
        {"bazelisk-1.28.1-tlsmlkem0", "6d5f35fb7243459b41a74ad9f23d7393",
         "t13d1311h2_f57a46bbacb6_e7c285222651"},
        {"bazelisk-1.28.1", "ceb419f4203d3159e7a7cb3aa7efd5bd",
         "t13d1311h2_f57a46bbacb6_e7c285222651"},
        {"curl-7.88", "0149f47eabf9a20d0893e2a44e5a6323", "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6"},
        {"git-gnutls", "8662467bc96db2d387755570446a7946", "t13d2912h2_723694b0fccc_288f874c93d6"},
        {"node-20", "1a28e69016765d92e3b381168d68922c", "t13d5911h1_a33745022dd6_1f22a2ca17c4"},
        {"node-24", "d67b094811e5145139d7cea5f014309f", "t13d5212h1_b262b3658495_8e6e362c5eac"},
        {"openssl-3.0-tls1.0-no-sni", "4921a5a1f7b5423a19d0db34c56c09f0",
         "t10i230500_44099cda8a52_195413a0cc0f"},
        {"openssl-3.0", "a3afc2c46ba4a7d7fbe1cfb7a3031c2f", "t13d311000_e8f1e7e78f70_1f22a2ca17c4"},
        {"python-urllib", "46531b76d4d69e9c86d481cf71fa4933",
         "t13d3113h1_e8f1e7e78f70_d339722ba4af"},
        {"wget-gnutls", "bb4f9fef542ff6b4b29aa653bf0c1d31", "t13d291300_723694b0fccc_899037bd0b8c"},
    };
    for (const auto& row : rows) {
        INFO(row.client);
        const auto hello = parse_client_hello(test::hello_body(row.client)).value();
        CHECK(ja3(hello) == row.ja3);
        CHECK(ja4(hello) == row.ja4);
    }
}

// Chrome 115 without its key share and padding bytes, which no fingerprint reads; FoxIO publishes
// t13d1516h2_8daaf6152771_e5627efa2ab1 for it.
TEST_CASE("the JA4 that FoxIO publishes for Chrome, GREASE and all") {
    client_hello chrome;
    chrome.legacy_version = 0x0303;
    chrome.cipher_suites = {0x4a4a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030,
                            0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
    for (const int id :
         {0xdada, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023,
          0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x3a3a, 0x0015})
        chrome.extensions.push_back({static_cast<std::uint16_t>(id), 0, 0});
    chrome.alpn = {"h2", "http/1.1"};
    chrome.supported_versions = {0x0a0a, 0x0304, 0x0303};
    chrome.supported_groups = {0x2a2a, 29, 23, 24};
    chrome.ec_point_formats = {0};
    chrome.signature_algorithms = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601};
    CHECK(ja4(chrome) == "t13d1516h2_8daaf6152771_e5627efa2ab1");
    CHECK(
        ja3_string(chrome) == "771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-"
                              "156-157-47-53,27-0-51-16-17513-23-45-13-5-35-18-43-65281-11-10-21,"
                              "29-23-24,0");
    chrome.signature_algorithms.insert(chrome.signature_algorithms.begin(), 0x1a1a);
    CHECK(ja4(chrome) == "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

TEST_CASE("JA4 writes the ends of the ALPN, in hex when they are not alphanumeric") {
    CHECK(ja4_of_alpn("h2") == "h2");
    CHECK(ja4_of_alpn("http/1.1") == "h1");
    CHECK(ja4_of_alpn("h") == "hh");
    CHECK(ja4_of_alpn("") == "00");
    CHECK(ja4_of_alpn("\xab") == "ab");
    CHECK(ja4_of_alpn("\xab\xcd") == "ad");
    CHECK(ja4_of_alpn("\x30\xab") == "3b");
    CHECK(ja4_of_alpn("\x30\x31\xab\xcd") == "3d");
    CHECK(ja4_of_alpn("\x30\xab\xcd\x31") == "01");
}

TEST_CASE("JA4 of hellos that lack what it reads") {
    const auto bare = parse_client_hello(
        hex("0301 0000000000000000000000000000000000000000000000000000000000000000 00"
            "0000 01 00"));
    REQUIRE(bare);
    CHECK(ja4(*bare) == "t10i000000_000000000000_000000000000");
    CHECK(ja3_string(*bare) == "769,,,,");

    auto only_sni = *bare;
    only_sni.extensions = {{extension_type::server_name, 20, 60}};
    CHECK(ja4(only_sni) == "t10d000100_000000000000_000000000000");

    auto sslv3 = *bare;
    sslv3.legacy_version = 0x0300;
    sslv3.cipher_suites = {0x0005};
    CHECK(ja4(sslv3).starts_with("ts3i010000_"));
    sslv3.cipher_suites.assign(120, 0x0005);
    CHECK(ja4(sslv3).starts_with("ts3i990000_"));
}

TEST_CASE("fingerprints that are remembered are those of the hello") {
    fingerprint_memory memory;
    for (int round = 0; round < 2; ++round)
        for (const auto* client :
             {"bazelisk-1.28.1", "curl-7.88", "git-gnutls", "node-20", "node-24", "openssl-3.0",
              "openssl-3.0-tls1.0-no-sni", "python-urllib", "wget-gnutls"}) { // more than it holds
            INFO(client);
            const auto hello = parse_client_hello(test::hello_body(client)).value();
            CHECK(memory.of(hello).ja3 == ja3(hello));
            CHECK(memory.of(hello).ja4 == ja4(hello));
        }
}

TEST_CASE("what changes a fingerprint is not remembered as another's, and GREASE changes none") {
    const auto hello = parse_client_hello(test::hello_body("curl-7.88")).value();
    const auto print = [&](auto change) {
        auto other = hello;
        change(other);
        fingerprint_memory memory;
        memory.of(hello);
        const auto& prints = memory.of(other);
        CHECK(prints.ja3 == ja3(other));
        CHECK(prints.ja4 == ja4(other));
    };
    print([](auto& other) { other.legacy_version = 0x0301; });
    print([](auto& other) { other.supported_versions = {0x0303}; });
    print([](auto& other) { other.cipher_suites.pop_back(); });
    print([](auto& other) { std::swap(other.cipher_suites[0], other.cipher_suites[1]); });
    print([](auto& other) { other.extensions.pop_back(); });
    print([](auto& other) { other.supported_groups.push_back(0x001e); });
    print([](auto& other) { other.signature_algorithms.pop_back(); });
    print([](auto& other) { other.ec_point_formats.clear(); });
    print([](auto& other) { other.alpn = {"http/1.1"}; });
    print([](auto& other) { other.alpn.clear(); });
    print([](auto& other) { other.cipher_suites.push_back(0x3a3a); });
}
