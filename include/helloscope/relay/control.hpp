// What can be changed while a relay runs: its listeners, the faults on them, the routes. Whatever
// is asked for is checked whole first and then done whole, or not at all. Thread-safe; a change has
// happened when its call returns.
#pragma once

#include "helloscope/fault/spec.hpp"
#include "helloscope/relay/options.hpp"

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace helloscope::policy {
struct route_entry;
}

namespace helloscope::relay {

// A listener as it is now.
struct listener_state {
    listening where; // with its name, and with the port that it has while it is open
    bool open = true;
    bool given = false;              // by the options: it stays as it is, but for its faults
    std::vector<fault::spec> faults; // of all its flows, also of those that run; each has its name
};

// A listener as it is to be: way_in::proxy or way_in::reverse, with a name.
struct listener_wish {
    listening where;
    bool open = true;
    std::optional<std::vector<fault::spec>> faults; // nothing: those it has
};

struct change_error {
    enum class reason : std::uint8_t {
        taken,       // there is one of that name
        unknown,     // there is none
        invalid,     // it cannot be, whatever else there is
        unavailable, // the system says no: the port is in use
        over,        // the relay was stopped
    };
    reason why{};
    std::string message; // one sentence that says what, where and what to do
};

template <class T> using changed = std::expected<T, change_error>;

class control {
  public:
    // Those of the options in their order, each by its name or else its address, then the others.
    virtual std::vector<listener_state> all_listeners() const = 0;
    virtual changed<listener_state> listener(std::string_view name) const = 0;

    virtual changed<listener_state> add_listener(listener_wish wanted) = 0;
    // Makes those whose names are new and changes the others, all or none of them. One whose
    // address stays is never closed meanwhile; the flows of one that changes are ended.
    virtual changed<std::vector<listener_state>> put_listeners(
        std::vector<listener_wish> wanted) = 0;
    virtual changed<void> remove_listener(std::string_view name) = 0; // and ends its flows

    virtual changed<void> add_fault(std::string_view listener, fault::spec one) = 0;
    virtual changed<void> replace_fault(std::string_view listener, fault::spec one) = 0;
    virtual changed<void> remove_fault(std::string_view listener, std::string_view name) = 0;

    // Flows look for their route when they begin, and keep it. What is done with flows that no
    // route claims stays as it is.
    virtual std::shared_ptr<const policy::routes> routes() const = 0; // null: there are none
    virtual changed<void> set_routes(std::vector<policy::route_entry> others) = 0;

    virtual ~control() = default;
};

} // namespace helloscope::relay
