// Any bytes of a server: the answer is the same whole and byte by byte, what is whole stays whole,
// and nothing is so only without bytes.
#include "helloscope/wire/tls/flight.hpp"

#include <cstdlib>

using namespace helloscope;
using namespace helloscope::wire::tls;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    flight_reader reader;
    bool ended = false;
    for (std::size_t i = 0; i < size; ++i) {
        reader.feed({data + i, 1});
        require(reader.state() != flight::nothing);
        if (reader.complaint()) {
            require(reader.state() == flight::whole);
            ended = true;
        }
        require(!ended || reader.state() == flight::whole);
    }
    require(reader.state() == flight_of({data, size}));
    return 0;
}
