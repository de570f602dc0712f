#include "process_memory.hpp"

#include "broken.hpp"

#include <fstream>
#include <optional>

namespace bench {

namespace {

// A line "Pss:      1234 kB".
std::optional<std::uint64_t> field(int process, const char* file, std::string_view name) {
    std::ifstream lines(fmt::format("/proc/{}/{}", process, file));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(name)) return std::stoull(line.substr(name.size())) * 1024;
    return std::nullopt;
}

} // namespace

memory memory_of(const std::vector<int>& processes) {
    memory sum;
    for (const int process : processes) {
        auto bytes = field(process, "smaps_rollup", "Pss:");
        if (!bytes) {
            bytes = field(process, "status", "VmRSS:");
            sum.measure = "rss";
        }
        if (!bytes) fail("process {}: its memory cannot be read; has it ended?", process);
        sum.bytes += *bytes;
    }
    return sum;
}

} // namespace bench
