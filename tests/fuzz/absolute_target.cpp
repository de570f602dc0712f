// Any bytes as a request of plain HTTP: its target, and the framing of its body.
#include "helloscope/wire/front/absolute_target.hpp"
#include "helloscope/wire/front/body_framing.hpp"
#include "helloscope/wire/front/hop_fields.hpp"

#include <cstdlib>

using namespace helloscope;
using namespace helloscope::wire::front;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// What the forwarder makes of it must be read as what was asked for, by the next proxy too.
void ask_again(const request_head& head, const absolute_target& target) {
    require(target.at.port != 0);
    require(target.origin_form.starts_with('/') || target.origin_form == "*");
    require(target.origin_form.find_first_of(" #\r\n\t") == std::string::npos);
    const auto path = target.origin_form == "*" ? "" : target.origin_form;
    const auto text = std::string(head.method) + " http://" + to_string(target.at) + path +
                      " HTTP/1.1\r\nHost: " + host_field(target.at) + "\r\n\r\n";
    if (text.size() > max_head_size) return;
    const auto again = parse_request_head(as_bytes(text));
    require(again && parse_absolute_target(*again) == target);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto head = parse_request_head({data, size});
    if (!head) return 0;
    if (const auto target = parse_absolute_target(*head))
        ask_again(*head, *target);
    else
        require(target.error().offset <= head->size);

    const auto framing = request_framing(*head);
    if (!framing) {
        require(framing.error().offset < head->size);
        return 0;
    }
    const auto* const length = find_field(*head, "Content-Length");
    const auto* const coding = find_field(*head, "Transfer-Encoding");
    require(framing->kind != body_kind::until_close);
    require((framing->kind == body_kind::length) == (length != nullptr));
    require((framing->kind == body_kind::chunked) == (coding != nullptr));
    require(end_to_end_fields(head->fields).size() <= head->fields.size());
    return 0;
}
