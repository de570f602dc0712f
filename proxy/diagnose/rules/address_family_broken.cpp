#include "rules.hpp"

#include <algorithm>

namespace helloscope::diagnose::rules {
namespace {

bool is_of_the_path(const model::attempt& tried) {
    constexpr std::string_view errors[] = {
        "timeout", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"};
    return std::ranges::find(errors, tried.error) != std::end(errors);
}

} // namespace

// One family fails at every address while the other connects, and the time this took is why the
// client left; or there is no other, and no route for this one.
std::optional<finding> address_family_broken(const facts& f) {
    constexpr duration long_time = std::chrono::seconds(1);
    if (!f.parents.empty() || f.established || f.attempts.empty()) return std::nullopt;
    for (const bool v6 : {true, false}) {
        const auto in_family = [&](const model::attempt& a) { return a.address.address.v6 == v6; };
        const auto tried = std::ranges::count_if(f.attempts, in_family);
        const auto failed = std::ranges::count_if(
            f.attempts, [&](const auto& a) { return in_family(a) && is_of_the_path(a); });
        const bool other_stands = f.server && f.server->address.v6 != v6;
        const bool cost = f.client_left() && f.connect_took.value_or(duration{}) >= long_time &&
                          2 * *f.connect_took >= f.lasted;
        if (tried == 0 || failed < tried || !other_stands || !cost) continue;
        auto out = found(
            "address-family-broken", certainty::likely,
            fmt::format(
                "{} works for {} and {} does not: {} went by before the connection stood.",
                v6 ? "IPv4" : "IPv6", host_of(f), v6 ? "IPv6" : "IPv4", text_of(*f.connect_took)));
        for (const auto& one : f.attempts)
            says(
                out, to_string(one.address),
                one.stands ? "connected"
                           : fmt::format("{} after {}", one.error, text_of(one.took)));
        out.remedies.push_back(
            {"host", "Look at the route",
             fmt::format(
                 "ip {} route get {}", v6 ? "-6" : "-4",
                 to_string(f.attempts.front().address.address))});
        out.remedies.push_back(
            {"network", fmt::format("Repair {}, or do not announce it", v6 ? "IPv6" : "IPv4"), ""});
        return out;
    }
    return std::nullopt;
}

} // namespace helloscope::diagnose::rules
