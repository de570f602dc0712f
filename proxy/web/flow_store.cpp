#include "flow_store.hpp"

namespace helloscope::web {

void flow_store::add(const model::event& event) {
    if (event.flow == 0) return;
    const std::lock_guard lock(mutex_);
    const auto place = flows_.find(event.flow);
    if (place != flows_.end())
        apply(place->second, event);
    else if (std::holds_alternative<model::flow_opened>(event.what))
        apply(flows_[event.flow], event); // else its beginning was lost, or it is over
}

void flow_store::over(const model::timeline& flow) {
    const std::lock_guard lock(mutex_);
    flows_.insert_or_assign(flow.flow, flow);
    over_.push_back(flow.flow);
    if (over_.size() <= most_over_) return;
    flows_.erase(over_.front());
    over_.pop_front();
}

std::vector<model::timeline> flow_store::after(std::uint64_t number, std::size_t most) const {
    const std::lock_guard lock(mutex_);
    std::vector<model::timeline> out;
    for (auto one = flows_.upper_bound(number); one != flows_.end() && out.size() < most; ++one)
        out.push_back(one->second);
    return out;
}

std::optional<model::timeline> flow_store::find(std::uint64_t number) const {
    const std::lock_guard lock(mutex_);
    const auto found = flows_.find(number);
    if (found == flows_.end()) return std::nullopt;
    return found->second;
}

} // namespace helloscope::web
