#include "nearest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace helloscope::app {
namespace {

// Levenshtein's distance, one row at a time.
std::size_t edits(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

} // namespace

std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> known) {
    if (typed.size() < 3 || typed.size() > 64) return std::nullopt; // not a mistyped name
    std::optional<std::string> best;
    std::size_t limit = std::min<std::size_t>(3, typed.size() / 2) + 1;
    for (const std::string& name : known) {
        const std::size_t distance = edits(typed, name);
        if (distance < limit) {
            limit = distance;
            best = name;
        }
    }
    return best;
}

} // namespace helloscope::app
