// The memory of other processes, as the kernel counts it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct memory {
    std::uint64_t bytes = 0;
    const char* measure = "pss"; // "rss" where the other user's smaps_rollup cannot be read
};

// The sum over processes; throws `broken` when one has gone.
memory memory_of(const std::vector<int>& processes);

} // namespace bench
