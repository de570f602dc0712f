// Any text as a netrc file: what is read is found, and an error names a line that exists.
#include "helloscope/policy/netrc.hpp"

#include "helloscope/base/bytes.hpp"

#include <algorithm>
#include <cstdlib>

using namespace helloscope;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_text({data, size});
    const auto entries = policy::parse_netrc(text, "f");
    if (!entries) {
        const auto line = std::strtol(entries.error().message.c_str() + 2, nullptr, 10);
        require(line >= 1 && line <= 1 + std::count(text.begin(), text.end(), '\n'));
        return 0;
    }
    for (const auto& entry : *entries) require(find_login(*entries, entry.machine) != nullptr);
    return 0;
}
