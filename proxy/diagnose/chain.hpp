// What the chain that was fetched beside a flow says of the client's refusal.
#pragma once

#include "rule.hpp"

namespace helloscope::diagnose {

// "certificate-expired", "certificate-untrusted", "certificate-wrong-name"; empty when it verifies
// or nothing was fetched.
std::string_view id_of_chain(const facts& f);

// A product that inspects TLS, by what it writes into its certificates; empty when none is known.
std::string_view inspector_of(const model::chain_fetched& chain);

// The chain's issuer, dates, names, sizes as evidence.
void says_chain(finding& to, const facts& f);

} // namespace helloscope::diagnose
