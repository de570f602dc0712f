// A request head as a client sends it: sniffed, scanned in two pieces, parsed, targeted and masked.
#include "helloscope/wire/front/connect.hpp"
#include "helloscope/wire/front/masked_head.hpp"
#include "helloscope/wire/front/sniff.hpp"

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
    const auto half = sniff(input.first(size / 2));
    require(half == first_bytes::need_more || half == sniff(input));

    head_scanner scanner;
    const auto early = scanner.find_end(input.first(size / 2));
    const auto end = scanner.find_end(input);
    if (early) require(end && *end == *early);

    const auto head = parse_request_head(input);
    if (!head) {
        require(head.error().offset <= size);
        return 0;
    }
    require(end && *end == head->size);
    if (const auto target = connect_target(*head)) require(target->port != 0);
    const auto masked = masked_head(*head);
    require(masked.size() == head->size && parse_request_head(as_bytes(masked)).has_value());
    require(masked_fields(*head).size() == head->fields.size());
    return 0;
}
