#include "helloscope/relay/access.hpp"

#include <algorithm>

namespace helloscope::relay {

bool is_guarded(const listening& where, const access_options& access) {
    if (where.at.address.is_loopback() || !access.allow_from.empty()) return true;
    return asks_for_password(where.how) && access.logins.has_value();
}

bool asks_for_password(way_in how) { return how == way_in::proxy || how == way_in::tls_proxy; }

bool may_come(const ip_address& from, const access_options& access) {
    return access.allow_from.empty() || from.is_loopback() ||
           std::ranges::any_of(
               access.allow_from, [&](const network& one) { return one.contains(from); });
}

} // namespace helloscope::relay
