// corrupt:4,skip=5@record:2: all bits of 4 bytes are turned over, 5 bytes behind the trigger.
#include "../effect.hpp"
#include "faults.hpp"

#include <fmt/format.h>

namespace helloscope::fault {
namespace {

class effect_of final : public effect {
  public:
    explicit effect_of(const making& from)
        : left_(static_cast<std::uint64_t>(from.value("bytes"))),
          skip_(static_cast<std::uint64_t>(from.value("skip"))) {}

    void pass(pieces& in, pieces& out, turn& now) override {
        for (; !in.empty(); in.pass(out, in.front().came)) change(in.front(), now);
    }

  private:
    void change(piece& one, turn& now) {
        const auto skipped = std::min<std::uint64_t>(skip_, one.size());
        skip_ -= skipped;
        const auto changed = std::min<std::uint64_t>(left_, one.size() - skipped);
        if (changed == 0) return;
        now.acted(
            fmt::format("changes {} byte{}", left_, left_ == 1 ? "" : "s"), one.offset + skipped);
        left_ -= changed;
        for (auto i = one.begin + skipped; i < one.begin + skipped + changed; ++i)
            one.octets[i] = static_cast<std::uint8_t>(~one.octets[i]);
    }

    std::uint64_t left_, skip_;
};

constexpr parameter parameters[] = {
    {"bytes", unit::bytes, 1, most_bytes, 1, true}, {"skip", unit::bytes, 0, most_bytes, 0}};

} // namespace

constinit const kind faults::corrupt{
    "corrupt", "changes bytes", parameters, place::stream, make<effect_of>};

} // namespace helloscope::fault
