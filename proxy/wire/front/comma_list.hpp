// The #rule of RFC 9110 section 5.6.1 for lists of tokens: every comma parts two elements, empty
// ones do not count. Quotes part nothing: no token holds one, and an unbalanced one must not hide
// what follows it.
#pragma once

#include "head_lines.hpp"

#include <algorithm>

namespace helloscope::wire::front {

// Calls `visit` with each element, without the white space around it.
template <class Visit> void each_element(std::string_view list, Visit&& visit) {
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        if (const auto element = trimmed(list.substr(0, end)); !element.empty()) visit(element);
        list.remove_prefix(std::min(end + 1, list.size()));
    }
}

// The elements of all fields of that name, which are one list (RFC 9110 section 5.3).
template <class Visit>
void each_element(const std::vector<header_field>& fields, std::string_view name, Visit&& visit) {
    for (const auto& field : fields)
        if (same_field_name(field.name, name)) each_element(field.value, visit);
}

} // namespace helloscope::wire::front
