// What a relay is asked to do. Every deadline and limit has a flag of `helloscope run` of that
// name.
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/net/resolver.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace helloscope::relay {

// Where a recording goes, and how much of it. Nowhere when both paths are empty.
struct recording_options {
    std::filesystem::path file;      // a.pcapng, and its successors a.1.pcapng, a.2.pcapng …
    std::filesystem::path directory; // a file per run, old ones pruned
    std::uint64_t file_size = 64ULL << 20;   // bytes; a larger file is followed by another
    std::chrono::milliseconds file_age{0};   // the same by time; 0: never
    std::uint64_t total_size = 512ULL << 20; // bytes in the directory; older files are removed
    bool payload_all = false;                // every byte is kept, and a slow disk makes us wait
    bool detail_all = false;                 // every record singly
};

struct deadlines {
    std::chrono::milliseconds front{30'000}; // for the request head
    std::chrono::milliseconds resolve{10'000};
    std::chrono::milliseconds connect{30'000}; // for all addresses together
    std::chrono::milliseconds idle{3'600'000}; // no byte either way
};

struct options {
    endpoint listen{{false, {127, 0, 0, 1}}, 8484};
    unsigned threads = 1;
    unsigned max_flows = 8'000; // open at once; more wait in the listen queue
    deadlines limits;
    net::resolve_tables names;
    recording_options recording;
};

} // namespace helloscope::relay
