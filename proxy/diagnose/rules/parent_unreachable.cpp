#include "../parents.hpp"
#include "rules.hpp"

#include <algorithm>

namespace helloscope::diagnose::rules {
namespace {

using attempts = std::vector<const model::attempt*>;

bool is_timeout(std::string_view error) { return error == "timeout" || error == "ETIMEDOUT"; }

// And not of this process, which may have run out of sockets.
bool is_of_the_network(std::string_view error) {
    constexpr std::string_view known[] = {"ECONNREFUSED",  "EHOSTUNREACH", "ENETUNREACH",
                                          "EADDRNOTAVAIL", "EACCES",       "EPERM"};
    return is_timeout(error) || std::ranges::find(known, error) != std::end(known);
}

std::string what_happened(const attempts& alike) {
    const auto& error = alike.front()->error;
    const auto where = addresses_of(alike);
    if (error == "ECONNREFUSED") return where + " refused the connection";
    if (is_timeout(error))
        return fmt::format("{} did not answer within {}", where, text_of(alike.front()->took));
    return fmt::format("there is no way to {} ({})", where, error);
}

// "10.0.0.5:3128 refused the connection, there is no way to [2001:db8::5]:3128 (ENETUNREACH)".
std::string what_happened_to_each(const attempts& failed) {
    std::vector<attempts> groups;
    for (const auto* one : failed) {
        const auto alike = std::ranges::find_if(
            groups, [&](const attempts& group) { return group.front()->error == one->error; });
        alike == groups.end() ? groups.push_back({one}) : alike->push_back(one);
    }
    std::string out;
    for (const auto& group : groups) out += (out.empty() ? "" : ", ") + what_happened(group);
    return out;
}

} // namespace

// Of the nearest parent: one behind it is for the nearest to reach, and to speak of.
std::optional<finding> parent_unreachable(const facts& f) {
    if (f.parents.empty() || f.connected()) return std::nullopt;
    const bool nameless = parent_has_no_address(f);
    attempts failed;
    for (const auto& tried : f.attempts)
        if (is_of_the_network(tried.error)) failed.push_back(&tried);
    const bool all_failed = !failed.empty() && failed.size() == f.attempts.size();
    if (!nameless && !all_failed && !parent_said(f, {"unreachable"})) return std::nullopt;

    const auto parent = address_of(f.parents.front());
    const bool unsure = nameless ? !name_is_unknown(f)
                                 : !all_failed || std::ranges::any_of(failed, [](const auto* one) {
                                       return is_timeout(one->error);
                                   });
    auto out = found_at_parent(
        f, "parent-unreachable", unsure ? certainty::likely : certainty::confirmed,
        fmt::format(
            "The parent proxy {} cannot be reached: {}.", f.parents.front(),
            nameless     ? fmt::format("its name cannot be resolved ({})", f.resolve_error)
            : all_failed ? what_happened_to_each(failed)
                         : f.parent_answer->reason));
    says_failed(out, failed);
    if (nameless) {
        says(out, "resolver", f.resolve_error);
        out.remedies.push_back(
            {"host", "Ask the resolver of this machine", "getent ahosts " + word(parent.host)});
    } else {
        add_curl(
            out, f, "Is the address right, and is the proxy running? Ask it without helloscope");
    }
    add_ways_around(out, f);
    return out;
}

} // namespace helloscope::diagnose::rules
