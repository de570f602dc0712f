#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> hello_incomplete(const facts& f) {
    if (f.client_hello || f.at != model::stage::hello || !f.stuck() || f.server_left())
        return std::nullopt;
    const auto gap = f.client_leg.in.out_of_order.value_or(0) > 0;
    const bool begun = f.cut && f.cut->content_type == 22;
    if (!begun && !(gap && f.from_client == 0)) return std::nullopt;
    auto out = found(
        "hello-incomplete", certainty::likely,
        begun ? fmt::format(
                    "The ClientHello never came whole: its record announces {} bytes, {} came.",
                    text_of_number(f.cut->length), text_of_number(f.cut->cut_at.value_or(0)))
              : "The beginning of the client's hello was lost on its way to helloscope: only later "
                "segments came.");
    if (begun) {
        says_bytes(out, "record length", f.cut->length);
        says_bytes(out, "of it received", f.cut->cut_at.value_or(0));
    }
    says(out, "segments behind a gap", f.client_leg.in.out_of_order);
    if (!gap) out.others = {"client-stalled", "tail-dropped-from-client"};
    out.others.push_back("mtu-black-hole-from-client");
    out.missing.push_back("what the client sent: a capture on its machine would tell");
    return out;
}

} // namespace helloscope::diagnose::rules
