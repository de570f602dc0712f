// connect-stall: as if every SYN were dropped, until --connect-timeout; connect-stall:3s: for 3 s,
// then the connection is made.
#include "../effect.hpp"
#include "faults.hpp"

namespace helloscope::fault {
namespace {

constexpr parameter parameters[] = {{"time", unit::time, 0, longest_time, 0, true}};

} // namespace

constinit const kind faults::connect_stall{
    "connect-stall", "the server does not answer the connection", parameters, place::connect};

} // namespace helloscope::fault
