#include "helloscope/diagnose/report.hpp"

#include "differences.hpp"
#include "helloscope/diagnose/units.hpp"
#include "outcome.hpp"
#include "page.hpp"
#include "parents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace helloscope::diagnose {
namespace {

using model::timeline;

constexpr std::size_t few = 3;
constexpr std::size_t widest_target = 48;

// Flows that failed alike, at the same target: one of them tells the story of all.
struct story {
    const timeline* told;
    std::vector<std::uint64_t> also;
};

struct overview {
    std::size_t failed = 0, healed = 0;
    std::vector<std::pair<std::string, std::size_t>> by_id; // in order of appearance
    std::vector<story> stories;
};

overview look_over(
    std::span<const timeline> flows,
    const std::vector<std::shared_ptr<const model::verdict>>& verdicts, bool all, bool merge) {
    overview seen;
    std::map<std::pair<std::string, std::string>, std::size_t> known;
    for (std::size_t i = 0; i < flows.size(); ++i) {
        if (!verdicts[i]) {
            if (all) seen.stories.push_back({&flows[i], {}});
            continue;
        }
        ++(was_healed(flows[i]) ? seen.healed : seen.failed);
        const auto& id = verdicts[i]->id;
        const auto counted = std::ranges::find(
            seen.by_id, id, &std::pair<std::string, std::size_t>::first);
        counted == seen.by_id.end() ? void(seen.by_id.emplace_back(id, 1))
                                    : void(++counted->second);
        const auto [at, fresh] = known.try_emplace({id, target_of(flows[i])}, seen.stories.size());
        if (fresh || !merge) {
            seen.stories.push_back({&flows[i], {}});
        } else {
            seen.stories[at->second].also.push_back(flows[i].flow);
        }
    }
    return seen;
}

std::string sizes_of(const timeline& flow) {
    return fmt::format(
        "{} up, {} down", text_of_bytes(flow.of(direction::to_server).bytes),
        text_of_bytes(flow.of(direction::to_client).bytes));
}

// " (socks5, via http://proxy.corp:3128)"; empty for CONNECT and a direct connection.
std::string way_of(const timeline& flow) {
    std::string way(front_of(flow));
    if (flow.route && !flow.route->parents.empty())
        way += (way.empty() ? "via " : ", via ") + way_out(flow.route->parents, "");
    return way.empty() ? way : fmt::format(" ({})", way);
}

void add_table(
    page& to, std::span<const timeline> flows,
    const std::vector<std::shared_ptr<const model::verdict>>& verdicts) {
    struct row {
        std::string number, target, outcome, time, sizes;
        bool failed;
    };
    std::vector<row> rows;
    std::size_t number = 0, target = 0, outcome = 0, time = 0;
    for (std::size_t i = 0; i < flows.size(); ++i) {
        const auto& flow = flows[i];
        rows.push_back(
            {std::to_string(flow.flow), target_of(flow), outcome_of(flow, verdicts[i].get()),
             text_of(lasted(flow)), sizes_of(flow), verdicts[i] && !was_healed(flow)});
        number = std::max(number, rows.back().number.size());
        target = std::max(target, columns_of(rows.back().target));
        outcome = std::max(outcome, columns_of(rows.back().outcome));
        time = std::max(time, columns_of(rows.back().time));
    }
    target = std::min(target, widest_target);
    for (const auto& r : rows) {
        auto text = fmt::format(
            "{} {:>{}}  {}  {}  {:>{}}  {}", r.failed ? "✗" : " ", r.number, number,
            fitted(r.target, target), fitted(r.outcome, outcome), r.time, time, r.sizes);
        if (columns_of(text) > to.width()) text = fitted(text, to.width());
        to.line(0, text, r.failed ? ink::bad : ink::plain);
    }
}

std::string summary_of(std::size_t flows, const overview& seen) {
    auto text = text_of_count(flows, "flow");
    if (seen.by_id.empty()) return text + ", none failed";
    if (seen.failed > 0) text += fmt::format(", {} failed", text_of_number(seen.failed));
    if (seen.healed > 0) text += fmt::format(", {} healed", text_of_number(seen.healed));
    text += ": ";
    for (const auto& [id, count] : seen.by_id) {
        if (!text.ends_with(": ")) text += ", ";
        text += count == 1 ? id : fmt::format("{} ×{}", id, count);
    }
    return text;
}

bool is_over_and_well(const timeline& flow) {
    return flow.ended && (flow.established() || flow.exchanges.count > 0) && !verdict_of(flow);
}

// The failure that brought the user here did not show: that is an answer, too.
void add_differences(
    std::string& to, std::span<const timeline> flows, const report_options& options) {
    page out(options.width, options.colour);
    out.gap().paragraph(
        0, "Nothing failed here. If it fails without helloscope, this is what differs:", ink::bold);
    for (const auto& one : differences_of(flows)) out.paragraph(2, "- " + one);
    to += out.take();
}

} // namespace

std::string report_text(std::span<const timeline> flows, const report_options& options) {
    if (flows.empty()) return "no flows\n";
    if (flows.size() == 1) {
        auto out = flow_text(flows.front(), options);
        if (is_over_and_well(flows.front())) add_differences(out, flows, options);
        return out;
    }
    std::vector<std::shared_ptr<const model::verdict>> verdicts;
    for (const auto& flow : flows) verdicts.push_back(verdict_of(flow));
    const auto seen = look_over(
        flows, verdicts, options.verbose || flows.size() <= few, !options.verbose);

    page head(options.width, options.colour);
    head.paragraph(0, summary_of(flows.size(), seen), ink::bold);
    add_table(head, flows, verdicts);
    auto out = head.take();
    for (const auto& story : seen.stories) {
        page foot(options.width, options.colour);
        if (!story.also.empty())
            foot.row(
                "the same",
                fmt::format(
                    "flow{} {}", story.also.size() > 1 ? "s" : "", fmt::join(story.also, ", ")));
        out += '\n' + flow_text(*story.told, options) + foot.take();
    }
    if (seen.by_id.empty() && std::ranges::any_of(flows, is_over_and_well))
        add_differences(out, flows, options);
    return out;
}

std::string one_line(const timeline& flow) {
    const auto verdict = verdict_of(flow);
    auto line = fmt::format(
        "flow {} {}{} {}, {}, {}", flow.flow, target_of(flow), way_of(flow),
        outcome_of(flow, verdict.get()), text_of(lasted(flow)), sizes_of(flow));
    if (verdict) line += ": " + verdict->summary;
    return line;
}

} // namespace helloscope::diagnose
