#include "helloscope/wire/tls/certificate.hpp"

namespace helloscope::wire::tls {

parsed<certificate> parse_certificate(bytes_view body) {
    reader in{body};
    certificate result;
    result.size = static_cast<std::uint32_t>(body.size()) + 4;
    auto list = in.vector24("certificate_list");
    while (list.ok() && !list.at_end()) {
        const auto size = list.u24("ASN.1Cert length");
        result.chain.push_back(list.take(size, "ASN.1Cert"));
    }
    in.absorb(list);
    in.expect_end("Certificate");
    if (in.ok()) return result;
    // The message is whole: what is missing will not come.
    return std::unexpected(parse_error{errc::malformed, in.error().offset, in.error().field});
}

} // namespace helloscope::wire::tls
