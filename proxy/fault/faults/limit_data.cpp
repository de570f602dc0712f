// limit-data:64KiB: closes both connections as soon as so many bytes have passed.
#include "ended.hpp"
#include "faults.hpp"

#include <fmt/format.h>

namespace helloscope::fault {
namespace {

class effect_of final : public ended {
  public:
    explicit effect_of(const making& from)
        : ended(
              from, mark::close, fmt::format("closes after {} bytes", from.value("bytes")),
              from.value("bytes"), {}) {}
};

constexpr parameter parameters[] = {{"bytes", unit::bytes, 0, most_bytes, {}, true}};

} // namespace

constinit const kind faults::limit_data{
    "limit-data", "closes after so many bytes", parameters, place::stream, make<effect_of>};

} // namespace helloscope::fault
