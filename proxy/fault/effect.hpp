// What a fault is made of. README.md beside this tells how to add one.
#pragma once

#include "chance.hpp"
#include "helloscope/fault/chain.hpp"
#include "pieces.hpp"

#include <string>

namespace helloscope::fault {

// The moment at which a fault is asked, and what it may do beside passing bytes on.
class turn {
  public:
    explicit turn(timestamp now) : time(now) {}
    virtual ~turn() = default;

    const timestamp time;
    // It begins to matter; told once, whatever it says later.
    virtual void acted(std::string did, std::uint64_t offset) = 0;
    // Sent the other way. `closes`: both connections end behind it.
    virtual void answer(bytes octets, bool closes) = 0;
};

// One fault on one direction of one flow, from its trigger on.
class effect {
  public:
    virtual ~effect() = default;

    // Moves what may go on now from `in` to `out`, in order; what it leaves is held. It is asked
    // whenever something has come, and at wake().
    virtual void pass(pieces& in, pieces& out, turn& now) = 0;
    // When to be asked though nothing comes.
    virtual std::optional<timestamp> wake() const { return std::nullopt; }
    // The fault is taken away: what is held goes on by itself, behind what is put out here.
    virtual void taken_away(pieces& /*out*/, turn& /*now*/) {}
};

// What an effect is made from.
struct making {
    const spec& of;
    direction passing{};
    segments sent; // what carries the bytes that pass
    chance luck;
    timestamp now; // it begins

    std::int64_t value(std::string_view parameter_name) const { return of.value(parameter_name); }
    duration time(std::string_view parameter_name) const { return duration(value(parameter_name)); }
};

template <class Effect> std::unique_ptr<effect> make(const making& from) {
    return std::make_unique<Effect>(from);
}

inline constexpr std::int64_t longest_time = 86'400'000'000'000; // a day
inline constexpr std::int64_t most_bytes = std::int64_t{1} << 50;

// "100 ms", "1.5 s" for what a fault did.
std::string words_of(duration time);

} // namespace helloscope::fault
