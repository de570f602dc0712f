#include "helloscope/heal/first_flight.hpp"

#include "helloscope/base/reader.hpp"
#include "helloscope/wire/tls/extension.hpp"

namespace helloscope::heal {

using wire::tls::content_type;
using wire::tls::handshake_type;

namespace {

// A ClientHello that can be read, and offers no early data (RFC 8446 section 4.1.2). The observer
// has parsed it already: here nothing is kept.
bool may_be_repeated(bytes_view body) {
    constexpr std::size_t random = 32;
    reader in{body, 0};
    in.u16("legacy_version");
    in.take(random, "random");
    in.vector8("legacy_session_id");
    in.vector16("cipher_suites");
    in.vector8("legacy_compression_methods");
    if (in.ok() && in.at_end()) return true;
    auto list = in.vector16("extensions");
    while (list.ok() && !list.at_end()) {
        if (list.u16("extension_type") == wire::tls::extension_type::early_data) return false;
        list.vector16("extension_data");
    }
    in.absorb(list);
    return in.ok();
}

} // namespace

void first_flight::feed(bytes_view from_client) {
    if (state_ == state::unrepeatable) return;
    if (copy_.size() + from_client.size() > most)
        drop();
    else
        copy_.insert(copy_.end(), from_client.begin(), from_client.end());
}

first_flight::state first_flight::is() {
    if (read_ == copy_.size()) return state_;
    if (state_ == state::whole) return drop(); // the client went on
    auto unread = bytes_view(copy_).subspan(read_);
    while (const auto piece = walker_.next(unread))
        if (piece->header.is(content_type::handshake)) read(piece->body);
    read_ = copy_.size();
    state_ = judge();
    return state_ == state::unrepeatable ? drop() : state_;
}

first_flight::state first_flight::drop() {
    copy_ = {};
    read_ = 0;
    return state_ = state::unrepeatable;
}

void first_flight::read(bytes_view body) {
    while (const auto message = messages_.next(body)) {
        const bool hello = message->is(handshake_type::client_hello) && !message->truncated;
        if (!hello || message_size_ > 0 || !may_be_repeated(message->body))
            other_ = true;
        else
            message_size_ = message->length + wire::tls::handshake_header_size;
    }
}

first_flight::state first_flight::judge() const {
    const auto half = walker_.partial_header();
    if (walker_.lost() || other_) return state::unrepeatable;
    if (!half.empty()) {
        const auto header = wire::tls::parse_record_header(half);
        if (!header && header.error().code != errc::need_more) return state::unrepeatable;
    }
    if (walker_.started() && !walker_.current().is(content_type::handshake))
        return state::unrepeatable;
    if (message_size_ == 0) return state::growing;
    // Behind the hello something more begins: no client of TLS does that without early data.
    if (messages_.partial() || !half.empty()) return state::unrepeatable;
    return walker_.in_record() ? state::growing : state::whole;
}

} // namespace helloscope::heal
