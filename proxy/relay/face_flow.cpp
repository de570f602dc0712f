#include "face_flow.hpp"

#include "helloscope/diagnose/report.hpp"
#include "helloscope/wire/tls/names.hpp"
#include "helloscope/wire/tls/record.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope {

namespace {

using wire::tls::content_type;
using wire::tls::record_header_size;

// An event that tells records, and when the first of them came.
struct told_records {
    timestamp first;
    const model::event* by;
};

std::vector<told_records> records_in(const std::vector<model::event>& events) {
    std::vector<told_records> out;
    for (const auto& one : events) {
        if (const auto* single = std::get_if<model::record>(&one.what))
            out.push_back({single->first, &one});
        else if (const auto* run = std::get_if<model::records>(&one.what))
            out.push_back({run->first, &one});
    }
    // A run is told when it is over; the other direction has gone on meanwhile.
    std::ranges::stable_sort(out, {}, &told_records::first);
    return out;
}

void append(std::vector<record>& out, const model::record& e) {
    out.push_back(
        {e.dir, e.content_type, e.version, e.length, e.offset, e.first, e.encrypted, e.cut_at});
}

// When the rest came is known where one read brought them all.
void append(std::vector<record>& out, const model::records& run, timestamp told) {
    record next{run.dir,     static_cast<std::uint8_t>(content_type::application_data),
                run.version, 0,
                run.offset,  run.first,
                true,        {}};
    for (const auto& [length, count] : run.lengths)
        for (std::uint32_t i = 0; i < count; ++i) {
            next.length = length;
            out.push_back(next);
            next.offset += record_header_size + length;
            if (told != run.first) next.time.reset();
        }
}

// The client's handshake records in the clear, until they hold the whole hello.
std::uint64_t hello_bytes(const flow& of) {
    std::uint64_t bytes = 0, held = 0;
    for (const auto& one : of.events) {
        const auto* data = std::get_if<model::records>(&one.what);
        if (data != nullptr && data->dir == direction::to_server) break;
        const auto* record = std::get_if<model::record>(&one.what);
        if (record == nullptr || record->dir != direction::to_server) continue;
        const bool over = of.client_hello && held >= of.client_hello->size;
        if (over || record->content_type != static_cast<std::uint8_t>(content_type::handshake))
            break;
        held += record->cut_at.value_or(record->length);
        bytes += record_header_size + record->cut_at.value_or(record->length);
    }
    return bytes;
}

std::string name_or_number(std::string_view name, std::uint16_t number) {
    return name.empty() ? fmt::format("0x{:04x}", number) : std::string(name);
}

} // namespace

std::vector<record> flow::records() const {
    std::vector<record> out;
    for (const auto& told : records_in(events)) {
        if (const auto* single = std::get_if<model::record>(&told.by->what))
            append(out, *single);
        else
            append(out, std::get<model::records>(told.by->what), told.by->time);
    }
    return out;
}

std::string to_string(const flow& told) {
    model::timeline story;
    for (const auto& event : told.events) model::apply(story, event);
    return diagnose::flow_text(story, {});
}

flow relay::make_flow(const model::timeline& story, std::vector<model::event> events) {
    flow out;
    out.number = story.flow;
    out.front = story.front;
    out.host = story.target.host;
    out.port = story.target.port;
    out.client_hello = story.client_hello;
    out.server_hello = story.server_hello;
    if (out.client_hello && out.client_hello->server_name)
        out.sni = out.client_hello->server_name->host;
    if (out.server_hello) {
        const auto& chosen = *out.server_hello;
        out.tls_version = name_or_number(wire::tls::version_name(chosen.version), chosen.version);
        out.cipher_suite = name_or_number(
            wire::tls::cipher_suite_name(chosen.cipher_suite), chosen.cipher_suite);
    }
    if (story.ended) {
        out.to_server = story.ended->to_server;
        out.to_client = story.ended->to_client;
    }
    if (story.route) {
        out.route = story.route->route;
        out.shape = story.route->shape;
    }
    for (const auto* one : model::told_beside<model::faulted>(story)) {
        const auto& words = one->name.empty() ? one->fault : one->name;
        if (std::ranges::find(out.faults, words) == out.faults.end()) out.faults.push_back(words);
    }
    if (story.concluded) out.verdict = *story.concluded;
    out.complete = !events.empty() && std::holds_alternative<model::flow_opened>(events[0].what);
    out.events = std::move(events);
    out.client_hello_bytes = hello_bytes(out);
    return out;
}

} // namespace helloscope
