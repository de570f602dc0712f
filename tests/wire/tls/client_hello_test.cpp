#include "helloscope/wire/tls/client_hello.hpp"

#include "fixtures.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::wire::tls;
using test::hex;

namespace {

client_hello hello_of(const std::string& client) {
    const auto hello = parse_client_hello(test::hello_body(client));
    REQUIRE(hello);
    return *hello;
}

// A hello with the given extensions block, if any.
bytes hello_with(std::string_view extensions, std::string_view suites = "0002 1301") {
    return hex(
        "0303 0000000000000000000000000000000000000000000000000000000000000000 00" +
        std::string(suites) + "0100" + std::string(extensions));
}

client_hello parse(const bytes& body) {
    const auto hello = parse_client_hello(body);
    REQUIRE(hello);
    return *hello;
}

} // namespace

TEST_CASE("the hello of each client is read as that client made it") {
    struct row {
        const char* client;
        std::uint32_t record_size;
        std::uint16_t highest_version;
        const char* host; // empty: no SNI
        std::vector<std::string> alpn;
        std::uint16_t post_quantum; // 0: none
        std::size_t suites;
        std::vector<key_share_entry> key_shares;
    };
    const char* const host = "releases.test";
    const std::vector<std::string> h2 = {"h2", "http/1.1"}, h1 = {"http/1.1"}, none;
    const row rows[] = {
        {"bazelisk-1.28.1", 1493, 0x0304, host, h2, 0x11ec, 13, {{0x11ec, 1216}, {29, 32}}},
        {"bazelisk-1.28.1-tlsmlkem0", 271, 0x0304, host, h2, 0, 13, {{29, 32}}},
        {"curl-7.88", 517, 0x0304, host, h2, 0, 31, {{29, 32}}},
        {"git-gnutls", 402, 0x0304, host, {"h2", "http/1.1"}, 0, 29, {{23, 65}, {29, 32}}},
        {"node-20", 386, 0x0304, host, h1, 0, 59, {{29, 32}}},
        {"node-24", 1605, 0x0304, host, h1, 0x11ec, 52, {{0x11ec, 1216}, {29, 32}}},
        {"openssl-3.0", 319, 0x0304, host, none, 0, 31, {{29, 32}}},
        {"openssl-3.0-tls1.0-no-sni", 132, 0x0301, "", none, 0, 23, {}},
        {"python-urllib", 517, 0x0304, host, h1, 0, 31, {{29, 32}}},
        {"wget-gnutls", 517, 0x0304, host, none, 0, 29, {{23, 65}, {29, 32}}},
    };
    for (const auto& row : rows) {
        INFO(row.client);
        const auto record = test::hello_record(row.client);
        const auto hello = hello_of(row.client);
        CHECK(record.size() == row.record_size);
        CHECK(hello.size == record.size() - 5);
        CHECK(hello.highest_version() == row.highest_version);
        CHECK((hello.server_name ? hello.server_name->host : "") == row.host);
        CHECK(hello.alpn == row.alpn);
        CHECK(hello.post_quantum_group().value_or(0) == row.post_quantum);
        CHECK(hello.cipher_suites.size() == row.suites);
        CHECK(hello.key_shares == row.key_shares);
        CHECK(hello.oddities.empty());
        CHECK_FALSE(hello.has_grease());
        if (hello.server_name) {
            const auto message = bytes_view(record).subspan(5);
            const auto name = message.subspan(hello.server_name->offset, hello.server_name->size);
            CHECK(as_text(name) == host);
        }
    }
}

TEST_CASE("extensions are listed in order and each is where it says") {
    const auto body = test::hello_body("curl-7.88");
    const auto hello = hello_of("curl-7.88");
    std::size_t end = 0;
    for (const auto& extension : hello.extensions) {
        INFO("extension " << extension.id);
        const auto at = extension.offset - 4 - 4; // handshake header, then id and length
        reader in{bytes_view(body).subspan(at)};
        CHECK(in.u16("id") == extension.id);
        CHECK(in.u16("length") == extension.size);
        if (end != 0) CHECK(at == end);
        end = at + 4 + extension.size;
    }
    CHECK(end == body.size());
    REQUIRE(hello.find(extension_type::padding));
    CHECK(hello.padding == hello.find(extension_type::padding)->size);
    CHECK(hello.find(0xabcd) == nullptr);
}

TEST_CASE("a resumption hello of RFC 8448 tells its PSK, early data and padding") {
    const auto record = test::dialogue("rfc8448-4-early-data").front().record;
    const auto hello = parse(to_bytes(bytes_view(record).subspan(9)));
    CHECK(hello.size == 512);
    CHECK(hello.legacy_version == 0x0303);
    CHECK(hello.random[0] == 0x1b);
    CHECK(hello.legacy_session_id_size == 0);
    CHECK(hello.legacy_compression_methods == hex("00"));
    CHECK(hello.cipher_suites == std::vector<std::uint16_t>{0x1301, 0x1303, 0x1302});
    CHECK(hello.pre_shared_key == offered_psks{1, 1});
    CHECK(hello.early_data);
    CHECK(hello.padding == 87);
    CHECK(hello.record_size_limit == 0x4001);
    CHECK(hello.psk_key_exchange_modes == hex("01"));
    CHECK(hello.supported_versions == std::vector<std::uint16_t>{0x0304});
    CHECK(hello.supported_groups.size() == 9);
    CHECK(hello.signature_algorithms.size() == 15);
    CHECK(hello.oddities.empty());
    CHECK(hello.server_name == server_name{"server", 60, 6});
}

TEST_CASE("each extension that is read") {
    const auto list = [](std::string_view extensions) { return parse(hello_with(extensions)); };
    CHECK(list("0005 0001 0001 02").max_fragment_length == 2);
    CHECK(list("0009 0005 0005 01 0000 0000").status_request);
    CHECK(list("0006 000b 0002 01 00").ec_point_formats == hex("00"));
    CHECK(list("0004 0023 0000").session_ticket == 0);
    CHECK(list("0006 0023 0002 aabb").session_ticket == 2);
    CHECK(
        list("000a 0032 0006 0004 0403 0804").signature_algorithms_cert ==
        std::vector<std::uint16_t>{0x0403, 0x0804});
    CHECK(list("0005 fe0d 0001 00").ech == ech_kind::outer);
    CHECK(list("0005 fe0d 0001 01").ech == ech_kind::inner);
    CHECK(list("0004 002a 0000").early_data);
    CHECK(list("0000").ech == ech_kind::none);
}

TEST_CASE("a hello without extensions is one up to TLS 1.2") {
    const auto bare = parse(hello_with(""));
    CHECK_FALSE(bare.has_extensions);
    CHECK(bare.oddities.empty());
    CHECK(bare.highest_version() == 0x0303);
    CHECK(parse(hello_with("0000")).has_extensions);
}

TEST_CASE("GREASE stays in the lists and does not count as a version or a group") {
    const auto hello = parse(hello_with(
        "0020"
        "2a2a 0000"
        "002b 0007 06 fafa 0304 0303"
        "0033 000d 000b 3a3a 0001 00 11ec 0002 aabb",
        "0004 0a0a 1301"));
    CHECK(hello.has_grease());
    CHECK(hello.cipher_suites.front() == 0x0a0a);
    CHECK(hello.extensions.front().id == 0x2a2a);
    CHECK(hello.highest_version() == 0x0304);
    CHECK(hello.post_quantum_group() == 0x11ec);
    CHECK(hello.key_shares.front() == key_share_entry{0x3a3a, 1});
}

TEST_CASE("GREASE values are the sixteen of RFC 8701") {
    int count = 0;
    for (std::uint32_t value = 0; value <= 0xffff; ++value)
        count += is_grease(static_cast<std::uint16_t>(value));
    CHECK(count == 16);
    CHECK(is_grease(0x0a0a));
    CHECK(is_grease(0xfafa));
    CHECK_FALSE(is_grease(0x0a1a));
    CHECK_FALSE(is_grease(0x1301));
}

TEST_CASE("what a server may dislike is named and the rest is read") {
    struct row {
        const char* oddity;
        bytes body;
    };
    const row rows[] = {
        {"duplicate extension", hello_with("0008 002a 0000 002a 0000")},
        {"bytes behind the extensions", hello_with("0004 002a 0000 ff")},
        {"no cipher suite", hello_with("0004 002a 0000", "0000")},
        {"odd length of cipher_suites", hello_with("0004 002a 0000", "0003 1301 13")},
        {"pre_shared_key is not the last extension",
         hello_with("0017 0029 000f 0008 0002 aabb 00000000 0003 02 ccdd 002a 0000")},
        {"malformed server_name", hello_with("000e 0000 0006 0004 00 0009 61 002a 0000")},
        {"malformed supported_versions", hello_with("000b 002b 0003 04 0304 002a 0000")},
        {"malformed key_share", hello_with("000c 0033 0004 0002 001d 002a 0000")},
        {"malformed early_data", hello_with("0005 002a 0001 00")},
        {"malformed application_layer_protocol_negotiation",
         hello_with("000d 0010 0005 0003 05 6832 002a 0000")},
        {"no null compression",
         hex("0303 0000000000000000000000000000000000000000000000000000000000000000 00"
             "0002 1301 01 01 0004 002a 0000")},
    };
    for (const auto& row : rows) {
        INFO(row.oddity);
        const auto hello = parse(row.body);
        CHECK(hello.oddities == std::vector<std::string_view>{row.oddity});
        CHECK(hello.early_data); // behind it or before it
    }
    const auto long_session = hex(
        "0303" + std::string(64, '0') + "21" + std::string(66, '0') + "0002 1301 01 00");
    CHECK(
        parse(long_session).oddities ==
        std::vector<std::string_view>{"legacy_session_id longer than 32 bytes"});
}

TEST_CASE("a hello cut at every byte fails and says where, or was whole without extensions") {
    const auto body = test::hello_body("bazelisk-1.28.1");
    const auto extensions_at = hello_of("bazelisk-1.28.1").extensions[0].offset - 4 - 4 - 2;
    for (std::size_t cut = 0; cut < body.size(); ++cut) {
        INFO("cut at " << cut);
        const auto hello = parse_client_hello(bytes_view(body).first(cut));
        CHECK(hello.has_value() == (cut == extensions_at));
        if (hello) continue;
        CHECK(hello.error().code == errc::malformed);
        CHECK(hello.error().offset <= cut);
        CHECK_FALSE(hello.error().field.empty());
    }
    CHECK(
        parse_client_hello(bytes_view(body).first(20)).error() ==
        parse_error{errc::malformed, 2, "random"});
}

TEST_CASE("mutated hellos are read or refused") {
    for (const auto* client : {"bazelisk-1.28.1", "node-20", "wget-gnutls"})
        test::mutated(test::hello_body(client), 1500, 3, [](const bytes& body) {
            const auto hello = parse_client_hello(body);
            if (!hello) return;
            CHECK(hello->size == body.size() + 4);
            for (const auto& extension : hello->extensions)
                CHECK(extension.offset + extension.size <= hello->size);
        });
}
