#include "helloscope/wire/tls/flight.hpp"

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
    talk_.feed(direction::to_client, from_server, *this);
}

flight flight_reader::state() const {
    if (size_ == 0) return flight::nothing;
    if (ended_ || not_tls()) return flight::whole;
    if (!between_records()) return flight::begun;
    return tls13_ ? judge_encrypted() : flight::begun;
}

void flight_reader::on_record(direction, const record_header& header, std::uint64_t, bool clear) {
    if (clear) return;
    if (!tls13_) {
        // Up to TLS 1.2 it is Finished. Application data before any ServerHello is none of ours.
        ended_ = true;
        return;
    }
    if (header.is(content_type::alert)) ended_ = true; // no alert of TLS 1.3, but one all the same
    last_hidden_ = plaintext_of(header.length);
    hidden_total_ += last_hidden_;
}

void flight_reader::on_handshake(direction, handshake_message&& message) {
    if (message.raw.is(handshake_type::server_hello_done)) ended_ = true;
    const auto* hello = std::get_if<server_hello>(&message.content);
    if (hello == nullptr) return;
    if (hello->hello_retry_request) ended_ = true;
    if (!is_tls13(hello->version) || hello->hello_retry_request) return;
    tls13_ = true;
    with_psk_ = hello->selected_psk.has_value();
    finished_size_ = 4 + (hello->cipher_suite == tls_aes_256_gcm_sha384 ? 48 : 32);
}

void flight_reader::on_alert(direction, alert seen) {
    if (!ends_the_connection(seen)) return;
    ended_ = true;
    complaint_ = seen;
}

// Half a header that no record begins with is enough to tell.
bool flight_reader::not_tls() const {
    const auto& walker = talk_.walker(direction::to_client);
    const auto half = walker.partial_header();
    if (walker.lost() || half.empty()) return walker.lost().has_value();
    const auto header = parse_record_header(half);
    return !header && header.error().code != errc::need_more;
}

bool flight_reader::between_records() const {
    const auto& walker = talk_.walker(direction::to_client);
    return !walker.in_record() && walker.partial_header().empty();
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
