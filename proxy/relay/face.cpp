#include "face_options.hpp"
#include "helloscope/policy/route.hpp"
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

result<void> in_words(const relay::changed<void>& done) {
    if (done) return {};
    return std::unexpected(failure{done.error().message});
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

result<void> proxy::set_routes(const std::vector<std::string>& routes) {
    auto entries = relay::read_routes(routes);
    if (!entries) return std::unexpected(entries.error());
    return in_words(running_->relay->set_routes(std::move(*entries)));
}

result<endpoint> proxy::add_listener(
    const std::string& name, const std::string& reverse, const std::string& listen) {
    relay::listener_wish wanted;
    if (auto done = relay::read_listener(listen, reverse, wanted.where); !done)
        return std::unexpected(done.error());
    wanted.where.name = name;
    const auto made = running_->relay->add_listener(std::move(wanted));
    if (!made) return std::unexpected(failure{made.error().message});
    return made->where.at;
}

result<void> proxy::remove_listener(const std::string& name) {
    return in_words(running_->relay->remove_listener(name));
}

result<std::string> proxy::add_fault(const std::string& fault, const std::string& listener) {
    auto one = fault::parse_spec(fault);
    if (!one) return std::unexpected(one.error());
    if (one->name.empty()) one->name = fault;
    const auto done = running_->relay->add_fault(name_of(listener), *one);
    if (!done) return std::unexpected(failure{done.error().message});
    return one->name;
}

result<void> proxy::remove_fault(const std::string& name, const std::string& listener) {
    return in_words(running_->relay->remove_fault(name_of(listener), name));
}

std::string proxy::name_of(const std::string& listener) const {
    return listener.empty() ? running_->relay->all_listeners().front().where.name : listener;
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
