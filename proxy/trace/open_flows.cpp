#include "open_flows.hpp"

#include <numeric>

namespace helloscope::trace {
namespace {

// After a burst only so much is kept for flows to come.
constexpr std::size_t most_spare = 64;
constexpr std::size_t largest_spare = 4'096; // bytes of an opening

constexpr std::array<std::string_view, 6> names{
    "flow_opened", "requested", "routed", "connected", "parent_answered", "answered"};

struct place_in_opening {
    std::size_t operator()(const model::flow_opened&) const { return 0; }
    std::size_t operator()(const model::requested&) const { return 1; }
    std::size_t operator()(const model::routed&) const { return 2; }
    std::size_t operator()(const model::connected&) const { return 3; }
    std::size_t operator()(const model::parent_answered&) const { return 4; }
    std::size_t operator()(const model::answered&) const { return 5; }
    std::size_t operator()(const auto&) const { return names.size(); }
};

constexpr std::string_view time_key = R"("t":)";

// Behind the key, seconds with six digits behind the point.
timestamp time_at(std::string_view text) {
    std::int64_t microseconds = 0;
    for (const char c : text.substr(0, text.find_first_of(",}")))
        if (c >= '0' && c <= '9') microseconds = 10 * microseconds + (c - '0');
    return timestamp(std::chrono::microseconds(microseconds));
}

} // namespace

void opening::keep(const model::happening& what, std::string_view json) {
    const auto place = std::visit(place_in_opening{}, what);
    if (place == names.size()) return;
    const auto text = json.substr(json.find(time_key));
    texts_.reserve(texts_.size() + text.size()); // no more than that: it stays for long
    const auto before = std::accumulate(sizes_.begin(), sizes_.begin() + place, std::ptrdiff_t{0});
    const auto at = texts_.begin() + before;
    texts_.insert(texts_.erase(at, at + sizes_[place]), text.begin(), text.end());
    sizes_[place] = static_cast<std::uint32_t>(text.size());
}

std::vector<opening::told> opening::all() const {
    std::vector<told> out;
    auto left = as_text(texts_);
    for (std::size_t place = 0; place < names.size(); ++place) {
        const auto text = left.substr(0, sizes_[place]);
        left.remove_prefix(text.size());
        if (!text.empty()) out.push_back({names[place], time_at(text), text});
    }
    return out;
}

void opening::clear() {
    if (texts_.capacity() > largest_spare) texts_ = bytes();
    texts_.clear();
    sizes_ = {};
}

void open_flow::clear() {
    legs = {};
    told.clear();
    comment.clear();
}

void open_flows::open(std::uint64_t id) {
    close(id);
    if (flows_.size() == most) flows_.erase(flows_.begin());
    if (spare_.empty()) {
        flows_.try_emplace(id);
        return;
    }
    auto node = std::move(spare_.back());
    spare_.pop_back();
    node.key() = id;
    flows_.insert(std::move(node));
}

open_flow* open_flows::find(std::uint64_t id) {
    const auto found = flows_.find(id);
    return found == flows_.end() ? nullptr : &found->second;
}

void open_flows::close(std::uint64_t id) {
    auto node = flows_.extract(id);
    if (!node || spare_.size() == most_spare) return;
    node.mapped().clear();
    spare_.push_back(std::move(node));
}

} // namespace helloscope::trace
