// Any bytes as a PROXY protocol header: what is read is written and read again, and no prefix of it
// is anything.
#include "helloscope/wire/front/haproxy_header.hpp"

#include <cstdlib>

using namespace helloscope;
using namespace helloscope::wire::front;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes_view input{data, size};
    auto header = parse_haproxy_header(input);
    if (!header) {
        require(header.error().offset <= size);
        require(header.error().code != errc::need_more || size < max_haproxy_header_size);
        return 0;
    }
    require(header->size <= std::min(size, max_haproxy_header_size));
    require(parse_haproxy_header(input.first(header->size)) == header);
    const auto half = parse_haproxy_header(input.first(header->size / 2));
    const auto short_of_one = parse_haproxy_header(input.first(header->size - 1));
    require(!half && half.error().code == errc::need_more);
    require(!short_of_one && short_of_one.error().code == errc::need_more);

    const auto written = write_haproxy_header(*header);
    require(written.size() <= header->size || header->version == 1);
    header->size = written.size();
    require(parse_haproxy_header(written) == header);
    return 0;
}
