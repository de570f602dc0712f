// The body of a ClientHello, and all that is told about it.
#include "helloscope/wire/tls/client_hello.hpp"
#include "helloscope/wire/tls/fingerprint.hpp"

#include <cstdlib>

using namespace helloscope;
using namespace helloscope::wire::tls;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto hello = parse_client_hello({data, size});
    if (!hello) {
        require(hello.error().code == errc::malformed && hello.error().offset <= size);
        return 0;
    }
    require(hello->size == size + 4);
    for (const auto& extension : hello->extensions)
        require(extension.offset + extension.size <= hello->size);
    if (const auto& name = hello->server_name) {
        require(name->offset + name->size <= hello->size && name->host.size() == name->size);
        require(as_text({data + name->offset - 4, name->size}) == name->host);
    }
    require(ja3(*hello).size() == 32 && ja4(*hello).size() == 36);
    return 0;
}
