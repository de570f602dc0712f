#include "helloscope/heal/first_flight.hpp"

namespace helloscope::heal {

using wire::tls::client_hello;
using wire::tls::content_type;

first_flight::state first_flight::feed(bytes_view from_client) {
    if (from_client.empty() || state_ == state::unrepeatable) return state_;
    if (state_ == state::whole || copy_.size() + from_client.size() > most) {
        state_ = state::unrepeatable; // the client went on
    } else {
        copy_.insert(copy_.end(), from_client.begin(), from_client.end());
        talk_.feed(direction::to_server, from_client, *this);
        state_ = judge();
    }
    if (state_ == state::unrepeatable) copy_ = {};
    return state_;
}

void first_flight::on_handshake(direction, wire::tls::handshake_message&& message) {
    const auto* hello = std::get_if<client_hello>(&message.content);
    if (hello == nullptr || message_size_ > 0 || hello->early_data)
        other_ = true;
    else
        message_size_ = hello->size;
}

first_flight::state first_flight::judge() const {
    const auto& walker = talk_.walker(direction::to_server);
    const auto half = walker.partial_header();
    if (walker.lost() || other_) return state::unrepeatable;
    if (!half.empty()) {
        const auto header = wire::tls::parse_record_header(half);
        if (!header && header.error().code != errc::need_more) return state::unrepeatable;
    }
    if (walker.started() && !walker.current().is(content_type::handshake))
        return state::unrepeatable;
    if (message_size_ == 0) return state::growing;
    // Behind the hello something more begins: no client of TLS does that without early data.
    if (talk_.partial(direction::to_server) || !half.empty()) return state::unrepeatable;
    return walker.in_record() ? state::growing : state::whole;
}

} // namespace helloscope::heal
