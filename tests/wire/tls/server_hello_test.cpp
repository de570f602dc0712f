#include "helloscope/wire/tls/server_hello.hpp"

#include "fixtures.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::wire::tls;
using test::hex;

namespace {

bytes first_answer(const std::string& name) {
    for (const auto& turn : test::dialogue(name))
        if (turn.way == direction::to_client) return to_bytes(bytes_view(turn.record).subspan(9));
    throw std::runtime_error("no answer in " + name);
}

server_hello parse(const bytes& body) {
    const auto hello = parse_server_hello(body);
    REQUIRE(hello);
    return *hello;
}

// A ServerHello of TLS 1.2 whose random ends in `tail`, with an extensions block, if any.
bytes hello_with(std::string_view tail, std::string_view extensions) {
    return hex(
        "0303" + std::string(48, '1') + std::string(tail) + "00 c02f 00" + std::string(extensions));
}

} // namespace

TEST_CASE("the ServerHello of RFC 8448 chose TLS 1.3 and x25519") {
    const auto hello = parse(first_answer("rfc8448-3-simple"));
    CHECK(hello.size == 90);
    CHECK(hello.legacy_version == 0x0303);
    CHECK(hello.version == 0x0304);
    CHECK(hello.random[0] == 0xa6);
    CHECK(hello.cipher_suite == 0x1301);
    CHECK(hello.group == 29);
    CHECK_FALSE(hello.hello_retry_request);
    CHECK_FALSE(hello.selected_psk);
    CHECK_FALSE(hello.alpn);
    CHECK(hello.sentinel == downgrade::none);
    CHECK(hello.legacy_session_id.empty());
    CHECK(hello.find(extension_type::key_share)->size == 36);
    CHECK(hello.oddities.empty());
}

TEST_CASE("a HelloRetryRequest names the group that it asks for") {
    const auto retry = parse(first_answer("rfc8448-5-retry"));
    CHECK(retry.hello_retry_request);
    CHECK(retry.group == 23);
    CHECK(retry.cookie == 114);
    CHECK(retry.version == 0x0304);
    CHECK(retry.oddities.empty());
    CHECK(parse(first_answer("tls13-retry")).hello_retry_request);
}

TEST_CASE("a resumed session names the PSK, a compatible one echoes the session id") {
    CHECK(parse(first_answer("rfc8448-4-early-data")).selected_psk == 0);
    CHECK(parse(first_answer("rfc8448-7-compatibility")).legacy_session_id.size() == 32);
}

TEST_CASE("a ServerHello of TLS 1.2 tells its version by legacy_version") {
    const auto hello = parse(first_answer("tls12"));
    CHECK(hello.version == 0x0303);
    CHECK_FALSE(hello.group);
    CHECK(hello.sentinel == downgrade::none);
}

TEST_CASE("ALPN, the downgrade sentinel and a missing extensions block") {
    const auto alpn = parse(hello_with("444f574e47524401", "0009 0010 0005 0003 02 6832"));
    CHECK(alpn.alpn == "h2");
    CHECK(alpn.sentinel == downgrade::to_tls12);
    const auto old = parse(hello_with("444f574e47524400", ""));
    CHECK(old.sentinel == downgrade::to_tls11_or_below);
    CHECK(old.extensions.empty());
}

TEST_CASE("odd extensions are named and the rest is read") {
    struct row {
        const char* oddity;
        const char* extensions;
    };
    const row rows[] = {
        {"duplicate extension", "0008 ff01 0000 ff01 0000"},
        {"bytes behind the extensions", "0004 ff01 0000 aa"},
        {"malformed supported_versions", "0005 002b 0001 03"},
        {"malformed key_share", "0006 0033 0002 001d"},
        {"malformed pre_shared_key", "0007 0029 0003 000000"},
        {"malformed application_layer_protocol_negotiation", "0008 0010 0004 0003 0268"},
    };
    for (const auto& row : rows) {
        INFO(row.oddity);
        const auto hello = parse(hello_with("1111111111111111", row.extensions));
        CHECK(hello.oddities == std::vector<std::string_view>{row.oddity});
        CHECK(hello.version == 0x0303);
    }
}

TEST_CASE("a ServerHello cut at every byte fails, or was whole without extensions") {
    const auto body = first_answer("rfc8448-5-retry");
    for (std::size_t cut = 0; cut < body.size(); ++cut) {
        INFO("cut at " << cut);
        const auto hello = parse_server_hello(bytes_view(body).first(cut));
        CHECK(hello.has_value() == (cut == 38));
        if (!hello) CHECK(hello.error().code == errc::malformed);
    }
}

TEST_CASE("mutated ServerHellos are read or refused") {
    for (const auto* name : {"rfc8448-5-retry", "tls12", "tls13"})
        test::mutated(first_answer(name), 1500, 4, [](const bytes& body) {
            const auto hello = parse_server_hello(body);
            if (hello) CHECK(hello->size == body.size() + 4);
        });
}
