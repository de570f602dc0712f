// Nobody opens a proxy to everybody by accident: the rule for every listener, however it was made.
#pragma once

#include "helloscope/relay/options.hpp"

namespace helloscope::relay {

// Whether somebody is kept out: it is on loopback, or the options say who may come or ask for a
// password, if this way in can ask for one.
bool is_guarded(const listening& where, const access_options& access);

// This way in can ask for a password.
bool asks_for_password(way_in how);

// Who may use a listener that is not on loopback.
bool may_come(const ip_address& from, const access_options& access);

} // namespace helloscope::relay
