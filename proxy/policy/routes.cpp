#include "helloscope/policy/route.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::policy {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// `*` stands for any run of characters, `?` for one.
bool fits(std::string_view glob, std::string_view text) {
    std::size_t g = 0, t = 0;
    auto star = std::string_view::npos; // where to go on when what follows the last * does not fit
    std::size_t taken = 0;              // by that *
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = g++;
            taken = t;
        } else if (g < glob.size() && (glob[g] == '?' || lower(glob[g]) == lower(text[t]))) {
            ++g;
            ++t;
        } else if (star != std::string_view::npos) {
            g = star + 1;
            t = ++taken;
        } else {
            return false;
        }
    }
    while (g < glob.size() && glob[g] == '*') ++g;
    return g == glob.size();
}

std::string_view without_root(std::string_view host) { // "registry.test." is the same host
    return host.size() > 1 && host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
}

bool any_of(const network& wanted, std::span<const ip_address> addresses) {
    return std::ranges::any_of(addresses, [&](const auto& one) { return wanted.contains(one); });
}

std::string_view why_not(
    const destination& to, const host_port& target, std::span<const ip_address> addresses) {
    if (!to.host.empty() && !fits(to.host, without_root(target.host))) return "host";
    if (to.ports && (target.port < to.ports->first || target.port > to.ports->last)) return "port";
    if (!to.addresses) return "";
    const auto literal = parse_ip_address(target.host);
    const bool inside = literal ? to.addresses->contains(*literal)
                                : any_of(*to.addresses, addresses);
    return inside ? "" : "network";
}

// Whether every flow of `narrow` is one of `wide`, as far as their words tell.
bool claims_all(const destination& wide, const destination& narrow) {
    const bool literal = narrow.host.find_first_of("*?") == std::string::npos;
    const bool hosts = wide.host.empty() || wide.host == "*" ||
                       (!narrow.host.empty() &&
                        (wide.host == narrow.host || (literal && fits(wide.host, narrow.host))));
    const auto theirs = narrow.ports.value_or(port_range{});
    const bool ports = !wide.ports ||
                       (wide.ports->first <= theirs.first && theirs.last <= wide.ports->last);
    const bool networks = !wide.addresses ||
                          (narrow.addresses && wide.addresses->prefix <= narrow.addresses->prefix &&
                           wide.addresses->contains(narrow.addresses->address));
    return hosts && ports && networks;
}

std::string called(const route_entry& entry) {
    return entry.name.empty() ? to_string(entry) : entry.name;
}

result<void> check(const std::vector<route_entry>& entries) {
    for (std::size_t later = 1; later < entries.size(); ++later)
        for (std::size_t first = 0; first < later; ++first) {
            const auto& a = entries[first];
            const auto& b = entries[later];
            if (!a.name.empty() && a.name == b.name)
                return std::unexpected(failure{fmt::format(
                    "routes {} and {} have the same name, {}", first + 1, later + 1, a.name)});
            if (claims_all(a.to, b.to))
                return std::unexpected(failure{fmt::format(
                    "route {} ({}) never applies: route {} ({}) claims all its flows; put it "
                    "before that one",
                    later + 1, called(b), first + 1, called(a))});
        }
    return {};
}

std::shared_ptr<const route> completed(const route_entry& entry, const route& otherwise) {
    auto made = std::make_shared<route>();
    made->name = called(entry);
    made->to = entry.to;
    made->shaping = entry.shaping.value_or(otherwise.shaping);
    made->faults = entry.faults.value_or(otherwise.faults);
    made->via = entry.via ? entry.via : otherwise.via;
    if (made->via) made->via->source = "route " + made->name;
    made->heal = entry.heal.value_or(otherwise.heal);
    return made;
}

} // namespace

result<routes> routes::make(std::vector<route_entry> entries, route otherwise) {
    if (auto fine = check(entries); !fine) return std::unexpected(fine.error());
    routes made;
    for (const auto& entry : entries) made.routes_.push_back(completed(entry, otherwise));
    if (!otherwise.changes_nothing())
        made.otherwise_ = std::make_shared<const route>(std::move(otherwise));
    made.entries_ = std::move(entries);
    return made;
}

std::shared_ptr<const route> routes::match(
    const host_port& target, std::span<const ip_address> addresses) const {
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (why_not(entries_[i].to, target, addresses).empty()) return routes_[i];
    return otherwise_;
}

bool routes::wants_addresses(const host_port& target) const {
    if (parse_ip_address(target.host)) return false;
    for (const auto& entry : entries_) {
        const auto without = why_not(entry.to, target, {});
        if (without == "network") return true;
        if (without.empty()) return false;
    }
    return false;
}

std::vector<routes::answer> routes::explain(
    const host_port& target, std::span<const ip_address> addresses) const {
    std::vector<answer> told;
    for (const auto& entry : entries_) {
        told.push_back({&entry, why_not(entry.to, target, addresses)});
        if (told.back().why_not.empty()) break;
    }
    return told;
}

} // namespace helloscope::policy
