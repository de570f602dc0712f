#include "helloscope/net/kernel/segments.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

namespace helloscope::net {

error_code limit_segments(int socket, std::uint32_t mss) {
    const int most = static_cast<int>(mss);
    const int set = ::setsockopt(socket, IPPROTO_TCP, TCP_MAXSEG, &most, sizeof most);
    return set == 0 ? error_code() : error_code(errno, boost::system::system_category());
}

} // namespace helloscope::net
