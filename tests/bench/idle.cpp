#include "broken.hpp"
#include "modes.hpp"
#include "process_memory.hpp"
#include "transfer.hpp"

#include <algorithm>
#include <array>

namespace bench {

namespace {

constexpr std::chrono::seconds most_to_burst(60);
constexpr std::chrono::seconds most_to_settle(20);
constexpr int equal_looks = 5;
constexpr std::uint64_t equal_within = 64 * 1024; // bytes

// Looks until the memory has stayed the same for --seconds; then, or after 20 s, what it is.
std::uint64_t settled(loop& with, const options& given) {
    const auto apart = std::chrono::duration_cast<clock::duration>(
        given.measured / (equal_looks - 1));
    std::vector<std::uint64_t> looks;
    const auto limit = clock::now() + most_to_settle;
    do {
        const auto next = clock::now() + apart;
        while (clock::now() < next) with.turn();
        looks.push_back(memory_of(given.processes).bytes);
        if (looks.size() < equal_looks) continue;
        const auto [least, most] = std::minmax_element(looks.end() - equal_looks, looks.end());
        if (*most - *least <= equal_within) break;
    } while (clock::now() < limit);
    return looks.back();
}

void burst(loop& with, transfer& moving, const std::vector<tunnel*>& through, std::size_t bytes) {
    moving.start(through, bytes);
    const auto limit = clock::now() + most_to_burst;
    while (moving.done() < through.size()) {
        with.turn();
        if (clock::now() > limit)
            fail(
                "the burst had arrived in {} of {} tunnels after a minute", moving.done(),
                through.size());
    }
}

double each(std::uint64_t bytes, std::uint64_t before, int tunnels) {
    return (static_cast<double>(bytes) - static_cast<double>(before)) / tunnels;
}

} // namespace

// Memory before the first tunnel, with all of them open and silent after their handshakes, and
// silent again after a burst through all of them at once; its peak is what one look right after
// the burst saw.
std::string run_idle(const options& given) {
    loop events;
    tunnels opened(events, given);
    const record_pattern pattern(given);
    const auto says = handshake(given.content);
    no_use nothing;
    transfer moving(events, opened, given, pattern);
    const auto before = settled(events, given);
    const auto through = opened.open_all(given.connections, says, nothing);
    const auto silent = settled(events, given);
    burst(events, moving, through, given.burst);
    const auto peak = memory_of(given.processes).bytes;
    const auto after = settled(events, given);
    return fmt::format(
        R"({{"mode":"idle","content":"{}","tunnels":{},"measure":"{}","before_bytes":{},)"
        R"("burst_bytes":{},"each_bytes":{:.0f},"each_in_burst_bytes":{:.0f},)"
        R"("each_after_burst_bytes":{:.0f}}})",
        given.content == content::tls ? "tls" : "plain", given.connections,
        memory_of(given.processes).measure, before, given.burst,
        each(silent, before, given.connections), each(peak, before, given.connections),
        each(after, before, given.connections));
}

} // namespace bench
