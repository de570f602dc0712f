// Any bytes as the head of an answer: parsed, framed, stripped of its hop's fields and masked.
#include "helloscope/wire/front/body_framing.hpp"
#include "helloscope/wire/front/hop_fields.hpp"
#include "helloscope/wire/front/masked_head.hpp"

#include <cstdlib>

using namespace helloscope;
using namespace helloscope::wire::front;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void frame(const response_head& head) {
    const auto framing = response_framing(head, "GET");
    if (!framing) require(framing.error().offset < head.size);
    if (framing && framing->kind != body_kind::length) require(framing->length == 0);
    require(response_framing(head, "HEAD") == body_framing{});
    const auto tunnel = response_framing(head, "CONNECT");
    require(head.status < 300 ? tunnel == body_framing{} : tunnel == framing);
}

void forward(const response_head& head) {
    const auto kept = end_to_end_fields(head.fields);
    require(kept.size() <= head.fields.size());
    for (const auto* name : {"Connection", "Transfer-Encoding", "Upgrade", "Proxy-Authenticate"})
        require(find_field(kept, name) == nullptr);
    for (const auto* name : {"Content-Length", "Via"})
        require(!find_field(kept, name) == !find_field(head, name));
    require(came_through(kept, "us") == came_through(head.fields, "us"));
    has_token(head.fields, "Connection", "close");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes_view input{data, size};
    const auto half = parse_response_head(input.first(size / 2));
    const auto head = parse_response_head(input);
    if (half) require(head && head->size == half->size);
    if (!head) {
        require(head.error().offset <= size);
        return 0;
    }
    if (!half && half.error().code != errc::need_more) std::abort();
    require(head->status >= 100 && head->status <= 999 && head->size <= size);
    frame(*head);
    forward(*head);
    const auto masked = masked_response_head(*head);
    const auto again = parse_response_head(as_bytes(masked));
    require(masked.size() == head->size && again && again->status == head->status);
    return 0;
}
