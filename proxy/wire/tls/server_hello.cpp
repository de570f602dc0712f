#include "helloscope/wire/tls/server_hello.hpp"

#include "extension_list.hpp"
#include "retry_random.hpp"

namespace helloscope::wire::tls {

namespace {

downgrade find_sentinel(bytes_view random) {
    const auto tail = as_text(random.last(8));
    if (tail == "DOWNGRD\x01") return downgrade::to_tls12;
    if (tail == std::string_view("DOWNGRD\x00", 8)) return downgrade::to_tls11_or_below;
    return downgrade::none;
}

void read_key_share(reader& in, server_hello& hello) {
    hello.group = in.u16("group");
    if (!hello.hello_retry_request) in.vector16("key_exchange");
}

void read_alpn(reader& in, server_hello& hello) {
    auto list = in.vector16("protocol_name_list");
    const auto name = list.vector8("protocol_name");
    in.absorb(list);
    if (in.ok()) hello.alpn = std::string(as_text(name.rest()));
}

struct extension_reader {
    std::uint16_t id;
    std::string_view malformed; // the oddity, when reading fails or leaves bytes
    void (*read)(reader&, server_hello&);
};

constexpr extension_reader readers[] = {
    {extension_type::alpn, "malformed application_layer_protocol_negotiation", read_alpn},
    {extension_type::supported_versions, "malformed supported_versions",
     [](reader& in, server_hello& hello) {
         if (const auto version = in.u16("selected_version"); in.ok()) hello.version = version;
     }},
    {extension_type::key_share, "malformed key_share", read_key_share},
    {extension_type::pre_shared_key, "malformed pre_shared_key",
     [](reader& in, server_hello& hello) { hello.selected_psk = in.u16("selected_identity"); }},
    {extension_type::cookie, "malformed cookie",
     [](reader& in, server_hello& hello) {
         hello.cookie = static_cast<std::uint16_t>(in.vector16("cookie").left());
     }},
};

void read_extension(const extension& extension, bytes_view data, server_hello& hello) {
    const auto* row = std::ranges::find(readers, extension.id, &extension_reader::id);
    if (row == std::end(readers)) return;
    reader in{data, extension.offset};
    row->read(in, hello);
    in.expect_end("extension_data");
    if (!in.ok()) hello.oddities.push_back(row->malformed);
}

} // namespace

parsed<server_hello> parse_server_hello(bytes_view body) {
    reader in{body, handshake_header_size};
    server_hello hello;
    hello.size = static_cast<std::uint32_t>(body.size() + handshake_header_size);
    hello.version = hello.legacy_version = in.u16("legacy_version");
    std::ranges::copy(in.take(hello.random.size(), "random"), hello.random.begin());
    hello.hello_retry_request = hello.random == hello_retry_request_random;
    hello.sentinel = find_sentinel(hello.random);
    hello.legacy_session_id = to_bytes(in.vector8("legacy_session_id").rest());
    hello.cipher_suite = in.u16("cipher_suite");
    hello.legacy_compression_method = in.u8("legacy_compression_method");
    if (in.ok() && !in.at_end()) // a server up to TLS 1.2 may leave the block out
        hello.extensions = read_extensions(in, [&](const extension& extension, bytes_view data) {
            read_extension(extension, data, hello);
        });
    if (!in.ok()) return std::unexpected(in_whole_message(in.error()));
    if (!in.at_end()) hello.oddities.push_back("bytes behind the extensions");
    if (has_duplicate(hello.extensions)) hello.oddities.push_back("duplicate extension");
    return hello;
}

const extension* server_hello::find(std::uint16_t id) const {
    return find_extension(extensions, id);
}

} // namespace helloscope::wire::tls
