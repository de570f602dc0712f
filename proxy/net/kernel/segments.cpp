#include "helloscope/net/kernel/segments.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

namespace helloscope::net {

error_code limit_segments(int socket, std::uint32_t mss) {
    const int most = static_cast<int>(mss);
    const int set = ::setsockopt(socket, IPPROTO_TCP, TCP_MAXSEG, &most, sizeof most);
    return set == 0 ? error_code() : error_code(errno, boost::system::system_category());
}

std::optional<std::uint32_t> advertised_mss(const model::path_sample& sample) {
    constexpr std::uint32_t timestamp_option = 12; // bytes, with its padding
    if (!sample.advmss || !sample.timestamps) return std::nullopt;
    return *sample.advmss + (*sample.timestamps ? timestamp_option : 0);
}

} // namespace helloscope::net
