// What the chain that was fetched beside a flow says of the client's refusal.
#pragma once

#include "rule.hpp"

namespace helloscope::diagnose {

// "certificate-expired", "certificate-untrusted", "certificate-wrong-name"; empty when it verifies
// or nothing was fetched.
std::string_view id_of_chain(const facts& f);

// It was fetched, and verifies: the client must trust others than this machine does.
bool chain_verifies(const facts& f);

// "which is not for that name": why the client does not take the certificate, by the chain that was
// fetched; empty where that does not tell.
std::string rejected_because(const facts& f);

// What a parent shows is not what the server shows, and not trusted, where that is.
bool parent_changed_it(const facts& f);

// The client finished the handshake and left without asking for anything: as a check does, and a
// client that looks at the name only then.
bool left_without_asking(const facts& f);

// A product that inspects TLS, by what it writes into its certificates; empty when none is known.
std::string_view inspector_of(const model::chain_fetched& chain);

// What whoever runs the server can do about it.
void add_chain_remedies(finding& to, const facts& f);

// The chain's issuer, dates, names, sizes as evidence.
void says_chain(finding& to, const facts& f);

} // namespace helloscope::diagnose
