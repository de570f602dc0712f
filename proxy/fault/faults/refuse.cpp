// refuse: as if the server had answered the SYN with a reset. Nothing is dialled.
#include "faults.hpp"

namespace helloscope::fault {

constinit const kind faults::refuse{
    "refuse", "the server refuses the connection", {}, place::connect};

} // namespace helloscope::fault
