#include "open_flows.hpp"

#include <numeric>

namespace helloscope::trace {
namespace {

// After a burst only so much is kept for flows to come.
constexpr std::size_t most_spare = 64;
constexpr std::size_t largest_spare = 4'096; // bytes of an opening

constexpr std::size_t nowhere = 6;

struct place_in_opening {
    std::size_t operator()(const model::flow_opened&) const { return 0; }
    std::size_t operator()(const model::requested&) const { return 1; }
    std::size_t operator()(const model::routed&) const { return 2; }
    std::size_t operator()(const model::connected&) const { return 3; }
    std::size_t operator()(const model::parent_answered&) const { return 4; }
    std::size_t operator()(const model::answered&) const { return 5; }
    std::size_t operator()(const auto&) const { return nowhere; }
};

} // namespace

void opening::keep(const model::happening& what, bytes_view block) {
    const auto place = std::visit(place_in_opening{}, what);
    if (place == nowhere) return;
    const auto before = std::accumulate(sizes_.begin(), sizes_.begin() + place, std::ptrdiff_t{0});
    const auto at = blocks_.begin() + before;
    blocks_.insert(blocks_.erase(at, at + sizes_[place]), block.begin(), block.end());
    sizes_[place] = static_cast<std::uint32_t>(block.size());
}

void opening::clear() {
    if (blocks_.capacity() > largest_spare) blocks_ = {};
    blocks_.clear();
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
