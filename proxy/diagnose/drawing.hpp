// A small drawing of a flow that stands still or broke: what was sent, what was acknowledged, what
// never arrived.
//
//                  helloscope                        releases.bazel.build:443
//      1,448 bytes ───────────────✗                  lost, sent again 4 times
//         45 bytes ────────────────────────────────▶ arrived
//                  ◀                                 nothing in 3.0 s
#pragma once

#include "rule.hpp"

namespace helloscope::diagnose {

// Lines of at most `width` columns; none where the flow has no first flight or no kernel was asked.
std::vector<std::string> drawing_of(const facts& f, std::size_t width);

} // namespace helloscope::diagnose
