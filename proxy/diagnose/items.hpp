// A line of the report that is made of items with dots between them.
#pragma once

#include "page.hpp"

namespace helloscope::diagnose {

// Appends ` · item` to a line of items; empty items are left out.
class items {
  public:
    items& add(std::string_view item) {
        if (item.empty()) return *this;
        if (!text_.empty()) {
            text_ += firm_space; // a line ends with the dot
            text_ += "· ";
        }
        const bool composed = item.find(firm_space) != std::string_view::npos;
        for (const char c : item) text_ += c == ' ' && !composed ? firm_space : c;
        return *this;
    }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

// A row of the page, unless there is nothing in it.
inline void add_row(page& to, std::string_view label, const items& what) {
    if (!what.text().empty()) to.row(label, what.text());
}

} // namespace helloscope::diagnose
