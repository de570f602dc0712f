#include "helloscope/heal/memory.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace helloscope::heal {

using std::chrono::seconds;

namespace {

constexpr std::string_view first_line = "# helloscope heal 1";

// ---- times, to the second, UTC

std::optional<int> number(std::string_view digits) {
    int value = 0;
    const auto end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || stop != end || digits.front() == '-') return std::nullopt;
    return value;
}

std::optional<timestamp> parse_time(std::string_view text) {
    namespace chrono = std::chrono;
    constexpr std::string_view form = "0000-00-00T00:00:00Z";
    if (text.size() != form.size()) return std::nullopt;
    for (std::size_t i = 0; i < form.size(); ++i)
        if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return std::nullopt;
    const auto part = [&](std::size_t at, std::size_t size) {
        return number(text.substr(at, size)).value_or(0);
    };
    const chrono::year_month_day day(
        chrono::year(part(0, 4)), chrono::month(static_cast<unsigned>(part(5, 2))),
        chrono::day(static_cast<unsigned>(part(8, 2))));
    // Nanoseconds since 1970 end in 2262.
    if (!day.ok() || part(0, 4) < 1970 || part(0, 4) > 2261) return std::nullopt;
    if (part(11, 2) > 23 || part(14, 2) > 59 || part(17, 2) > 59) return std::nullopt;
    return timestamp(
        chrono::sys_days(day) + chrono::hours(part(11, 2)) + chrono::minutes(part(14, 2)) +
        seconds(part(17, 2)));
}

timestamp to_the_second(timestamp when) { return std::chrono::floor<seconds>(when); }

// ---- lines

bool fits_in_a_line(std::string_view word) {
    return !word.empty() && std::ranges::all_of(word, [](char c) { return c > 0x20 && c < 0x7f; });
}

std::vector<std::string_view> fields_of(std::string_view line) {
    std::vector<std::string_view> fields;
    while (true) {
        const auto tab = line.find('\t');
        fields.push_back(line.substr(0, tab));
        if (tab == line.npos) return fields;
        line.remove_prefix(tab + 1);
    }
}

result<cure> parse_line(std::string_view line) {
    const auto no = [](std::string_view field, std::string_view text, std::string_view such_as) {
        return std::unexpected(
            failure{fmt::format("'{}' is no {} such as {}", text, field, such_as)});
    };
    const auto fields = fields_of(line);
    if (fields.size() != 7)
        return std::unexpected(
            failure{fmt::format("{} fields instead of 7, with tabs between", fields.size())});
    cure read;
    const auto from = parse_network(fields[0]);
    if (!from) return no("network", fields[0], "192.0.2.0/24");
    const auto to = parse_host_port(fields[1]);
    if (!to || !fits_in_a_line(fields[1])) return no("destination", fields[1], "registry.test:443");
    if (!fits_in_a_line(fields[2])) return no("parent", fields[2], "http://proxy.corp:3128, or -");
    read.where = {*from, *to, fields[2] == "-" ? "" : std::string(fields[2])};
    auto how = shape::parse_shape(fields[3]);
    if (!how) return std::unexpected(how.error());
    if (how->empty()) return no("shape", fields[3], "mtu:1400");
    read.how = std::move(*how);
    const auto learned = parse_time(fields[4]), worked = parse_time(fields[5]);
    if (!learned) return no("time", fields[4], "2026-11-21T03:28:49Z");
    if (!worked) return no("time", fields[5], "2026-11-21T03:28:49Z");
    read.learned = *learned;
    read.worked = *worked;
    const auto times = fields[6].empty() ? std::nullopt : number(fields[6]);
    if (!times || *times == 0) return no("count", fields[6], "1");
    read.times = static_cast<std::uint32_t>(*times);
    return read;
}

} // namespace

network network_of(const ip_address& local) {
    network around;
    around.address = unmapped(local);
    around.prefix = around.address.v6 ? 64 : 24;
    std::fill(
        around.address.octets.begin() + around.prefix / 8, around.address.octets.end(),
        std::uint8_t{0});
    return around;
}

result<memory> memory::parse(std::string_view text) {
    memory read;
    std::size_t number_of_line = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        ++number_of_line;
        const auto no = [&](std::string_view why) {
            return std::unexpected(failure{fmt::format("line {}: {}", number_of_line, why)});
        };
        if (number_of_line == 1 && line != first_line)
            return no(fmt::format("'{}' was expected", first_line));
        if (line.empty() || line.starts_with('#')) continue;
        auto one = parse_line(line);
        if (!one) return no(one.error().message);
        if (read.cures_.size() == most) return no(fmt::format("more than {} entries", most));
        read.forget(one->where); // said twice: the last one counts
        read.cures_.push_back(std::move(*one));
    }
    return read;
}

std::string memory::text() const {
    std::string lines(first_line);
    lines += '\n';
    for (const auto& one : cures_)
        lines += fmt::format(
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\n", to_string(one.where.from), to_string(one.where.to),
            one.where.parent.empty() ? "-" : one.where.parent, to_string(one.how),
            time_text(one.learned), time_text(one.worked), one.times);
    return lines;
}

const cure* memory::find(const place& where, timestamp now, duration keep) const {
    const auto found = std::ranges::find(cures_, where, &cure::where);
    return found == cures_.end() || now - found->worked >= keep ? nullptr : &*found;
}

bool memory::learn(const place& where, const shape::shape& how, timestamp now) {
    if (!fits_in_a_line(where.to.host) || how.empty()) return false;
    if (!where.parent.empty() && !fits_in_a_line(where.parent)) return false;
    cure one{where, how, to_the_second(now), to_the_second(now), 1};
    const auto known = std::ranges::find(cures_, where, &cure::where);
    if (known != cures_.end()) {
        if (known->how == how) {
            one.learned = known->learned;
            one.times = known->times + 1;
        }
        cures_.erase(known);
    }
    if (cures_.size() == most) cures_.erase(std::ranges::min_element(cures_, {}, &cure::worked));
    cures_.push_back(std::move(one));
    return true;
}

bool memory::forget(const place& where) {
    return std::erase_if(cures_, [&](const cure& one) { return one.where == where; }) > 0;
}

std::size_t memory::forget_host(std::string_view host) {
    return std::erase_if(cures_, [&](const cure& one) { return one.where.to.host == host; });
}

std::size_t memory::expire(timestamp now, duration keep) {
    return std::erase_if(cures_, [&](const cure& one) { return now - one.worked >= keep; });
}

std::string time_text(timestamp when) {
    namespace chrono = std::chrono;
    const auto day = chrono::floor<chrono::days>(when);
    const chrono::year_month_day date(day);
    const chrono::hh_mm_ss time(chrono::floor<seconds>(when - day));
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        time.hours().count(), time.minutes().count(), time.seconds().count());
}

} // namespace helloscope::heal
