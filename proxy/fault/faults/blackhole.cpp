// blackhole:mtu=1400: what a path does whose packets end at 1400 bytes, and that tells nobody
// (RFC 2923 section 2.1). A write leaves as full segments and a rest. The first one too long for
// the path never arrives however often it is sent again, and as TCP delivers in order, nothing
// behind it does either. If the path heals, TCP brings it all: so it is held, not lost.
#include "../effect.hpp"
#include "faults.hpp"

#include <fmt/format.h>

namespace helloscope::fault {
namespace {

class effect_of final : public effect {
  public:
    explicit effect_of(const making& from)
        : mtu_(static_cast<std::uint32_t>(from.value("mtu"))),
          sent_(from.sent.with_mss(static_cast<std::uint32_t>(from.value("mss")))) {}

    void pass(pieces& in, pieces& out, turn& now) override {
        while (!lost_ && !in.empty()) {
            const auto segment = std::min<std::size_t>(in.front().size(), sent_.data);
            lost_ = segment > 0 && segment + sent_.headers() > mtu_;
            if (lost_)
                now.acted(
                    fmt::format(
                        "a segment of {} bytes makes a packet of {}, and the path takes {}",
                        segment, segment + sent_.headers(), mtu_),
                    in.front().offset);
            else
                in.pass(out, in.front().came);
        }
    }

  private:
    std::uint32_t mtu_;
    segments sent_;
    bool lost_ = false;
};

constexpr parameter parameters[] = {
    {"mtu", unit::count, 68, 65'535, {}}, {"mss", unit::count, 88, 65'535, 0}};

} // namespace

constinit const kind faults::blackhole{
    "blackhole", "segments too long for the path never arrive", parameters, place::stream,
    make<effect_of>};

} // namespace helloscope::fault
