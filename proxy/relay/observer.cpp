#include "observer.hpp"

#include "helloscope/wire/front/sniff.hpp"
#include "helloscope/wire/tls/fingerprint.hpp"
#include <utility>

namespace helloscope::relay {

using wire::tls::content_type;
using wire::tls::record_header_size;

namespace {

std::array<std::uint8_t, record_header_size> bytes_of(const wire::tls::record_header& header) {
    return {
        header.type, static_cast<std::uint8_t>(header.version >> 8),
        static_cast<std::uint8_t>(header.version & 0xff),
        static_cast<std::uint8_t>(header.length >> 8),
        static_cast<std::uint8_t>(header.length & 0xff)};
}

// What the bytes are that came where a TLS record should be.
std::string looks_like(bytes_view first) {
    const auto text = as_text(first);
    if (text.starts_with("HTTP")) return "http";
    if (text.starts_with("SSH-")) return "ssh";
    if (text.starts_with("220") || text.starts_with("* OK") || text.starts_with("+OK"))
        return "mail";
    if (text.starts_with("<")) return "html";
    switch (wire::front::sniff(first)) {
    case wire::front::first_bytes::http: return "http-request";
    case wire::front::first_bytes::sslv2_hello: return "sslv2-hello";
    case wire::front::first_bytes::socks5: return "socks5";
    default: return "unknown";
    }
}

} // namespace

observer::observer(observer_sink& sink, observer_detail detail) : sink_(sink), detail_(detail) {
    expect_tls();
}

void observer::expect_tls() {
    conversation_ = {};
    for (auto& one : sides_) {
        one = side_state();
        if (!detail_.detail_all) continue;
        model::run_limits all;
        all.single = ~0ULL;
        one.runs = model::record_runs(all);
    }
}

void observer::saw(direction way, bytes_view read, timestamp now) {
    if (detail_.pieces && detail_.payload_all) {
        now_ = now;
        auto whole = new_piece(way);
        whole.body.assign(read.begin(), read.end());
        whole.length = read.size();
        sink_.kept(std::move(whole));
    }
    begin_read(way, now);
    saw_part(way, read);
    end_read(way);
}

void observer::begin_read(direction way, timestamp now) {
    now_ = now;
    read_from_ = side(way).total;
}

void observer::saw_part(direction way, bytes_view part) {
    auto& here = side(way);
    here.total += part.size();
    if (here.lost) return;
    const bool in_record = conversation_.walker(way).in_record();
    conversation_.feed(way, part, *this);
    // Its first body byte may pass unseen.
    if (!in_record && conversation_.walker(way).in_record()) here.record_began = now_;
}

void observer::unseen_part(direction way, std::uint64_t size) {
    auto& here = side(way);
    here.total += size;
    if (!here.lost) conversation_.skip(way, size, *this);
}

void observer::end_read(direction way) {
    keep_clear();
    tell_gathered();
    const auto& here = side(way);
    if (here.lost) saw_opaque(way, here.total - read_from_);
}

void observer::expect_plain() {
    for (auto& one : sides_) {
        one.lost = true;
        one.opaque.offset = one.accounted = one.total;
    }
}

void observer::ended(direction way, timestamp now) {
    auto& here = side(way);
    if (std::exchange(here.ended, true)) return;
    now_ = now;
    if (!here.lost) tell_unfinished(way);
    tell_opaque(way);
    if (auto run = here.runs.take()) tell(std::move(*run));
    if (here.omitted > 0) keep(new_piece(way)); // nothing more, but what went by before it
}

// What of a record came before the stream ended inside it.
void observer::tell_unfinished(direction way) {
    auto& here = side(way);
    const auto& walker = conversation_.walker(way);
    if (!walker.in_record()) {
        const auto came = walker.partial_header().size();
        if (came == 0) return;
        here.opaque.offset = here.total - came;
        saw_opaque(way, came);
        return;
    }
    const auto& header = walker.current();
    const auto came = header.length - walker.remaining();
    model::record cut;
    cut.dir = way;
    cut.content_type = header.type;
    cut.version = header.version;
    cut.length = header.length;
    cut.offset = here.total - came - record_header_size;
    cut.first = here.record_began;
    cut.encrypted = conversation_.encrypted(way);
    cut.cut_at = came;
    add(cut);
    if (here.accounted + here.omitted < here.total) keep_header(way, header, came);
}

void observer::tick(timestamp now) {
    for (const auto way : {direction::to_server, direction::to_client}) {
        now_ = now;
        if (auto run = side(way).runs.take_old(now)) tell(std::move(*run));
        if (now - side(way).opaque_last >= std::chrono::seconds(1)) tell_opaque(way);
    }
}

bool observer::handshake_over() const {
    const auto& up = side(direction::to_server);
    const auto& down = side(direction::to_client);
    if (up.lost || down.lost) return true;
    // Both have sent more than what ends a handshake (TLS 1.3 Finished, TLS 1.2 Finished).
    if (up.encrypted_records >= 2 && down.encrypted_records >= 1) return true;
    // A server that speaks first: no flight of a handshake has so many records.
    constexpr std::uint32_t more_than_a_flight = 64;
    return up.encrypted_records >= 1 && down.encrypted_records >= more_than_a_flight;
}

void observer::on_piece(direction way, const wire::tls::piece& piece, bool clear) {
    if (piece.first) side(way).record_began = now_;
    if (!clear || !detail_.pieces || detail_.payload_all) return;
    if (clear_.length == 0) clear_ = new_piece(way);
    clear_.body.reserve(clear_.body.size() + record_header_size + piece.body.size());
    if (piece.first) {
        const auto header = bytes_of(piece.header);
        clear_.body.insert(clear_.body.end(), header.begin(), header.end());
    }
    clear_.body.insert(clear_.body.end(), piece.body.begin(), piece.body.end());
    clear_.length = clear_.body.size();
}

void observer::on_record(
    direction way, const wire::tls::record_header& header, std::uint64_t offset, bool clear) {
    auto& here = side(way);
    if (!clear) ++here.encrypted_records;
    model::record record;
    record.dir = way;
    record.content_type = header.type;
    record.version = header.version;
    record.length = header.length;
    record.offset = offset;
    record.first = here.record_began;
    record.encrypted = !clear;
    const bool single = add(record);
    if (clear || detail_.payload_all || !detail_.pieces) return;
    keep_clear();
    if (single) {
        keep_header(way, header, header.length);
    } else {
        here.omitted += record_header_size + header.length;
    }
}

// Whether it is in no run of bulk, and has a packet of its own.
bool observer::add(const model::record& one) {
    auto told = side(one.dir).runs.add(one, now_);
    if (told.run) tell(std::move(*told.run));
    if (!told.single) return false;
    const bool data = one.content_type == static_cast<std::uint8_t>(content_type::application_data);
    const bool of_this_read = one.offset >= read_from_ && !one.cut_at;
    if (data && of_this_read && !detail_.detail_all)
        gather(one);
    else
        tell(one);
    return true;
}

void observer::gather(const model::record& one) {
    if (gathered_ && gathered_->version != one.version) tell_gathered();
    if (!gathered_) {
        gathered_ = one;
        return;
    }
    if (gathered_run_.count == 0) {
        gathered_run_.lengths.reserve(4); // a flight of TLS 1.3 that is written message by message
        model::append(gathered_run_, *gathered_);
    }
    model::append(gathered_run_, one);
}

void observer::tell_gathered() {
    if (!gathered_) return;
    if (gathered_run_.count == 0)
        sink_.happened(*gathered_, now_);
    else
        sink_.happened(std::exchange(gathered_run_, {}), now_);
    gathered_.reset();
}

void observer::tell(model::happening what) {
    tell_gathered(); // which came before it
    sink_.happened(std::move(what), now_);
}

void observer::on_handshake(direction way, wire::tls::handshake_message&& message) {
    model::handshake event;
    event.dir = way;
    event.type = message.raw.type;
    event.length = message.raw.length;
    event.offset = message.raw.offset;
    if (auto* hello = std::get_if<wire::tls::client_hello>(&message.content)) {
        thread_local wire::tls::fingerprint_memory known; // of the clients of this thread's flows
        const auto& prints = known.of(*hello);
        event.ja3 = prints.ja3;
        event.ja4 = prints.ja4;
        event.client_hello = std::make_shared<const wire::tls::client_hello>(std::move(*hello));
    } else if (auto* answer = std::get_if<wire::tls::server_hello>(&message.content)) {
        event.server_hello = std::make_shared<const wire::tls::server_hello>(std::move(*answer));
    } else if (const auto* chain = std::get_if<wire::tls::certificate>(&message.content)) {
        for (const auto& one : chain->chain)
            event.certificate_sizes.push_back(static_cast<std::uint32_t>(one.size()));
    } else if (const auto* error = std::get_if<parse_error>(&message.content)) {
        event.error = to_string(*error);
    }
    tell(std::move(event));
}

void observer::on_alert(direction way, wire::tls::alert alert) {
    tell(model::alert{way, alert.level, alert.description});
}

void observer::on_lost(direction way, const wire::tls::lost_at& at) {
    auto& here = side(way);
    here.lost = true;
    keep_clear();
    if (auto run = here.runs.take()) tell(std::move(*run));
    model::not_tls event{way, at.offset, looks_like(at.bytes)};
    tell(std::move(event));
    here.opaque.offset = at.offset;
    here.accounted = read_from_ = at.offset;
}

// Reads of no TLS are told one by one at first, then by the second.
void observer::saw_opaque(direction way, std::uint64_t length) {
    auto& here = side(way);
    if (here.opaque.length == 0) {
        here.opaque.dir = way;
        here.opaque.reads = 0;
    }
    here.opaque.length += length;
    ++here.opaque.reads;
    const bool in_bulk = here.opaque_told >= 100 &&
                         now_ - here.opaque_last < std::chrono::seconds(1);
    if (in_bulk) {
        if (!detail_.payload_all) here.omitted += length; // else it was kept whole
        return;
    }
    keep_opaque(way, length);
    tell_opaque(way);
}

void observer::tell_opaque(direction way) {
    auto& here = side(way);
    here.opaque_last = now_;
    if (here.opaque.length == 0) return;
    const auto next = here.opaque.offset + here.opaque.length;
    tell(here.opaque);
    ++here.opaque_told;
    here.opaque = {};
    here.opaque.offset = next;
}

void observer::keep_header(
    direction way, const wire::tls::record_header& header, std::uint64_t body) {
    if (!detail_.pieces || detail_.payload_all) return;
    auto cut = new_piece(way);
    cut.header = bytes_of(header);
    cut.header_size = record_header_size;
    cut.length = record_header_size + body;
    keep(std::move(cut));
}

void observer::keep_opaque(direction way, std::uint64_t length) {
    if (!detail_.pieces || detail_.payload_all || length == 0) return;
    auto unseen = new_piece(way);
    unseen.length = length;
    keep(std::move(unseen));
}

void observer::keep_clear() {
    if (clear_.length == 0) return;
    keep(std::move(clear_));
    clear_ = {};
}

trace::piece observer::new_piece(direction way) {
    trace::piece made;
    made.dir = way;
    made.time = now_;
    return made;
}

void observer::keep(trace::piece bytes) {
    auto& here = side(bytes.dir);
    bytes.omitted = std::exchange(here.omitted, 0);
    here.accounted += bytes.omitted + bytes.length;
    sink_.kept(std::move(bytes));
}

} // namespace helloscope::relay
