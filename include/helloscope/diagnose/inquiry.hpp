// What to ask the server of a flow that failed, so that what its facts only suggest is settled:
// pure decisions, made anew whenever more is known. Whoever asks (probe) tells the outcomes as
// `investigated` and `chain_fetched`, and the rules read them.
//
// The tests, by name, each a ClientHello made by us to the same address and for the same name:
//
//   whole                            as large as the client's, with its offer, in one write
//   mss:536, mtu:1400, mtu:1280      the same, on a connection with that limit
//   split:midsni, split:N            the same in two segments
//   records:every:N|split:records    the same in TLS records that fit a segment each
//   padded                           as large, but without a post-quantum share
//   without-post-quantum             a small one
//   without-post-quantum|split:100   the small one in two segments
//   tls1.2                           one up to TLS 1.2
#pragma once

#include "helloscope/model/facts.hpp"

#include <span>

namespace helloscope::diagnose {

inline constexpr std::size_t most_tests = 5; // of a flow

// The next one that can tell more, while those in `begun` are made or over; nothing when none can,
// or not before another one has ended.
std::optional<std::string> next_test(const model::facts& f, std::span<const std::string> begun);

// Whether the server's certificates are the question. Only at the end of a flow.
bool wants_chain(const model::facts& f);

} // namespace helloscope::diagnose
