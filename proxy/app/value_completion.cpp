#include "value_completion.hpp"

#include <algorithm>

namespace helloscope::app {
namespace {

// Of "FILE|DIR" its FILE and its DIR; CIDR is no DIR.
bool has_word(std::string_view type, std::string_view wanted) {
    const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    auto at = type.begin();
    while (at != type.end()) {
        const auto begin = std::find_if(at, type.end(), is_letter);
        at = std::find_if_not(begin, type.end(), is_letter);
        if (std::string_view(begin, at) == wanted) return true;
    }
    return false;
}

} // namespace

value_completion completion_of(const option_row& option) {
    if (!option.choices.empty()) return value_completion::choices;
    if (has_word(option.type, "FILE")) return value_completion::files;
    if (has_word(option.type, "DIR")) return value_completion::folders;
    if (option.type == "COMMAND") return value_completion::command;
    return value_completion::nothing;
}

} // namespace helloscope::app
