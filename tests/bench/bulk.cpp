#include "broken.hpp"
#include "cpu_use.hpp"
#include "lengths_file.hpp"
#include "modes.hpp"
#include "transfer.hpp"

namespace bench {

namespace {

constexpr std::chrono::seconds most_to_finish(30);

clock::time_point turn_until(loop& with, clock::duration later) {
    auto now = clock::now();
    for (const auto end = now + later; now < end; now = clock::now()) with.turn();
    return now;
}

clock::duration ticks(seconds value) { return std::chrono::duration_cast<clock::duration>(value); }

void finish(loop& with, transfer& moving, std::size_t tunnels) {
    moving.finish();
    const auto limit = clock::now() + most_to_finish;
    while (moving.done() < tunnels) {
        with.turn();
        if (clock::now() > limit)
            fail(
                "{} of {} tunnels had not ended after {} s", tunnels - moving.done(), tunnels,
                most_to_finish.count());
    }
}

} // namespace

// Every tunnel sends all the time; what the receivers got between two looks at the clock counts.
// Then all is drained, and compared.
std::string run_bulk(const options& given) {
    loop events;
    tunnels opened(events, given);
    const record_pattern pattern(given);
    const auto says = handshake(given.content);
    no_use nothing;
    transfer moving(events, opened, given, pattern);
    opened.open_all(given.beside, says, nothing);
    const auto busy = opened.open_all(given.connections, says, moving);
    note_ports(busy);
    moving.start(busy);
    const auto begin = turn_until(events, ticks(given.warm_up));
    const cpu_use used(given.processes);
    const auto before = moving.received();
    const auto end = turn_until(events, ticks(given.measured));
    const auto bytes = moving.received() - before;
    const auto cores = used.members();
    finish(events, moving, busy.size());
    write_lengths(given, busy, pattern);
    const auto took = seconds(end - begin).count();
    return fmt::format(
        R"({{"mode":"bulk","way":"{}","write":"{}","content":"{}","connections":{},"beside":{},)"
        R"("seconds":{:.3f},"bytes":{},"total_bytes":{},"gb_per_s":{:.3f},{}}})",
        given.way == way::down ? "down" : "up",
        given.writing == writing::records ? "record" : std::to_string(given.chunk),
        given.content == content::tls ? "tls" : "plain", given.connections, given.beside, took,
        bytes, moving.received(), static_cast<double>(bytes) / took / 1e9, cores);
}

} // namespace bench
