// The text of a shape: what is read is written in a form that reads the same.
#include "helloscope/shape/shape.hpp"

#include "helloscope/base/bytes.hpp"

#include <cstdlib>

using namespace helloscope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto how = shape::parse_shape(as_text({data, size}));
    if (!how) {
        if (how.error().message.empty()) std::abort();
        return 0;
    }
    const auto again = shape::parse_shape(to_string(*how));
    if (!again || *again != *how) std::abort();
    return 0;
}
