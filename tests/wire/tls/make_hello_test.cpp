#include "helloscope/wire/tls/make_hello.hpp"

#include "fixtures.hpp"
#include "support/catch.hpp"

#include "helloscope/wire/tls/record.hpp"

#include <random>

using namespace helloscope;
using namespace helloscope::wire::tls;
using numbers = std::vector<std::uint16_t>;

namespace {

// Always the same, and of every value.
random_source random_bytes() {
    return [engine = std::mt19937(1)](std::span<std::uint8_t> into) mutable {
        for (auto& one : into) one = static_cast<std::uint8_t>(engine());
    };
}

client_hello of_client(const std::string& name) {
    return parse_client_hello(test::hello_body(name)).value();
}

// What our own parser makes of it; it is one record, and nothing is odd about it.
client_hello read(const bytes& made) {
    const auto header = parse_record_header(made).value();
    CHECK(header.is(content_type::handshake));
    REQUIRE(header.length + record_header_size == made.size());
    const auto hello = parse_client_hello(bytes_view(made).subspan(9)).value();
    CHECK(hello.oddities.empty());
    CHECK(hello.size + record_header_size == made.size());
    return hello;
}

client_hello made_of(const hello_wish& wish) { return read(make_hello(wish, random_bytes())); }

} // namespace

TEST_CASE("a hello like that of each client has its size and its offer") {
    for (const std::string client :
         {"bazelisk-1.28.1", "curl-7.88", "git-gnutls", "java-17", "node-20", "node-24",
          "openssl-3.0", "python-urllib", "wget-gnutls", "openssl-3.0-tls1.0-no-sni"}) {
        INFO(client);
        const auto theirs = of_client(client);
        const auto size = static_cast<std::uint32_t>(test::hello_record(client).size());
        const auto wish = wish_like(theirs, size);
        const auto bytes = make_hello(wish, random_bytes());
        const auto ours = read(bytes);
        // What we add (the session id of TLS 1.3's middleboxes) may be more than they had.
        CHECK(bytes.size() >= size);
        CHECK(bytes.size() <= size + 64);
        CHECK(ours.cipher_suites == theirs.cipher_suites);
        CHECK(ours.supported_versions == theirs.supported_versions);
        CHECK(ours.supported_groups == theirs.supported_groups);
        CHECK(ours.key_shares == theirs.key_shares);
        CHECK(ours.signature_algorithms == theirs.signature_algorithms);
        CHECK(ours.alpn == theirs.alpn);
        CHECK(ours.server_name.has_value() == theirs.server_name.has_value());
        if (theirs.server_name) CHECK(ours.server_name->host == theirs.server_name->host);
    }
}

TEST_CASE("what is the client's alone is left out") {
    const auto theirs = of_client("chromium");
    REQUIRE(theirs.has_grease());
    REQUIRE(theirs.ech == ech_kind::outer);
    const auto ours = made_of(wish_like(theirs, 1'800));
    CHECK_FALSE(ours.has_grease());
    CHECK(ours.ech == ech_kind::none);
    CHECK(ours.post_quantum_group() == theirs.post_quantum_group());
    CHECK(ours.size == 1'795);
}

TEST_CASE("without the post-quantum share it is small, and asks for the same otherwise") {
    const auto wish = wish_like(of_client("bazelisk-1.28.1"), 1493);
    const auto small = made_of(without_post_quantum(wish));
    CHECK(small.size <= 512);
    CHECK_FALSE(small.post_quantum_group());
    CHECK(small.key_shares == std::vector<key_share_entry>{{29, 32}});
    CHECK(small.supported_groups == numbers{29, 23, 24, 25});
    CHECK(small.supported_versions == wish.versions);

    auto long_list = wish;
    long_list.alpn = {"http/1.1", std::string(200, 'x'), std::string(200, 'y')};
    CHECK(made_of(without_post_quantum(long_list)).alpn == std::vector<std::string>{"http/1.1"});

    hello_wish only_post_quantum;
    only_post_quantum.versions = {0x0304};
    only_post_quantum.cipher_suites = {0x1301};
    only_post_quantum.groups = only_post_quantum.shares = {0x11ec};
    const auto other = made_of(without_post_quantum(only_post_quantum));
    CHECK(other.key_shares == std::vector<key_share_entry>{{29, 32}});
    CHECK(other.supported_groups == numbers{29});
}

TEST_CASE("up to TLS 1.2 it has nothing of TLS 1.3") {
    const auto old = made_of(up_to_tls12(wish_like(of_client("curl-7.88"), 517)));
    CHECK(old.supported_versions.empty());
    CHECK(old.key_shares.empty());
    CHECK(old.find(extension_type::psk_key_exchange_modes) == nullptr);
    CHECK(old.highest_version() == 0x0303);
    for (const auto suite : old.cipher_suites) CHECK(suite >> 8 != 0x13);

    hello_wish only_13;
    only_13.versions = {0x0304};
    only_13.cipher_suites = {0x1301, 0x00ff};
    CHECK(made_of(up_to_tls12(only_13)).cipher_suites.size() == 8);
}

TEST_CASE("any size that is wanted is reached to the byte, if it is not too small") {
    auto wish = without_post_quantum(wish_like(of_client("bazelisk-1.28.1"), 0));
    wish.size = 1; // as little as it may be
    const auto least = static_cast<std::uint32_t>(make_hello(wish, random_bytes()).size());
    CHECK(least < 300);
    for (std::uint32_t size = least; size < least + 40; ++size) {
        wish.size = size;
        INFO(size);
        CHECK(make_hello(wish, random_bytes()).size() == size);
        read(make_hello(wish, random_bytes()));
    }
    wish.size = 16'389; // the longest record
    CHECK(make_hello(wish, random_bytes()).size() == 16'389);
    wish.size = 30'000;
    CHECK(make_hello(wish, random_bytes()).size() == 16'389);
    wish.size = 0;
    for (std::size_t name = 1; name < 250; ++name) {
        wish.server_name = std::string(name, 'a');
        const auto message = read(make_hello(wish, random_bytes())).size;
        CHECK((message < 256 || message >= 512));
    }
}

TEST_CASE("each share has the length of its group, and ML-KEM's coefficients are below 3329") {
    struct row {
        std::uint16_t group;
        std::uint16_t size;
        std::size_t kem, kem_size; // where its coefficients begin, and how many bytes they are
    };
    for (const auto& [group, size, kem, kem_size] :
         {row{0x0017, 65, 0, 0}, row{0x0018, 97, 0, 0}, row{0x001d, 32, 0, 0},
          row{0x001e, 56, 0, 0}, row{0x0200, 800, 0, 768}, row{0x0201, 1184, 0, 1152},
          row{0x0202, 1568, 0, 1536}, row{0x11eb, 1249, 65, 1152}, row{0x11ec, 1216, 0, 1152},
          row{0x11ed, 1665, 97, 1536}, row{0x6399, 1216, 32, 1152}, row{0x639a, 1249, 65, 1152}}) {
        INFO(group);
        CHECK(can_share(group));
        hello_wish wish;
        wish.versions = {0x0304};
        wish.cipher_suites = {0x1301};
        wish.groups = wish.shares = {group};
        const auto bytes = make_hello(wish, random_bytes());
        const auto hello = read(bytes);
        CHECK(hello.key_shares == std::vector<key_share_entry>{{group, size}});
        const auto* share = hello.find(extension_type::key_share);
        REQUIRE(share != nullptr);
        const auto key = bytes_view(bytes).subspan(record_header_size + share->offset + 6, size);
        for (std::size_t at = kem; at < kem + kem_size; at += 3) {
            CHECK((key[at] | (key[at + 1] & 0xf) << 8) < 3329);
            CHECK((key[at + 1] >> 4 | key[at + 2] << 4) < 3329);
        }
    }
    CHECK_FALSE(can_share(0x0019)); // P-521
}

TEST_CASE("two hellos differ by what is random") {
    auto random = random_bytes();
    const auto wish = wish_like(of_client("curl-7.88"), 517);
    CHECK(make_hello(wish, random) != make_hello(wish, random));
}
