// half-close: this direction ends with a FIN, and the other one goes on. What comes behind it has
// nowhere to go.
#include "ended.hpp"
#include "faults.hpp"

namespace helloscope::fault {
namespace {

class effect_of final : public ended {
  public:
    explicit effect_of(const making& from)
        : ended(from, mark::end, "ends this direction alone", 0, {}) {}
};

} // namespace

constinit const kind faults::half_close{
    "half-close", "ends this direction alone", {}, place::stream, make<effect_of>};

} // namespace helloscope::fault
