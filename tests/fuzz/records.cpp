// Any bytes as a stream of records: the walk is the same whole and byte by byte.
#include "helloscope/wire/tls/record_walker.hpp"

#include <cstdlib>
#include <vector>

using namespace helloscope;
using namespace helloscope::wire::tls;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct walk {
    record_walker walker;
    std::vector<std::pair<std::uint64_t, record_header>> complete;
    std::uint64_t body_bytes = 0;

    void feed(bytes_view input) {
        while (const auto piece = walker.next(input)) {
            body_bytes += piece->body.size();
            if (piece->last) complete.emplace_back(piece->offset, piece->header);
        }
        require(input.empty() || walker.lost());
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    walk whole, bytewise;
    whole.feed({data, size});
    for (std::size_t i = 0; i < size; ++i) bytewise.feed({data + i, 1});
    require(whole.complete == bytewise.complete);
    require(whole.body_bytes == bytewise.body_bytes);
    require(whole.walker.lost() == bytewise.walker.lost());
    require(whole.walker.offset() == bytewise.walker.offset());
    require(whole.walker.lost() || whole.walker.offset() == size);
    return 0;
}
