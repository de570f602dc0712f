#include "scanner.hpp"

namespace helloscope::fault {

using wire::tls::content_type;
using wire::tls::handshake_type;

namespace {

bool is_client_hello(std::uint8_t type) {
    return type == static_cast<std::uint8_t>(handshake_type::client_hello);
}

} // namespace

void scanner::feed(bytes_view read, const found& tell) {
    fed_ += read.size();
    while (const auto part = walker_.next(read)) {
        if (part->first) {
            ++records_;
            record_at_ = part->offset;
            tell({landmark::what::record, part->offset, part->header.type});
        }
        if (part->header.is(content_type::change_cipher_spec)) sealed_ = true;
        if (part->header.is(content_type::handshake)) read_handshake(*part, tell);
    }
}

std::uint64_t scanner::decided(bool names) const {
    if (walker_.lost()) return fed_;
    if (names && !between_ && is_client_hello(message_type_)) return message_at_;
    if (walker_.in_record() && walker_.remaining() == walker_.current().length)
        return fed_ - wire::tls::record_header_size;
    return fed_ - walker_.partial_header().size();
}

std::uint64_t scanner::next_border() const {
    if (walker_.lost()) return fed_;
    return fed_ + walker_.remaining() - walker_.partial_header().size();
}

std::uint64_t scanner::place_of(const trigger& in_name) const {
    if (!name_) return fed_;
    const std::int64_t from_start = in_name.what == trigger::at::midsni ? name_->size / 2
                                                                        : in_name.number;
    return in_stream(name_->offset + from_start);
}

void scanner::read_handshake(const wire::tls::piece& record, const found& tell) {
    if (sealed_) { // up to TLS 1.2 the one message that comes then
        if (record.first)
            tell(
                {landmark::what::message, record.offset,
                 static_cast<std::uint8_t>(handshake_type::finished)});
        return;
    }
    auto body = record.body;
    bool first = record.first;
    while (!body.empty()) {
        const auto at = walker_.offset() - body.size();
        if (between_) {
            message_type_ = body.front();
            message_at_ = first ? record.offset : at;
            message_size_ = 0;
            hello_.clear();
            tell({landmark::what::message, message_at_, message_type_});
        }
        first = false;
        if (is_client_hello(message_type_)) hello_.push_back({message_size_, at});
        const auto before = body.size();
        const auto whole = assembler_.next(body);
        message_size_ += before - body.size();
        between_ = whole.has_value();
        if (whole && is_client_hello(whole->type)) read_hello(*whole, tell);
    }
}

void scanner::read_hello(const wire::tls::assembled_message& message, const found& tell) {
    const auto hello = wire::tls::parse_client_hello(message.body);
    if (!hello || !hello->server_name) return;
    name_ = hello->server_name;
    tell({landmark::what::name, in_stream(name_->offset), 0});
}

// What lies before the message is at its beginning, what lies behind it follows its last byte.
std::uint64_t scanner::in_stream(std::int64_t in_message) const {
    if (in_message < 0 || hello_.empty()) return message_at_;
    const auto wanted = static_cast<std::uint64_t>(in_message);
    auto place = hello_.front();
    for (const auto& one : hello_)
        if (one.in_message <= wanted) place = one;
    return place.in_stream + (wanted - place.in_message);
}

} // namespace helloscope::fault
