// dns-fail: as if the name did not exist. Nothing is looked up.
#include "faults.hpp"

namespace helloscope::fault {

constinit const kind faults::dns_fail{"dns-fail", "the name does not resolve", {}, place::resolve};

} // namespace helloscope::fault
