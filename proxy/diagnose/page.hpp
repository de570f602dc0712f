// Lays text out in columns of a terminal: labels to the left, words wrapped behind them.
#pragma once

#include <string>
#include <string_view>

namespace helloscope::diagnose {

enum class ink { plain, dim, bold, good, bad, command };

// Columns that UTF-8 text takes, one a code point.
std::size_t columns_of(std::string_view text);
// Text of exactly so many columns: filled up with spaces, or cut with "…".
std::string fitted(std::string_view text, std::size_t columns);

// A space at which a line is broken only when there is no other.
inline constexpr char firm_space = '\x1f';

class page {
  public:
    page(unsigned width, bool colour) : width_(width < 60 ? 60 : width), colour_(colour) {}

    // `text` wrapped at spaces, behind `label` on its first line and blanks on the others.
    page& row(std::string_view label, std::string_view text, ink how = ink::plain);
    // The same without a label, from `indent` on.
    page& paragraph(std::size_t indent, std::string_view text, ink how = ink::plain);
    // A line that must stay whole, because it is to be copied or is laid out already.
    page& line(std::size_t indent, std::string_view text, ink how = ink::plain);
    page& gap();

    static constexpr std::size_t label_width = 12;
    std::size_t width() const { return width_; }
    std::string take() { return std::move(out_); }

  private:
    void wrapped(std::string_view first, std::size_t indent, std::string_view text, ink how);
    std::string painted(std::string_view text, ink how) const;

    std::size_t width_;
    bool colour_;
    std::string out_;
};

} // namespace helloscope::diagnose
