// drop-tail: of a write that leaves in several segments, the last one never arrives when it is
// small. Seen where a middlebox lets only those pass that look like the beginning of something.
#include "../effect.hpp"
#include "faults.hpp"

#include <fmt/format.h>

namespace helloscope::fault {
namespace {

class effect_of final : public effect {
  public:
    explicit effect_of(const making& from)
        : below_(static_cast<std::size_t>(from.value("below"))),
          sent_(from.sent.with_mss(static_cast<std::uint32_t>(from.value("mss")))) {}

    void pass(pieces& in, pieces& out, turn& now) override {
        while (!lost_ && !in.empty()) {
            const auto size = in.front().size();
            const auto tail = size % sent_.data;
            const auto came = in.front().came;
            lost_ = size > sent_.data && tail > 0 && tail < below_;
            in.pass(out, came, lost_ ? size - tail : size);
            if (lost_)
                now.acted(
                    fmt::format(
                        "the last segment of {}, of {} bytes, is lost",
                        (size + sent_.data - 1) / sent_.data, tail),
                    in.front().offset);
        }
    }

  private:
    std::size_t below_;
    segments sent_;
    bool lost_ = false;
};

constexpr parameter parameters[] = {
    {"mss", unit::count, 88, 65'535, 0}, {"below", unit::bytes, 1, 65'535, 700}};

} // namespace

constinit const kind faults::drop_tail{
    "drop-tail", "the last small segment of a flight never arrives", parameters, place::stream,
    make<effect_of>};

} // namespace helloscope::fault
