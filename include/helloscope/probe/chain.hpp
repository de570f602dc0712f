// A server's certificates, fetched by a handshake of ours, as the event that tells them.
#pragma once

#include "helloscope/model/event.hpp"
#include "helloscope/net/streams/tls_stream.hpp"
#include "helloscope/net/x509/verify.hpp"

namespace helloscope::probe {

// `name` is whom they must be for, `by` the way: "direct" or "parent". Where none came the error
// says why, and nothing else is known.
model::chain_fetched describe_chain(
    const net::tls_chain& fetched, const net::x509::roots& trusted, std::string_view name,
    std::string by, timestamp now);

} // namespace helloscope::probe
