// bench_load: the load generator of `make bench`. Both ends of every connection in one process and
// one thread, so that a relay can have the other core. It is linked to nothing of helloscope.
#include "broken.hpp"
#include "modes.hpp"

#include <cstdio>
#include <sched.h>
#include <sys/resource.h>

using namespace bench;

namespace {

void pin_to(int core) {
    if (core < 0) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<unsigned>(core), &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) fail("--core {}: {}", core, error_text());
}

// Two sockets a tunnel, and a few files.
void allow_sockets(const options& given) {
    const auto needed = static_cast<rlim_t>(2 * (given.connections + given.beside) + 100);
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < needed)
        fail(
            "{} sockets and files are needed, {} may be open: raise ulimit -Hn", needed,
            limit.rlim_max);
}

std::string run(const options& given) {
    switch (given.mode) {
    case mode::bulk: return run_bulk(given);
    case mode::rate: return run_rate(given);
    case mode::latency: return run_latency(given);
    case mode::idle: return run_idle(given);
    }
    return {};
}

} // namespace

int main(int count, char** arguments) {
    try {
        const auto given = parse_options(count, arguments);
        pin_to(given.core);
        allow_sockets(given);
        std::puts(run(given).c_str());
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_load: %s\n", error.what());
        return 1;
    }
}
