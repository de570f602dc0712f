#include "path_history.hpp"

#include <algorithm>

namespace helloscope::relay {
namespace {

using model::timeline;

struct key {
    std::string_view scope;
    std::string of;
    std::string text() const { return std::string(scope) + ' ' + of; }
};

std::optional<endpoint> server_of(const timeline& flow) {
    for (const auto& tried : flow.attempts)
        if (tried.stands) return tried.address;
    return std::nullopt;
}

// The neighbours that a route or a firewall usually treats alike.
std::string network_of(ip_address address) {
    const std::size_t kept = address.v6 ? 6 : 3; // bytes: a /48, a /24
    std::fill(
        address.octets.begin() + static_cast<std::ptrdiff_t>(kept), address.octets.end(),
        std::uint8_t{0});
    return to_string(address) + (address.v6 ? "/48" : "/24");
}

// Behind a parent the address says nothing of the server, and the name goes by the same parent.
std::vector<key> places_of(const timeline& flow) {
    std::vector<key> all;
    const auto server = server_of(flow);
    if (!server) return all;
    const bool direct = !flow.route || flow.route->parents.empty();
    if (!flow.target.host.empty()) all.push_back({"name", to_string(flow.target)});
    if (!direct) {
        all.push_back({"parent", flow.route->parents.front()});
        return all;
    }
    all.push_back({"address", to_string(*server)});
    all.push_back({"network", network_of(server->address)});
    return all;
}

bool answered(const timeline& flow) {
    return flow.server_hello || flow.of(direction::to_client).bytes > 0;
}

// A healed flow went well by another way than it came.
bool was_healed(const timeline& flow) {
    const auto told = model::told_beside<model::healed>(flow);
    return !told.empty() && told.back()->attempt > 1;
}

void count(model::seen_before& at, const timeline& flow) {
    const bool well = flow.established() && !flow.concluded;
    const auto size = static_cast<std::uint32_t>(flow.hello_bytes);
    if (well) ++at.succeeded;
    if (flow.concluded) {
        ++at.failed;
        at.last_verdict = flow.concluded->id;
    }
    if (was_healed(flow) || size == 0) return;
    if (answered(flow))
        at.largest_hello_answered = std::max(at.largest_hello_answered.value_or(0), size);
    else if (flow.concluded)
        at.smallest_hello_unanswered = std::min(at.smallest_hello_unanswered.value_or(size), size);
}

} // namespace

void path_history::add(const timeline& flow) {
    const bool tells = flow.client_hello && (flow.established() || flow.concluded);
    if (!tells) return;
    const auto places = places_of(flow);
    const std::lock_guard lock(mutex_);
    if (places_.size() + places.size() > most) make_room(flow.latest);
    for (const auto& where : places) {
        auto& here = places_[where.text()];
        if (here.seen.scope.empty() || flow.latest - here.last > kept) {
            here.seen = {};
            here.seen.scope = where.scope;
            here.seen.of = where.of;
        }
        here.last = flow.latest;
        count(here.seen, flow);
    }
}

std::vector<model::seen_before> path_history::of(const timeline& flow) const {
    std::vector<model::seen_before> all;
    const auto places = places_of(flow);
    const std::lock_guard lock(mutex_);
    for (const auto& where : places) {
        const auto found = places_.find(where.text());
        if (found == places_.end() || flow.latest - found->second.last > kept) continue;
        all.push_back(found->second.seen);
        all.back().ago = std::max(flow.latest - found->second.last, duration{});
    }
    return all;
}

// What is too old goes; where that is not enough, the older half.
void path_history::make_room(timestamp now) {
    std::erase_if(places_, [&](const auto& one) { return now - one.second.last > kept; });
    if (places_.size() < most / 2) return;
    std::vector<timestamp> times;
    for (const auto& [text, one] : places_) times.push_back(one.last);
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::ranges::nth_element(times, middle);
    const auto limit = *middle;
    std::erase_if(places_, [&](const auto& one) { return one.second.last <= limit; });
}

} // namespace helloscope::relay
