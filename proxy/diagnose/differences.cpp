#include "differences.hpp"

#include "parents.hpp"

#include <algorithm>
#include <set>

namespace helloscope::diagnose {
namespace {

using model::timeline;

// "a, b and 3 more"
std::string some_of(const std::set<std::string>& all) {
    constexpr std::size_t few = 3;
    std::string text;
    std::size_t at = 0;
    for (const auto& one : all) {
        if (at == few) return text + fmt::format(" and {} more", all.size() - few);
        text += (at++ == 0 ? "" : ", ") + one;
    }
    return text;
}

std::string resolution(std::span<const timeline> flows) {
    std::set<std::string> given, asked;
    for (const auto& flow : flows)
        if (flow.names && flow.names->source.starts_with("--"))
            given.insert(flow.names->source + " for " + flow.names->host);
        else if (flow.names && flow.names->source == "dns")
            asked.insert(flow.names->host);
    if (!given.empty()) return fmt::format("addresses came from {}", some_of(given));
    if (asked.empty()) return {};
    return fmt::format(
        "helloscope resolved {} with this machine's resolver; a client may ask another (DNS over "
        "HTTPS, a cache of its own)",
        some_of(asked));
}

std::string families(std::span<const timeline> flows) {
    std::set<std::string> used;
    bool v4 = false, v6 = false, other = false;
    for (const auto& flow : flows)
        for (const auto& tried : flow.attempts) {
            if (!tried.stands) continue;
            (tried.address.address.v6 ? v6 : v4) = true;
            used.insert(to_string(tried.address.address));
            if (flow.names)
                for (const auto& known : flow.names->addresses)
                    other = other || known.v6 != tried.address.address.v6;
        }
    if (used.empty()) return {};
    return fmt::format(
        "connections went over {} to {}{}",
        v4 && v6 ? "IPv4 and IPv6"
        : v6     ? "IPv6"
                 : "IPv4",
        some_of(used),
        other && v4 != v6
            ? fmt::format(
                  "; the names have {} addresses, too, which were not needed", v6 ? "IPv4" : "IPv6")
            : "");
}

std::string parents(std::span<const timeline> flows) {
    std::set<std::string> ways;
    for (const auto& flow : flows)
        if (flow.route) ways.insert(way_out(flow.route->parents, flow.route->source));
    ways.erase("");
    if (ways.empty()) return "no parent proxy was used";
    return fmt::format("the way out: {}", some_of(ways));
}

std::string writes(std::span<const timeline> flows) {
    std::set<std::string> shapes;
    for (const auto& flow : flows)
        if (flow.route && !flow.route->shape.empty()) shapes.insert(flow.route->shape);
    if (!shapes.empty())
        return fmt::format("the first flight was sent otherwise: {}", some_of(shapes));
    return "what was read at once went on in one write without delay (TCP_NODELAY), so segments "
           "may "
           "be cut otherwise than the client's own; the connection to the server is helloscope's, "
           "with this host's TCP settings";
}

} // namespace

std::vector<std::string> differences_of(std::span<const timeline> flows) {
    std::vector<std::string> all;
    for (auto one : {resolution(flows), families(flows), parents(flows), writes(flows)})
        if (!one.empty()) all.push_back(std::move(one));
    return all;
}

} // namespace helloscope::diagnose
