// The few words about a flow that tables, logs and reports share.
#pragma once

#include "helloscope/model/timeline.hpp"

namespace helloscope::diagnose {

// What was concluded when it happened; else what the rules say of it now.
std::shared_ptr<const model::verdict> verdict_of(const model::timeline& flow);

// "releases.bazel.build:443"; of many requests the first, unless the last one came to nothing; the
// client where it asked for nothing.
std::string target_of(const model::timeline& flow);

// How the client asked, where that is not CONNECT or seen from what follows: "socks5", "reverse".
std::string_view front_of(const model::timeline& flow);
// The real client, where the PROXY protocol named it.
endpoint client_of(const model::timeline& flow);

// "404", "no answer".
std::string status_of(const model::exchanged& exchange);

// Healing joined another attempt than the first: it went well in the end, and yet has a verdict.
bool was_healed(const model::timeline& flow);

// "server-silent (likely)", "healed: mtu-black-hole-to-server (confirmed)", "ok, TLS 1.3",
// "ok, plain HTTP", "plain HTTP, 404", "ok, no TLS", "answered 502",
// "closed without a request", "open: hello".
std::string outcome_of(const model::timeline& flow, const model::verdict* verdict);

duration lasted(const model::timeline& flow);

} // namespace helloscope::diagnose
