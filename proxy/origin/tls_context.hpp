// tls_options as OpenSSL's context of a server.
#pragma once

#include "helloscope/origin/server.hpp"

#include <boost/asio/ssl/context.hpp>

namespace helloscope::origin {

// The failure names the option that OpenSSL refuses. `options` may be gone afterwards.
result<boost::asio::ssl::context> make_tls_context(const tls_options& options);

} // namespace helloscope::origin
