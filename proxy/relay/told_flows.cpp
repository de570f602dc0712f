#include "told_flows.hpp"

#include "face_flow.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <utility>

namespace helloscope::relay {

onlookers told_flows::ears() {
    onlookers to;
    to.event = [this](const model::event& event) { add(event); };
    to.flow = [this](const model::timeline& story) { end(story); };
    to.trouble = [](std::string_view what) { spdlog::warn("{}", what); };
    return to;
}

std::optional<helloscope::flow> told_flows::take(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until, [this] { return stopped_ || !over_.empty(); });
    if (stopped_ || over_.empty()) return std::nullopt;
    std::optional<helloscope::flow> first(std::move(over_.front()));
    over_.pop_front();
    return first;
}

void told_flows::wait_for_all(
    const std::function<std::uint64_t()>& opened, std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until, [&] { return ended_ >= opened(); });
}

void told_flows::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
}

std::vector<helloscope::flow> told_flows::take_all() {
    const std::lock_guard lock(mutex_);
    std::vector<helloscope::flow> all(
        std::move_iterator(over_.begin()), std::move_iterator(over_.end()));
    over_.clear();
    std::ranges::sort(all, {}, &helloscope::flow::number);
    return all;
}

void told_flows::add(const model::event& event) {
    if (event.flow > 0)
        open_[event.flow].events.push_back(event);
    else if (std::holds_alternative<model::lost>(event.what))
        for (auto& [number, one] : open_) one.complete = false; // nobody knows whose they were
}

void told_flows::end(const model::timeline& story) {
    auto [events, complete] = std::exchange(open_[story.flow], {});
    open_.erase(story.flow);
    auto made = make_flow(story, std::move(events));
    made.complete = made.complete && complete;
    const std::lock_guard lock(mutex_);
    over_.push_back(std::move(made));
    ++ended_;
    changed_.notify_all();
}

} // namespace helloscope::relay
