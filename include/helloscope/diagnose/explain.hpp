// What the ids of verdicts, of what else may be, and of notes mean, in words for who meets one. The
// same text is `helloscope explain ID` and proxy/diagnose/causes.md.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace helloscope::diagnose {

struct explanation {
    std::string_view id;
    // The stage it belongs to; "note", or "cause" where no rule can tell it by itself: then it is
    // named among what else may be.
    std::string_view stage;
    std::string_view meaning;
    std::string_view told_by;    // how it is told from its neighbours
    std::string_view what_to_do; // beyond the remedies that carry a flow's numbers
    std::string_view references; // RFCs and issue threads
};

std::span<const explanation> explanations(); // in the order of the stages
const explanation* explain(std::string_view id);

// For a terminal of so many columns.
std::string explanation_text(const explanation& of, unsigned width, bool colour);
// All of them, as Markdown.
std::string explanations_page();

} // namespace helloscope::diagnose
