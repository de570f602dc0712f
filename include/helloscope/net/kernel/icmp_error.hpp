// Who sent the ICMP error that failed a connect (IP_RECVERR, ip(7); no rights needed).
#pragma once

#include <string>

namespace helloscope::net {

void ask_for_icmp_errors(int socket, bool v6); // before connect
// After connect: on an established connection it would make passing ICMP errors fatal.
void ignore_icmp_errors(int socket, bool v6);

// "10.77.2.2 (ICMP type 3 code 13)", or empty: no ICMP error, or a kernel that does not say.
std::string icmp_error_source(int socket);

} // namespace helloscope::net
