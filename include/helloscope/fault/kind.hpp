// The kinds of faults there are: what each is called, what it takes, and which way it acts. One row
// each in proxy/fault/kinds.cpp; help, errors and the admin API read the same table.
#pragma once

#include "helloscope/base/direction.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace helloscope::fault {

class effect;
struct making;

// How the value of a parameter is written; it is kept as a whole number.
enum class unit : std::uint8_t {
    count, // 1400
    bytes, // 1460, 64KiB, 10kB
    rate,  // 64KiB/s: bytes a second
    time,  // 50ms, 2s, 100us: nanoseconds
    alert, // unrecognized_name or 112
    level, // warning or fatal: 1 or 2
};

struct parameter {
    std::string_view name;
    unit of = unit::count;
    std::int64_t least = 0, most = 0;
    std::optional<std::int64_t> fallback{}; // none: it has to be given
    bool bare = false;                      // the first one, which goes without its name
};

// Where a fault acts.
enum class place : std::uint8_t {
    stream,  // on bytes that pass
    answer,  // the same, and what it sends goes back to whom the trigger's bytes come from
    resolve, // instead of a lookup of the name
    connect, // before a connection is made
};

struct kind {
    std::string_view name;
    std::string_view does; // in a few words, for help and reports
    std::span<const parameter> parameters{};
    place where = place::stream;
    // Null where no bytes pass.
    std::unique_ptr<effect> (*make)(const making&) = nullptr;

    const parameter* find(std::string_view parameter_name) const;
};

std::span<const kind* const> kinds();
const kind* find_kind(std::string_view name); // nullptr: there is none

} // namespace helloscope::fault
