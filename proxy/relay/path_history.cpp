#include "path_history.hpp"

#include <algorithm>
#include <array>

namespace helloscope::relay {
namespace {

using model::timeline;

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

constexpr std::size_t most_places = 3; // of a flow

// use(scope, what it is, both as a key). Behind a parent the address says nothing of the server,
// and the name goes by the same parent.
template <class Use> void for_each_place(const timeline& flow, Use use) {
    const auto server = server_of(flow);
    if (!server) return;
    thread_local std::string key; // keeps its memory from flow to flow
    const auto place = [&](std::string_view scope, std::string_view of) {
        key.assign(scope).append(" ").append(of);
        use(scope, of, key);
    };
    if (!flow.target.host.empty()) place("name", to_string(flow.target));
    if (flow.route && !flow.route->parents.empty()) {
        place("parent", flow.route->parents.front());
        return;
    }
    std::array<char, longest_endpoint> text;
    place("address", {text.data(), write_text(text.data(), *server)});
    place("network", network_of(server->address));
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
    const std::lock_guard lock(mutex_);
    if (places_.size() + most_places > most) make_room(flow.latest);
    for_each_place(flow, [&](std::string_view scope, std::string_view of, const std::string& key) {
        auto found = places_.find(key);
        if (found == places_.end()) found = places_.emplace(key, place()).first;
        auto& here = found->second;
        if (here.seen.scope.empty() || flow.latest - here.last > kept) {
            here.seen = {};
            here.seen.scope = scope;
            here.seen.of = of;
        }
        here.last = flow.latest;
        count(here.seen, flow);
    });
}

std::vector<model::seen_before> path_history::of(const timeline& flow) const {
    std::vector<model::seen_before> all;
    const std::lock_guard lock(mutex_);
    for_each_place(flow, [&](std::string_view, std::string_view, const std::string& key) {
        const auto found = places_.find(key);
        if (found == places_.end() || flow.latest - found->second.last > kept) return;
        all.push_back(found->second.seen);
        all.back().ago = std::max(flow.latest - found->second.last, duration{});
    });
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
