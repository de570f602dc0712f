// close, close:100ms: both connections end with a FIN, at once or when the time is up.
#include "ended.hpp"
#include "faults.hpp"

namespace helloscope::fault {
namespace {

class effect_of final : public ended {
  public:
    explicit effect_of(const making& from)
        : ended(from, mark::close, "closes both connections", 0, from.time("time")) {}
};

constexpr parameter parameters[] = {{"time", unit::time, 0, longest_time, 0, true}};

} // namespace

constinit const kind faults::close{
    "close", "closes both connections", parameters, place::stream, make<effect_of>};

} // namespace helloscope::fault
