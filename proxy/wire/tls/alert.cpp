#include "helloscope/wire/tls/alert.hpp"

#include "helloscope/base/reader.hpp"

namespace helloscope::wire::tls {

parsed<alert> parse_alert(bytes_view input) {
    reader in{input};
    alert result;
    result.level = in.u8("level");
    result.description = in.u8("description");
    if (!in.ok()) return std::unexpected(in.error());
    return result;
}

} // namespace helloscope::wire::tls
