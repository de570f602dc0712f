// A table of names sorted by number, searched by halves; the order is checked when it is compiled.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace helloscope::wire::tls {

template <class Number> struct name {
    Number number;
    std::string_view text;
};

template <class Number, std::size_t N>
constexpr bool is_sorted_table(const name<Number> (&table)[N]) {
    return std::ranges::adjacent_find(table, std::ranges::greater_equal{}, &name<Number>::number) ==
           std::end(table);
}

// Empty when the number is not in the table.
template <class Number, std::size_t N>
constexpr std::string_view find_name(const name<Number> (&table)[N], Number number) {
    const auto* row = std::ranges::lower_bound(table, number, {}, &name<Number>::number);
    return row != std::end(table) && row->number == number ? row->text : std::string_view{};
}

} // namespace helloscope::wire::tls
