// Routes: what is done with the flows to a destination. The first that matches wins; what it does
// not say is as for flows of no route. Text and values only: nothing is looked up here.
//
//     host=*.bazel.build port=443 shape=mss:1360|split:sni
//     network=10.0.0.0/8 via=direct heal=on
//     host=flaky.test fault='to_server stall@1460' name=frozen
#pragma once

#include "helloscope/base/network.hpp"
#include "helloscope/fault/spec.hpp"
#include "helloscope/policy/ways_out.hpp"
#include "helloscope/shape/shape.hpp"

#include <memory>
#include <span>

namespace helloscope::policy {

struct port_range {
    std::uint16_t first = 1, last = 65535;
    bool operator==(const port_range&) const = default;
};

// Which flows. All that is said must hold; nothing said: every flow.
struct destination {
    std::string host; // a glob, * and ?, in any case; empty: any
    std::optional<port_range> ports;
    std::optional<network> addresses; // that the host is, or has one of
    bool operator==(const destination&) const = default;
};

// A route as it is written.
struct route_entry {
    std::string name; // what reports call it; empty: its text
    destination to;
    std::optional<shape::shape> shaping; // an empty one: sent as it comes
    std::optional<std::vector<fault::spec>> faults;
    std::optional<way_out> via; // no parents: direct
    std::optional<bool> heal;
};

// The words of an entry: KEY=VALUE with white space (or ;) between, a value with white space in it
// in ' or ". Keys: name, host, port (N or N-M), network, shape (or none), fault (repeated, or
// none), via (repeated, or direct), heal (on, off). The failure says which word, and what was
// expected.
result<route_entry> parse_route(std::string_view text);
// The same words; no password of a parent is in it.
std::string to_string(const route_entry& entry);

// A destination and all that is done with its flows.
struct route {
    std::string name; // empty: what is done with flows that no entry claims
    destination to;
    shape::shape shaping;
    std::vector<fault::spec> faults;
    std::optional<way_out> via; // instead of what --via and the environment say
    bool heal = false;

    bool changes_nothing() const { return shaping.empty() && faults.empty() && !via && !heal; }
    bool only_heals() const { return shaping.empty() && faults.empty() && !via && heal; }
};

// Immutable, so that threads share one and exchange it whole.
class routes {
  public:
    // `otherwise` is done with flows that no entry claims, and where an entry says nothing. Two
    // entries of one name, or one that can never apply because another before it claims all its
    // flows, are a failure that names both.
    static result<routes> make(std::vector<route_entry> entries, route otherwise);

    // `addresses` are those of the target, if wants_addresses(). Null: nothing is done.
    std::shared_ptr<const route> match(
        const host_port& target, std::span<const ip_address> addresses) const;
    // A network decides, and the target is a name.
    bool wants_addresses(const host_port& target) const;

    // Why an entry does not claim the target: "host", "port", "network"; empty: it does.
    struct answer {
        const route_entry* entry = nullptr;
        std::string_view why_not;
    };
    // For each entry up to the first that does.
    std::vector<answer> explain(
        const host_port& target, std::span<const ip_address> addresses) const;

    const std::vector<route_entry>& entries() const { return entries_; }
    // What make() was given; null: nothing is done.
    const std::shared_ptr<const route>& otherwise() const { return otherwise_; }

  private:
    std::vector<route_entry> entries_;
    std::vector<std::shared_ptr<const route>> routes_; // one an entry
    std::shared_ptr<const route> otherwise_;           // null: nothing is done
};

// What --via and `via=` take: a URL, or "direct", which is nothing. The text may hold a password,
// so no error repeats it.
parsed<std::optional<wire::front::proxy_url>> parse_via(std::string_view text);

} // namespace helloscope::policy
