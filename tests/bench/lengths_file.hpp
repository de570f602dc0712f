// The lengths of all records that each connection sent, to hold a recording against.
#pragma once

#include "record_pattern.hpp"
#include "tunnels.hpp"

namespace bench {

// A line a connection and direction: {"client_port":…,"dir":"to_server"|"to_client",
// "records":[[type,length,count],…]} with runs of equal records joined. Ports must be noted before
// a tunnel closes. Writes nothing where no file is asked for.
void write_lengths(const options&, const std::vector<tunnel*>&, const record_pattern&);
void note_ports(const std::vector<tunnel*>&);

} // namespace bench
