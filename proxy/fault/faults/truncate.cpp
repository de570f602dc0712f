// truncate:20@server_hello: 20 bytes more, the rest is lost, and both connections are closed: the
// stream ends inside a record.
#include "ended.hpp"
#include "faults.hpp"

namespace helloscope::fault {
namespace {

class effect_of final : public ended {
  public:
    explicit effect_of(const making& from)
        : ended(from, mark::close, "drops the rest and closes", from.value("keep"), {}) {}
};

constexpr parameter parameters[] = {{"keep", unit::bytes, 0, most_bytes, 0, true}};

} // namespace

constinit const kind faults::truncate{
    "truncate", "drops the rest and closes", parameters, place::stream, make<effect_of>};

} // namespace helloscope::fault
