#include "inquiry_rows.hpp"

#include "helloscope/diagnose/units.hpp"
#include "items.hpp"
#include "trials.hpp"

#include <fmt/ranges.h>
#include <numeric>

namespace helloscope::diagnose {
namespace {

using model::chain_fetched;
using model::timeline;

void add_tests(page& to, const timeline& flow) {
    std::string_view label = "asked again";
    for (const auto* one : model::told_beside<model::investigated>(flow)) {
        items line;
        line.add(words_of_test(*one));
        line.add(fmt::format("{} after {}", one->outcome, text_of(one->took)));
        line.add(one->detail);
        add_row(to, label, line);
        label = "";
    }
}

std::string day(timestamp when) {
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(when));
    return fmt::format(
        "{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()));
}

// "registry.test, releases.test and 3 more".
std::string few(const std::vector<std::string>& names) {
    constexpr std::size_t most = 3;
    const auto shown = std::span(names).first(std::min(names.size(), most));
    auto text = fmt::format("{}", fmt::join(shown, ", "));
    if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
    return text;
}

void add_chain(page& to, const timeline& flow, const chain_fetched& chain) {
    const bool has_parent = flow.route && !flow.route->parents.empty();
    const std::string_view way = !has_parent            ? ""
                                 : chain.by == "parent" ? "by the parent"
                                                        : "without the parent";
    items line;
    if (chain.subject.empty()) {
        line.add(way).add("not fetched: " + chain.error);
        add_row(to, "chain", line);
        return;
    }
    line.add(way).add(chain.subject).add("issued by " + chain.issuer);
    if (!chain.names.empty()) line.add("for " + few(chain.names));
    if (chain.not_before && chain.not_after)
        line.add(fmt::format("{} to {}", day(*chain.not_before), day(*chain.not_after)));
    if (!chain.sizes.empty())
        line.add(fmt::format(
            "{}, {}", text_of_count(chain.sizes.size(), "certificate"),
            text_of_bytes(
                std::accumulate(chain.sizes.begin(), chain.sizes.end(), std::uint64_t{0}))));
    line.add(chain.error.empty() ? "verifies here" : "verified here: " + chain.error);
    if (!chain.missing.empty()) line.add("lacks " + chain.missing);
    add_row(to, "chain", line);
}

} // namespace

void add_inquiry_rows(page& to, const timeline& flow) {
    add_tests(to, flow);
    for (const auto* one : model::told_beside<chain_fetched>(flow)) add_chain(to, flow, *one);
}

} // namespace helloscope::diagnose
