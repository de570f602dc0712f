#include "../steps.hpp"

#include "helloscope/base/writer.hpp"
#include "helloscope/wire/tls/record.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::shape {

namespace tls = wire::tls;

namespace {

// Whatever stood in the hello's records, without their headers.
bytes bodies_of(const draft& of) {
    bytes out;
    for (const auto& record : of.what.records) {
        const auto body =
            bytes_view(of.content).subspan(record.at + tls::record_header_size, record.length);
        out.insert(out.end(), body.begin(), body.end());
    }
    return out;
}

// RFC 8446 section 5.1: no fragment of a handshake message is empty, or longer than 2^14.
void remake(draft& to, const std::vector<std::size_t>& borders) {
    const auto bodies = bodies_of(to);
    writer out;
    to.what.records.clear();
    const auto add = [&](bytes_view body) {
        const auto length = static_cast<std::uint16_t>(body.size());
        to.what.records.push_back({out.view().size(), length});
        const auto type = static_cast<std::uint8_t>(tls::content_type::handshake);
        tls::write_record_header(out, {type, to.what.version, length});
        out.raw(body);
    };
    auto ends = borders;
    ends.push_back(bodies.size());
    std::size_t from = 0;
    for (const auto end : ends)
        while (from < end) {
            const auto size = std::min<std::size_t>(end - from, tls::max_plaintext_length);
            add(bytes_view(bodies).subspan(from, size));
            from += size;
        }
    to.content = out.take();
    to.what.size = to.content.size();
    to.new_records = true;
}

} // namespace

result<step> read_records(std::string_view argument) {
    auto at = parse_positions(argument);
    if (!at) return std::unexpected(std::move(at.error()));
    if (std::ranges::count(*at, position::anchor::records, &position::from) > 0)
        return std::unexpected(failure{"\"records\" is a position of split: only"});
    return records{std::move(*at)};
}

std::string text_of(const records& one) { return "records:" + to_string(one.at); }

void apply(const records& one, draft& to) {
    if (!to.is_hello()) {
        to.notes.push_back(fmt::format("{}: {}", text_of(one), to.what.why));
        return;
    }
    const auto borders = places_of(one.at, measured::in_message, to, "records");
    if (!borders.empty()) remake(to, borders);
}

} // namespace helloscope::shape
