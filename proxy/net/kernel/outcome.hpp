// What a system call that moves bytes returned, as the streams say it.
#pragma once

#include "helloscope/net/streams/stream.hpp"

#include <cerrno>
#include <sys/types.h>

namespace helloscope::net {

inline moved outcome(ssize_t n) {
    if (n >= 0) return {static_cast<std::size_t>(n), {}};
    const error_code error(errno, boost::system::system_category());
    return {
        0, error == asio::error::try_again || error == asio::error::interrupted
               ? error_code(asio::error::would_block)
               : error};
}

} // namespace helloscope::net
