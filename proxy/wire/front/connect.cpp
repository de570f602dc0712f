#include "helloscope/wire/front/connect.hpp"

#include "authority.hpp"

namespace helloscope::wire::front {

parsed<host_port> connect_target(const request_head& head) {
    const auto fail = [&](std::size_t in_target, std::string_view field) {
        const auto offset = head.method.size() + 1 + in_target;
        return std::unexpected(parse_error{errc::malformed, offset, field});
    };
    if (head.method != "CONNECT")
        return std::unexpected(parse_error{errc::unsupported, 0, "method"});

    const auto target = head.target;
    if (const auto at = target.find('@'); at != target.npos) return fail(at, "userinfo");
    if (const auto at = target.find_first_of("/?#"); at != target.npos) return fail(at, "path");

    return parse_authority(target, head.method.size() + 1);
}

} // namespace helloscope::wire::front
