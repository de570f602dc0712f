#include "helloscope/wire/tls/names.hpp"

#include "support/catch.hpp"

using namespace helloscope::wire::tls;

TEST_CASE("code points have the names of their registry") {
    CHECK(content_type_name(22) == "handshake");
    CHECK(handshake_type_name(1) == "client_hello");
    CHECK(handshake_type_name(254) == "message_hash");
    CHECK(alert_level_name(2) == "fatal");
    CHECK(alert_name(48) == "unknown_ca");
    CHECK(alert_name(120) == "no_application_protocol");
    CHECK(version_name(0x0300) == "SSL 3.0");
    CHECK(version_name(0x0304) == "TLS 1.3");
    CHECK(version_name(0x7f1c) == "TLS 1.3 draft");
    CHECK(extension_name(0) == "server_name");
    CHECK(extension_name(0xff01) == "renegotiation_info");
    CHECK(group_name(29) == "x25519");
    CHECK(group_name(0x11ec) == "X25519MLKEM768");
    CHECK(group_name(0x6399) == "X25519Kyber768Draft00");
    CHECK(signature_scheme_name(0x0403) == "ecdsa_secp256r1_sha256");
    CHECK(signature_scheme_name(0x0905) == "mldsa65");
}

TEST_CASE("cipher suites of every generation are named") {
    CHECK(cipher_suite_name(0x0000) == "TLS_NULL_WITH_NULL_NULL");
    CHECK(cipher_suite_name(0x00ff) == "TLS_EMPTY_RENEGOTIATION_INFO_SCSV");
    CHECK(cipher_suite_name(0x1301) == "TLS_AES_128_GCM_SHA256");
    CHECK(cipher_suite_name(0x1305) == "TLS_AES_128_CCM_8_SHA256");
    CHECK(cipher_suite_name(0x5600) == "TLS_FALLBACK_SCSV");
    CHECK(cipher_suite_name(0xc02f) == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    CHECK(cipher_suite_name(0xc03c) == "TLS_RSA_WITH_ARIA_128_CBC_SHA256");
    CHECK(cipher_suite_name(0xc100) == "TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC");
    CHECK(cipher_suite_name(0xccae) == "TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256");
}

TEST_CASE("GREASE is called so wherever it may stand") {
    CHECK(cipher_suite_name(0x0a0a) == "GREASE");
    CHECK(extension_name(0x1a1a) == "GREASE");
    CHECK(group_name(0xfafa) == "GREASE");
    CHECK(version_name(0x2a2a) == "GREASE");
    CHECK(signature_scheme_name(0x3a3a) == "GREASE");
}

TEST_CASE("what has no name has an empty one") {
    CHECK(content_type_name(0).empty());
    CHECK(content_type_name(255).empty());
    CHECK(handshake_type_name(99).empty());
    CHECK(alert_name(200).empty());
    CHECK(version_name(0x0305).empty());
    CHECK(cipher_suite_name(0xfffe).empty());
    CHECK(group_name(0).empty());
    CHECK(extension_name(0xfffe).empty());
    CHECK(signature_scheme_name(0).empty());
}
