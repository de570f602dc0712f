// The few names of Asio that every file above the purity line uses, and the bridge from its
// addresses to ours.
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/base/result.hpp"

#include <boost/asio.hpp>

namespace helloscope::net {

namespace asio = boost::asio;
using boost::asio::awaitable;
using boost::system::error_code;
using tcp = boost::asio::ip::tcp;

// Errors come back as values: auto [error, n] = co_await op(…, as_result);
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

endpoint from_asio(const tcp::endpoint& endpoint);
tcp::endpoint to_asio(const endpoint& endpoint);

// "ECONNREFUSED"; the category's own word where there is no errno ("asio.misc:2").
std::string error_name(const error_code& error);

} // namespace helloscope::net
