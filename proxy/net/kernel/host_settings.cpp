#include "helloscope/net/kernel/host_settings.hpp"

#include <fstream>

namespace helloscope::net {
namespace {

std::optional<std::uint32_t> setting(const std::string& name) {
    std::ifstream file("/proc/sys/net/ipv4/" + name); // TCP's hold for IPv6, too
    std::uint32_t value = 0;
    if (!(file >> value)) return std::nullopt;
    return value;
}

} // namespace

model::host_settings read_host_settings() {
    return {
        setting("tcp_mtu_probing"), setting("tcp_base_mss"), setting("tcp_sack"),
        setting("tcp_retries2")};
}

} // namespace helloscope::net
