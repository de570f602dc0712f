// Toxiproxy's toxics as faults, one to one: what its HTTP API calls a toxic is kept as a fault, and
// shown as a toxic again. Times are milliseconds there (the slicer's microseconds), rates KB/s.
//
//     latency     latency, jitter                     latency:100ms,jitter=20ms
//     bandwidth   rate                                throttle:64kB/s
//     slow_close  delay                               slow-close:2s
//     timeout     timeout                             timeout:2s
//     reset_peer  timeout                             reset:100ms
//     slicer      average_size, size_variation, delay slice:100,vary=20,pause=1ms
//     limit_data  bytes                               limit-data:64000
#pragma once

#include "helloscope/fault/spec.hpp"

namespace helloscope::fault {

struct toxic {
    struct attribute {
        std::string name;
        std::int64_t value = 0;
        bool operator==(const attribute&) const = default;
    };
    std::string name; // empty: "<type>_<stream>"
    std::string type;
    std::string stream = "downstream"; // "upstream" is to_server
    double toxicity = 1;
    std::vector<attribute> attributes; // those that are left out are 0

    bool operator==(const toxic&) const = default;
};

// The failure says which field is wrong, and what is expected.
result<spec> parse_toxic(const toxic& given);
// With all attributes of its type; nothing when no toxic says this.
std::optional<toxic> to_toxic(const spec& fault);

} // namespace helloscope::fault
