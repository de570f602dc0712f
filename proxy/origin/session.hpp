// One connection of the test server: the TLS handshake, then request after request.
#pragma once

#include "helloscope/net/asio.hpp"
#include "helloscope/origin/server.hpp"

#include <atomic>
#include <boost/asio/ssl/context.hpp>

namespace helloscope::origin {

// What the connections of a server share. They run on its one thread; the counters are read by
// others.
struct shared {
    shared(origin::options wanted, boost::asio::ssl::context context)
        : options(std::move(wanted)), tls(std::move(context)) {}

    void log(const std::string& line) const {
        if (options.log) options.log(line);
    }

    origin::options options;
    boost::asio::ssl::context tls;
    std::size_t open = 0;
    std::atomic<std::uint64_t> connections = 0;
    std::atomic<std::uint64_t> handshakes = 0;
    std::atomic<std::uint64_t> handshake_failures = 0;
    std::atomic<std::uint64_t> requests = 0;
};

// Returns when the connection is over, whatever the client did. `shared` outlives it.
net::awaitable<void> serve_connection(net::tcp::socket socket, shared& shared);

} // namespace helloscope::origin
