#include "helloscope/wire/tls/client_hello.hpp"

#include "extension_list.hpp"

#include <algorithm>

namespace helloscope::wire::tls {

namespace {

using numbers = std::vector<std::uint16_t>;

void read_numbers(reader list, numbers& out, reader& in, std::string_view field) {
    out.reserve(out.size() + list.left() / 2);
    while (list.ok() && !list.at_end()) out.push_back(list.u16(field));
    in.absorb(list);
}

void read_codes(reader list, std::vector<std::uint8_t>& out, reader& in, std::string_view field) {
    out.reserve(out.size() + list.left());
    while (list.ok() && !list.at_end()) out.push_back(list.u8(field));
    in.absorb(list);
}

void read_server_name(reader& in, client_hello& hello) {
    auto list = in.vector16("server_name_list");
    while (list.ok() && !list.at_end()) {
        const auto type = list.u8("name_type");
        auto name = list.vector16("host_name");
        if (type != 0 || hello.server_name || !list.ok()) continue;
        hello.server_name = server_name{
            std::string(as_text(name.rest())), static_cast<std::uint32_t>(name.offset()),
            static_cast<std::uint32_t>(name.left())};
    }
    in.absorb(list);
}

void read_alpn(reader& in, client_hello& hello) {
    auto list = in.vector16("protocol_name_list");
    while (list.ok() && !list.at_end()) {
        const auto name = list.vector8("protocol_name");
        if (list.ok()) hello.alpn.emplace_back(as_text(name.rest()));
    }
    in.absorb(list);
}

void read_key_shares(reader& in, client_hello& hello) {
    auto list = in.vector16("client_shares");
    while (list.ok() && !list.at_end()) {
        const auto group = list.u16("group");
        const auto key = list.vector16("key_exchange");
        if (list.ok()) hello.key_shares.push_back({group, static_cast<std::uint16_t>(key.left())});
    }
    in.absorb(list);
}

void read_pre_shared_key(reader& in, client_hello& hello) {
    offered_psks psks;
    auto identities = in.vector16("identities");
    while (identities.ok() && !identities.at_end()) {
        identities.vector16("identity");
        identities.u32("obfuscated_ticket_age");
        psks.identities += identities.ok();
    }
    in.absorb(identities);
    auto binders = in.vector16("binders");
    while (binders.ok() && !binders.at_end()) {
        binders.vector8("binder");
        psks.binders += binders.ok();
    }
    in.absorb(binders);
    hello.pre_shared_key = psks;
}

void skip_rest(reader& in) { in.take(in.left(), "extension_data"); }

struct extension_reader {
    std::uint16_t id;
    std::string_view malformed; // the oddity, when reading fails or leaves bytes
    void (*read)(reader&, client_hello&);
};

constexpr extension_reader readers[] = {
    {extension_type::server_name, "malformed server_name", read_server_name},
    {extension_type::max_fragment_length, "malformed max_fragment_length",
     [](reader& in, client_hello& hello) {
         hello.max_fragment_length = in.u8("MaxFragmentLength");
     }},
    {extension_type::status_request, "malformed status_request",
     [](reader& in, client_hello& hello) {
         hello.status_request = true;
         skip_rest(in);
     }},
    {extension_type::supported_groups, "malformed supported_groups",
     [](reader& in, client_hello& hello) {
         read_numbers(in.vector16("named_group_list"), hello.supported_groups, in, "named_group");
     }},
    {extension_type::ec_point_formats, "malformed ec_point_formats",
     [](reader& in, client_hello& hello) {
         read_codes(in.vector8("ec_point_format_list"), hello.ec_point_formats, in, "format");
     }},
    {extension_type::signature_algorithms, "malformed signature_algorithms",
     [](reader& in, client_hello& hello) {
         read_numbers(
             in.vector16("supported_signature_algorithms"), hello.signature_algorithms, in,
             "scheme");
     }},
    {extension_type::alpn, "malformed application_layer_protocol_negotiation", read_alpn},
    {extension_type::padding, "malformed padding",
     [](reader& in, client_hello& hello) {
         hello.padding = static_cast<std::uint16_t>(in.left());
         skip_rest(in);
     }},
    {extension_type::record_size_limit, "malformed record_size_limit",
     [](reader& in, client_hello& hello) { hello.record_size_limit = in.u16("RecordSizeLimit"); }},
    {extension_type::session_ticket, "malformed session_ticket",
     [](reader& in, client_hello& hello) {
         hello.session_ticket = static_cast<std::uint16_t>(in.left());
         skip_rest(in);
     }},
    {extension_type::pre_shared_key, "malformed pre_shared_key", read_pre_shared_key},
    {extension_type::early_data, "malformed early_data",
     [](reader&, client_hello& hello) { hello.early_data = true; }},
    {extension_type::supported_versions, "malformed supported_versions",
     [](reader& in, client_hello& hello) {
         read_numbers(in.vector8("versions"), hello.supported_versions, in, "version");
     }},
    {extension_type::psk_key_exchange_modes, "malformed psk_key_exchange_modes",
     [](reader& in, client_hello& hello) {
         read_codes(in.vector8("ke_modes"), hello.psk_key_exchange_modes, in, "mode");
     }},
    {extension_type::signature_algorithms_cert, "malformed signature_algorithms_cert",
     [](reader& in, client_hello& hello) {
         read_numbers(
             in.vector16("supported_signature_algorithms"), hello.signature_algorithms_cert, in,
             "scheme");
     }},
    {extension_type::key_share, "malformed key_share", read_key_shares},
    {extension_type::encrypted_client_hello, "malformed encrypted_client_hello",
     [](reader& in, client_hello& hello) {
         hello.ech = in.u8("type") == 1 ? ech_kind::inner : ech_kind::outer;
         skip_rest(in);
     }},
};

void read_extension(const extension& extension, bytes_view data, client_hello& hello) {
    const auto* row = std::ranges::find(readers, extension.id, &extension_reader::id);
    if (row == std::end(readers)) return;
    reader in{data, extension.offset};
    row->read(in, hello);
    in.expect_end("extension_data");
    if (!in.ok()) hello.oddities.push_back(row->malformed);
}

void note_oddities(client_hello& hello) {
    const auto note = [&](bool odd, std::string_view what) {
        if (odd) hello.oddities.push_back(what);
    };
    const auto is_psk = [](const extension& e) { return e.id == extension_type::pre_shared_key; };
    const auto psk = std::ranges::find_if(hello.extensions, is_psk);
    note(hello.legacy_session_id_size > 32, "legacy_session_id longer than 32 bytes");
    note(hello.cipher_suites.empty(), "no cipher suite");
    note(std::ranges::count(hello.legacy_compression_methods, 0) == 0, "no null compression");
    note(has_duplicate(hello.extensions), "duplicate extension");
    note(
        psk != hello.extensions.end() && psk + 1 != hello.extensions.end(),
        "pre_shared_key is not the last extension");
}

} // namespace

parsed<client_hello> parse_client_hello(bytes_view body) {
    // Offsets count from the handshake header here and from the body in errors.
    reader in{body, handshake_header_size};
    client_hello hello;
    hello.size = static_cast<std::uint32_t>(body.size() + handshake_header_size);
    hello.legacy_version = in.u16("legacy_version");
    std::ranges::copy(in.take(hello.random.size(), "random"), hello.random.begin());
    hello.legacy_session_id_size = static_cast<std::uint8_t>(
        in.vector8("legacy_session_id").left());
    auto suites = in.vector16("cipher_suites");
    hello.cipher_suites.reserve(suites.left() / 2);
    while (suites.left() >= 2) hello.cipher_suites.push_back(suites.u16("cipher_suite"));
    if (!suites.at_end()) hello.oddities.push_back("odd length of cipher_suites");
    read_codes(
        in.vector8("legacy_compression_methods"), hello.legacy_compression_methods, in,
        "legacy_compression_method");
    hello.has_extensions = in.ok() && !in.at_end();
    if (hello.has_extensions)
        hello.extensions = read_extensions(in, [&](const extension& extension, bytes_view data) {
            read_extension(extension, data, hello);
        });
    if (!in.ok()) return std::unexpected(in_whole_message(in.error()));
    if (!in.at_end()) hello.oddities.push_back("bytes behind the extensions");
    note_oddities(hello);
    return hello;
}

const extension* client_hello::find(std::uint16_t id) const {
    return find_extension(extensions, id);
}

bool client_hello::has_grease() const {
    const auto any = [](const auto& list, auto number) {
        return std::ranges::any_of(list, is_grease, number);
    };
    return any(cipher_suites, std::identity{}) || any(extensions, &extension::id) ||
           any(supported_groups, std::identity{}) || any(key_shares, &key_share_entry::group) ||
           any(supported_versions, std::identity{});
}

std::optional<std::uint16_t> client_hello::post_quantum_group() const {
    const auto share = std::ranges::find_if(key_shares, is_post_quantum, &key_share_entry::group);
    if (share == key_shares.end()) return std::nullopt;
    return share->group;
}

std::uint16_t client_hello::highest_version() const {
    std::uint16_t highest = 0;
    for (const auto version : supported_versions)
        if (!is_grease(version)) highest = std::max(highest, version);
    return highest != 0 ? highest : legacy_version;
}

bool is_post_quantum(std::uint16_t group) {
    switch (group) {
    case 0x0200: // MLKEM512
    case 0x0201: // MLKEM768
    case 0x0202: // MLKEM1024
    case 0x11eb: // SecP256r1MLKEM768
    case 0x11ec: // X25519MLKEM768
    case 0x11ed: // SecP384r1MLKEM1024
    case 0x6399: // X25519Kyber768Draft00
    case 0x639a: // SecP256r1Kyber768Draft00
        return true;
    default: return false;
    }
}

} // namespace helloscope::wire::tls
