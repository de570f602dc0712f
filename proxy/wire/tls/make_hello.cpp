#include "helloscope/wire/tls/make_hello.hpp"

#include "helloscope/base/writer.hpp"
#include "helloscope/wire/tls/handshake_assembler.hpp"
#include "helloscope/wire/tls/record.hpp"

#include <algorithm>

namespace helloscope::wire::tls {

namespace {

constexpr std::uint16_t tls12 = 0x0303, tls13 = 0x0304;
constexpr std::uint16_t fallback_scsv = 0x5600; // RFC 7507: it would say that we retry
constexpr std::uint16_t x25519 = 0x001d;
constexpr std::size_t most_protocols = 64; // bytes of ALPN in a hello that is to be small

// ---- shares (RFC 8446 section 4.2.8, draft-ietf-tls-ecdhe-mlkem)

// The curves' generators, which are the public keys to the private key 1.
constexpr std::string_view p256_point =
    "\x04"
    "\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2"
    "\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96"
    "\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16"
    "\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";
constexpr std::string_view p384_point =
    "\x04"
    "\xaa\x87\xca\x22\xbe\x8b\x05\x37\x8e\xb1\xc7\x1e\xf3\x20\xad\x74"
    "\x6e\x1d\x3b\x62\x8b\xa7\x9b\x98\x59\xf7\x41\xe0\x82\x54\x2a\x38"
    "\x55\x02\xf2\x5d\xbf\x55\x29\x6c\x3a\x54\x5e\x38\x72\x76\x0a\xb7"
    "\x36\x17\xde\x4a\x96\x26\x2c\x6f\x5d\x9e\x98\xbf\x92\x92\xdc\x29"
    "\xf8\xf4\x1d\xbd\x28\x9a\x14\x7c\xe9\xda\x31\x13\xb5\xf0\xb8\xc0"
    "\x0a\x60\xb1\xce\x1d\x7e\x81\x9d\x7a\x43\x1d\x7c\x90\xea\x0e\x5f";

void add_random(writer& out, std::size_t size, const random_source& random) {
    bytes some(size);
    random(some);
    out.raw(some);
}

// An encapsulation key of ML-KEM (FIPS 203 section 7.2): coefficients below 3329 in 12 bits each,
// which a server checks, and 32 bytes.
void add_ml_kem(writer& out, std::size_t coefficients, const random_source& random) {
    constexpr std::uint32_t q = 3329;
    bytes some(coefficients * 2);
    random(some);
    const auto coefficient = [&](std::size_t i) {
        return static_cast<std::uint32_t>(some[2 * i] << 8 | some[2 * i + 1]) % q;
    };
    for (std::size_t i = 0; i < coefficients; i += 2) {
        const auto both = coefficient(i) | coefficient(i + 1) << 12;
        out.u8(static_cast<std::uint8_t>(both & 0xff));
        out.u8(static_cast<std::uint8_t>(both >> 8 & 0xff));
        out.u8(static_cast<std::uint8_t>(both >> 16));
    }
    add_random(out, 32, random);
}

struct share_row {
    std::uint16_t group;
    // In the order in which they stand: bytes that may be anything, a point, and what is ML-KEM's.
    enum class part : std::uint8_t { none, random32, random56, p256, p384, k512, k768, k1024 };
    part first, second = part::none;
};
using part = share_row::part;

constexpr share_row shares[] = {
    {0x0017, part::p256},
    {0x0018, part::p384},
    {x25519, part::random32},
    {0x001e, part::random56},
    {0x0200, part::k512},
    {0x0201, part::k768},
    {0x0202, part::k1024},
    {0x11eb, part::p256, part::k768},
    {0x11ec, part::k768, part::random32},
    {0x11ed, part::p384, part::k1024},
    {0x6399, part::random32, part::k768},
    {0x639a, part::p256, part::k768},
};

const share_row* row_of(std::uint16_t group) {
    const auto* row = std::ranges::find(shares, group, &share_row::group);
    return row == std::end(shares) ? nullptr : row;
}

void add_part(writer& out, part what, const random_source& random) {
    switch (what) {
    case part::none: return;
    case part::random32: return add_random(out, 32, random);
    case part::random56: return add_random(out, 56, random);
    case part::p256: out.text(p256_point); return;
    case part::p384: out.text(p384_point); return;
    case part::k512: return add_ml_kem(out, 512, random);
    case part::k768: return add_ml_kem(out, 768, random);
    case part::k1024: return add_ml_kem(out, 1024, random);
    }
}

// ---- extensions

template <class Body> void add_extension(writer& out, std::uint16_t id, Body&& body) {
    out.u16(id).vector(2, body);
}

void add_numbers(writer& out, const std::vector<std::uint16_t>& all) {
    for (const auto one : all) out.u16(one);
}

void add_list(writer& out, std::uint16_t id, const std::vector<std::uint16_t>& all) {
    if (all.empty()) return;
    add_extension(
        out, id, [&](writer& in) { in.vector(2, [&](writer& list) { add_numbers(list, all); }); });
}

void add_name(writer& out, const std::string& name) {
    if (name.empty()) return;
    add_extension(out, extension_type::server_name, [&](writer& in) {
        in.vector(
            2, [&](writer& list) { list.u8(0).vector(2, [&](writer& host) { host.text(name); }); });
    });
}

void add_alpn(writer& out, const std::vector<std::string>& protocols) {
    if (protocols.empty()) return;
    add_extension(out, extension_type::alpn, [&](writer& in) {
        in.vector(2, [&](writer& list) {
            for (const auto& one : protocols) list.vector(1, [&](writer& name) { name.text(one); });
        });
    });
}

void add_tls13(writer& out, const hello_wish& wish, const random_source& random) {
    if (wish.versions.empty()) return;
    add_extension(out, extension_type::supported_versions, [&](writer& in) {
        in.vector(1, [&](writer& list) { add_numbers(list, wish.versions); });
    });
    add_extension(out, extension_type::psk_key_exchange_modes, [](writer& in) {
        in.vector(1, [](writer& list) { list.u8(1); }); // psk_dhe_ke
    });
    add_extension(out, extension_type::key_share, [&](writer& in) {
        in.vector(2, [&](writer& list) {
            for (const auto group : wish.shares)
                if (const auto* row = row_of(group))
                    list.u16(group).vector(2, [&](writer& key) {
                        add_part(key, row->first, random);
                        add_part(key, row->second, random);
                    });
        });
    });
}

void add_extensions(
    writer& out, const hello_wish& wish, const random_source& random,
    std::optional<std::size_t> padding) {
    add_name(out, wish.server_name);
    add_extension(out, extension_type::extended_master_secret, [](writer&) {});
    add_extension(out, extension_type::renegotiation_info, [](writer& in) { in.u8(0); });
    add_list(out, extension_type::supported_groups, wish.groups);
    add_extension(out, extension_type::ec_point_formats, [](writer& in) { in.u8(1).u8(0); });
    add_alpn(out, wish.alpn);
    if (wish.status_request) // RFC 6066 section 8: OCSP, of nobody in particular
        add_extension(
            out, extension_type::status_request, [](writer& in) { in.u8(1).u16(0).u16(0); });
    add_list(out, extension_type::signature_algorithms, wish.signature_algorithms);
    add_tls13(out, wish, random);
    if (padding)
        add_extension(out, extension_type::padding, [&](writer& in) { in.raw(bytes(*padding)); });
}

struct fill {
    std::size_t session_id = 32;
    std::optional<std::size_t> padding;
};

bytes make_message(const hello_wish& wish, const random_source& random, const fill& with) {
    writer out;
    out.u8(static_cast<std::uint8_t>(handshake_type::client_hello));
    out.vector(3, [&](writer& in) {
        in.u16(tls12);
        add_random(in, 32, random);
        in.vector(1, [&](writer& id) { add_random(id, with.session_id, random); });
        in.vector(2, [&](writer& suites) { add_numbers(suites, wish.cipher_suites); });
        in.vector(1, [](writer& methods) { methods.u8(0); });
        in.vector(2, [&](writer& list) { add_extensions(list, wish, random, with.padding); });
    });
    return out.take();
}

// What has to be added to a message of `is` bytes, or taken from it, so that it has `wanted`. The
// extension has a header of four bytes; where fewer are needed the session id gives up the rest.
fill fill_up(std::size_t is, std::size_t wanted) {
    constexpr std::size_t shortest = 8;
    fill with;
    if (wanted <= is) {
        with.session_id -= std::min(is - wanted, with.session_id - shortest);
        return with;
    }
    const auto more = wanted - is;
    with.padding = more > 4 ? more - 4 : 0;
    if (more < 4) with.session_id -= 4 - more;
    return with;
}

std::size_t size_of(const hello_wish& wish, std::size_t comes_to) {
    if (wish.size > 0)
        return std::min<std::size_t>(
            wish.size > record_header_size ? wish.size - record_header_size : 0,
            max_plaintext_length);
    return comes_to > 255 && comes_to < 512 ? 512 : comes_to;
}

// ---- wishes

template <class Keep> std::vector<std::uint16_t> those(std::vector<std::uint16_t> all, Keep keep) {
    std::erase_if(all, [&](std::uint16_t one) { return is_grease(one) || !keep(one); });
    return all;
}

bool any(std::uint16_t) { return true; }
bool is_tls13_suite(std::uint16_t suite) { return suite >> 8 == 0x13; }

} // namespace

bool can_share(std::uint16_t group) { return row_of(group) != nullptr; }

hello_wish wish_like(const client_hello& seen, std::uint32_t size) {
    hello_wish wish;
    if (seen.server_name) wish.server_name = seen.server_name->host;
    wish.versions = those(seen.supported_versions, any);
    wish.cipher_suites = those(
        seen.cipher_suites, [](std::uint16_t suite) { return suite != fallback_scsv; });
    wish.groups = those(seen.supported_groups, any);
    for (const auto& share : seen.key_shares)
        if (can_share(share.group)) wish.shares.push_back(share.group);
    if (std::ranges::find(wish.versions, tls13) == wish.versions.end()) {
        wish.shares.clear();
    } else if (wish.shares.empty()) {
        wish.shares = {x25519};
    }
    for (const auto group : wish.shares)
        if (std::ranges::find(wish.groups, group) == wish.groups.end())
            wish.groups.push_back(group);
    wish.signature_algorithms = those(seen.signature_algorithms, any);
    wish.alpn = seen.alpn;
    std::erase_if(wish.alpn, [](const std::string& name) {
        return name.empty() ||
               (name.size() == 2 &&
                is_grease(static_cast<std::uint16_t>(
                    static_cast<std::uint8_t>(name[0]) << 8 | static_cast<std::uint8_t>(name[1]))));
    });
    wish.status_request = seen.status_request;
    wish.size = size;
    return wish;
}

hello_wish without_post_quantum(hello_wish wish) {
    const auto classic = [](std::uint16_t group) { return !is_post_quantum(group); };
    const bool shared = !wish.shares.empty();
    wish.groups = those(wish.groups, classic);
    wish.shares = those(wish.shares, classic);
    if (shared && wish.shares.empty()) {
        wish.shares = {x25519};
        if (std::ranges::find(wish.groups, x25519) == wish.groups.end())
            wish.groups.push_back(x25519);
    }
    std::size_t protocols = 0; // a long list would make it as large
    std::erase_if(wish.alpn, [&](const std::string& name) {
        return (protocols += name.size() + 1) > most_protocols;
    });
    wish.size = 0;
    return wish;
}

hello_wish up_to_tls12(hello_wish wish) {
    wish = without_post_quantum(std::move(wish));
    wish.versions.clear();
    wish.shares.clear();
    std::erase_if(wish.cipher_suites, is_tls13_suite);
    const bool no_suite = std::ranges::all_of(
        wish.cipher_suites, [](std::uint16_t one) { return one == 0x00ff; }); // a signal, no suite
    if (no_suite)
        wish.cipher_suites = {0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014};
    return wish;
}

bytes make_hello(const hello_wish& wish, const random_source& random) {
    auto message = make_message(wish, random, fill());
    const auto wanted = size_of(wish, message.size());
    if (wanted != message.size())
        message = make_message(wish, random, fill_up(message.size(), wanted));
    writer out;
    record_header header;
    header.type = static_cast<std::uint8_t>(content_type::handshake);
    header.version = 0x0301; // as clients say for the sake of old servers (RFC 8446 section 5.1)
    header.length = static_cast<std::uint16_t>(message.size());
    write_record_header(out, header);
    out.raw(message);
    return out.take();
}

} // namespace helloscope::wire::tls
