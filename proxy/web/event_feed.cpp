#include "event_feed.hpp"

#include "helloscope/model/json.hpp"

#include <utility>

namespace helloscope::web {

namespace {

constexpr std::size_t most_waiting = 4 << 20; // bytes for one listener

} // namespace

std::string event_feed::listener::take() {
    const std::lock_guard lock(mutex_);
    auto lines = std::exchange(lines_, {});
    if (const auto missed = std::exchange(missed_, 0); missed > 0) {
        model::event told;
        told.what = model::lost{missed, 0, "the listener is too slow"};
        model::write_json(told, lines);
        lines += '\n';
    }
    return lines;
}

void event_feed::listener::hear(std::string_view line) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = lines_.empty();
        if (lines_.size() + line.size() > most_waiting)
            ++missed_;
        else
            lines_ += line;
    }
    if (first) wake_();
}

std::shared_ptr<event_feed::listener> event_feed::listen(std::function<void()> wake) {
    auto made = std::make_shared<listener>(std::move(wake));
    const std::lock_guard lock(mutex_);
    listeners_.push_back(made);
    return made;
}

void event_feed::add(const model::event& event) {
    const std::lock_guard lock(mutex_);
    if (listeners_.empty()) return;
    line_.clear();
    model::write_json(event, line_);
    line_ += '\n';
    std::erase_if(listeners_, [&](const std::weak_ptr<listener>& one) {
        const auto held = one.lock();
        if (held) held->hear(line_);
        return !held;
    });
}

} // namespace helloscope::web
