#include "draft.hpp"

#include "helloscope/wire/tls/record.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::shape {

using anchor = position::anchor;

namespace {

// What positions are measured against.
struct ruler {
    const draft& of;
    measured how;

    std::size_t size() const {
        return how == measured::in_message ? of.what.message_size : of.content.size();
    }
    // Of a byte of the message; -1: it lies outside.
    std::int64_t at(std::int64_t message_offset) const {
        if (message_offset < 0 || message_offset >= of.what.message_size) return -1;
        if (how == measured::in_message) return message_offset;
        return static_cast<std::int64_t>(of.at(static_cast<std::size_t>(message_offset)));
    }
};

using places = std::vector<std::size_t>;
using outcome = result<void>; // the failure says why a position did not apply

std::unexpected<failure> because(std::string why) {
    return std::unexpected(failure{std::move(why)});
}

outcome add(places& to, const ruler& by, std::int64_t offset) {
    if (offset < 1 || offset >= static_cast<std::int64_t>(by.size()))
        return because(fmt::format("not inside the {} bytes", by.size()));
    to.push_back(static_cast<std::size_t>(offset));
    return {};
}

outcome add_repeated(places& to, const ruler& by, std::size_t distance) {
    if (distance >= by.size()) return because(fmt::format("not inside the {} bytes", by.size()));
    for (auto at = distance; at < by.size(); at += distance) to.push_back(at);
    return {};
}

outcome add_borders(places& to, const ruler& by) {
    const auto& records = by.of.what.records;
    if (records.empty()) return because(by.of.what.why);
    if (records.size() == 1) return because("there is one record");
    for (const auto& record : records)
        if (record.at > 0) to.push_back(record.at);
    return {};
}

outcome add_in_name(places& to, const ruler& by, const position& where) {
    const auto& what = by.of.what;
    if (!by.of.is_hello()) return because(what.why);
    if (!what.name) return because(what.unknown.empty() ? "the hello has no SNI" : what.unknown);
    const auto from = where.from == anchor::midsni ? what.name->size / 2 : 0;
    return add(to, by, by.at(std::int64_t{what.name->offset} + from + where.offset));
}

outcome add(places& to, const ruler& by, const position& where) {
    switch (where.from) {
    case anchor::start: return add(to, by, where.offset);
    case anchor::end: return add(to, by, static_cast<std::int64_t>(by.size()) + where.offset);
    case anchor::every: return add_repeated(to, by, static_cast<std::size_t>(where.offset));
    case anchor::records: return add_borders(to, by);
    case anchor::sni:
    case anchor::midsni: return add_in_name(to, by, where);
    }
    return {};
}

bool about_name(const position& where) {
    return where.from == anchor::sni || where.from == anchor::midsni;
}

} // namespace

std::size_t draft::at(std::size_t message_offset) const {
    for (const auto& record : what.records) {
        if (message_offset < record.length)
            return record.at + wire::tls::record_header_size + message_offset;
        message_offset -= record.length;
    }
    return content.size();
}

std::vector<std::size_t> places_of(
    const positions& at, measured how, draft& of, std::string_view word) {
    places found;
    const ruler by{of, how};
    for (const auto& where : at)
        if (const auto added = add(found, by, where); !added)
            of.notes.push_back(
                fmt::format("{}:{}: {}", word, to_string({where}), added.error().message));
    if (of.what.outer && of.what.name && std::ranges::any_of(at, about_name))
        of.notes.push_back(fmt::format("{}: the SNI is the outer one, of ECH or GREASE", word));
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
}

} // namespace helloscope::shape
