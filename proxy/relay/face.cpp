#include "face_options.hpp"
#include "helloscope/relay/proxy.hpp"
#include "told_flows.hpp"

#include <utility>

namespace helloscope {

namespace {

// A limit may be as long as milliseconds::max().
std::chrono::steady_clock::time_point in(std::chrono::milliseconds limit) {
    return std::chrono::steady_clock::now() +
           std::min<std::chrono::milliseconds>(limit, std::chrono::hours(24 * 365));
}

} // namespace

struct proxy::running {
    relay::told_flows told;
    std::unique_ptr<relay::proxy> relay; // gone before `told`: it tells to the end
    std::mutex stopping;
    bool stopped = false;
};

result<proxy> proxy::start(const proxy_options& wanted) {
    auto plan = relay::make_options(wanted);
    if (!plan) return std::unexpected(plan.error());
    auto made = std::make_unique<running>();
    auto started = relay::proxy::start(std::move(*plan), made->told.ears());
    if (!started) return std::unexpected(started.error());
    made->relay = std::move(*started);
    return proxy(std::move(made));
}

endpoint proxy::address() const { return running_->relay->listeners().front().at; }

std::string proxy::url() const {
    if (running_->relay->listeners().front().how == relay::way_in::reverse) return "";
    auto at = address();
    if (at.address.is_unspecified()) // every address of this machine, so this one
        at.address = *parse_ip_address(at.address.v6 ? "::1" : "127.0.0.1");
    return "http://" + to_string(at);
}

std::optional<flow> proxy::wait_for_flow(std::chrono::milliseconds limit) {
    return running_->told.take(in(limit));
}

std::vector<flow> proxy::stop(std::chrono::milliseconds limit) {
    const std::lock_guard alone(running_->stopping);
    auto& told = running_->told;
    if (!std::exchange(running_->stopped, true)) {
        told.wait_for_all([&] { return running_->relay->flows(); }, in(limit));
        told.stop();
        running_->relay->stop();
    }
    return told.take_all();
}

proxy::proxy(std::unique_ptr<running> made) : running_(std::move(made)) {}
proxy::proxy(proxy&&) noexcept = default;
proxy& proxy::operator=(proxy&&) noexcept = default;
proxy::~proxy() = default;

} // namespace helloscope
