#include "helloscope/diagnose/explain.hpp"

#include "page.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::diagnose {
namespace {

struct part {
    std::string_view label;
    std::string_view explanation::*text;
};

constexpr part parts[] = {
    {"means", &explanation::meaning},
    {"told by", &explanation::told_by},
    {"what to do", &explanation::what_to_do},
    {"see", &explanation::references},
};

constexpr std::string_view preface = "# Verdicts and what they mean\n"
                                     "\n"
                                     "Made from explanations.cpp (`HELLOSCOPE_REGENERATE=1 ctest "
                                     "--preset dev -R diagnose/explain`). "
                                     "`helloscope explain ID` prints the same.\n"
                                     "\n"
                                     "A verdict is *suspected*, *likely* or *confirmed*; confirmed "
                                     "needs a peer that said so itself, "
                                     "or an intervention: the same on the same path went well with "
                                     "one thing changed. What the facts "
                                     "cannot rule out is named beside it (*may also be*).\n";

} // namespace

const explanation* explain(std::string_view id) {
    const auto all = explanations();
    const auto found = std::ranges::find(all, id, &explanation::id);
    return found == all.end() ? nullptr : &*found;
}

std::string explanation_text(const explanation& of, unsigned width, bool colour) {
    page out(width, colour);
    out.paragraph(0, fmt::format("{} (stage: {})", of.id, of.stage), ink::bold);
    for (const auto& [label, text] : parts)
        if (!(of.*text).empty()) out.row(label, of.*text);
    return out.take();
}

std::string explanations_page() {
    std::string out(preface);
    std::string_view stage;
    for (const auto& one : explanations()) {
        if (one.stage != stage) out += fmt::format("\n## {}\n", one.stage);
        stage = one.stage;
        out += fmt::format("\n### {}\n\n{}\n", one.id, one.meaning);
        for (const auto& [label, text] : std::span(parts).subspan(1))
            if (!(one.*text).empty()) out += fmt::format("- *{}*: {}\n", label, one.*text);
    }
    return out;
}

} // namespace helloscope::diagnose
