#include "helloscope/wire/tls/flight.hpp"

#include "helloscope/base/reader.hpp"
#include "helloscope/wire/tls/extension.hpp"
#include "helloscope/wire/tls/server_hello.hpp"
#include "retry_random.hpp"

#include <algorithm>

namespace helloscope::wire::tls {

namespace {

constexpr std::uint16_t tls_aes_256_gcm_sha384 = 0x1302;
// What encryption adds to the plaintext of a TLS 1.3 record: its type and an AEAD tag, 16 bytes in
// all suites but AES_128_CCM_8, which counts as 8 bytes shorter here and is none the worse for it.
constexpr std::uint32_t inner_type_and_tag = 1 + 16;

// The shortest messages with their handshake headers: EncryptedExtensions without an extension, a
// Certificate with one raw Ed25519 key (RFC 7250), a CertificateVerify by it.
constexpr std::uint32_t shortest_extensions = 4 + 2;
constexpr std::uint32_t shortest_certificate = 4 + 1 + 3 + 3 + 44 + 2;
constexpr std::uint32_t shortest_verify = 4 + 2 + 2 + 64;

std::uint32_t plaintext_of(std::uint32_t record) {
    return record > inner_type_and_tag ? record - inner_type_and_tag : 0;
}

// A warning other than close_notify, such as unrecognized_name, lets the flight follow.
bool ends_the_connection(const alert& seen) { return seen.level != 1 || seen.description == 0; }

} // namespace

void flight_reader::feed(bytes_view from_server) {
    size_ += from_server.size();
    while (const auto piece = walker_.next(from_server)) take(*piece);
}

flight flight_reader::state() const {
    if (size_ == 0) return flight::nothing;
    if (ended_ || not_tls()) return flight::whole;
    if (!between_records()) return flight::begun;
    return tls13_ ? judge_encrypted() : flight::begun;
}

// In TLS 1.3 a CCS means nothing.
void flight_reader::take(const piece& now) {
    const auto& header = now.header;
    if (header.is(content_type::application_data) || (change_cipher_spec_ && !tls13_)) {
        if (now.last) hide(header);
        return;
    }
    if (header.is(content_type::handshake)) read_handshake(now.body);
    if (header.is(content_type::alert)) read_alert(now.body);
    if (now.last && header.is(content_type::change_cipher_spec)) change_cipher_spec_ = true;
}

void flight_reader::hide(const record_header& header) {
    if (!tls13_) {
        // Up to TLS 1.2 it is Finished. Application data before any ServerHello is none of ours.
        ended_ = true;
        return;
    }
    last_hidden_ = plaintext_of(header.length);
    hidden_total_ += last_hidden_;
}

void flight_reader::read_handshake(bytes_view body) {
    while (const auto message = messages_.next(body)) {
        if (message->is(handshake_type::server_hello_done)) ended_ = true;
        if (message->is(handshake_type::server_hello) && !message->truncated)
            read_server_hello(message->body);
    }
}

void flight_reader::read_server_hello(bytes_view body) {
    constexpr std::size_t random_size = 32;
    reader in{body};
    auto version = in.u16("legacy_version");
    const auto random = in.take(random_size, "random");
    in.vector8("legacy_session_id");
    const auto suite = in.u16("cipher_suite");
    in.u8("legacy_compression_method");
    bool with_psk = false;
    auto extensions = in.at_end() ? reader(bytes_view()) : in.vector16("extensions");
    while (extensions.ok() && !extensions.at_end()) {
        const auto id = extensions.u16("extension_type");
        auto data = extensions.vector16("extension_data");
        if (id == extension_type::supported_versions && data.left() >= 2)
            version = data.u16("selected_version");
        with_psk |= id == extension_type::pre_shared_key;
    }
    in.absorb(extensions);
    if (!in.ok()) return;
    if (std::ranges::equal(random, hello_retry_request_random)) {
        ended_ = true;
    } else if (is_tls13(version)) {
        tls13_ = true;
        with_psk_ = with_psk;
        finished_size_ = 4 + (suite == tls_aes_256_gcm_sha384 ? 48 : 32);
    }
}

void flight_reader::read_alert(bytes_view body) {
    for (const auto byte : body) {
        if (!alert_level_) {
            alert_level_ = byte;
            continue;
        }
        const alert seen{*alert_level_, byte};
        alert_level_.reset();
        if (!ends_the_connection(seen)) continue;
        ended_ = true;
        complaint_ = seen;
    }
}

// Half a header that no record begins with is enough to tell.
bool flight_reader::not_tls() const {
    const auto half = walker_.partial_header();
    if (walker_.lost() || half.empty()) return walker_.lost().has_value();
    const auto header = parse_record_header(half);
    return !header && header.error().code != errc::need_more;
}

bool flight_reader::between_records() const {
    return !walker_.in_record() && walker_.partial_header().empty();
}

flight flight_reader::judge_encrypted() const {
    const auto chain = with_psk_ ? 0 : shortest_certificate + shortest_verify;
    if (hidden_total_ < shortest_extensions + chain + finished_size_) return flight::begun;
    return last_hidden_ == finished_size_ ? flight::whole : flight::possible;
}

flight flight_of(bytes_view from_server) {
    flight_reader reader;
    reader.feed(from_server);
    return reader.state();
}

} // namespace helloscope::wire::tls
