#include "cpu_use.hpp"

#include "broken.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <time.h>
#include <unistd.h>

namespace bench {

namespace {

double own() {
    timespec spent{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

// Every thread's: the first number of its schedstat, in nanoseconds.
double of_process(int process) {
    double sum = 0;
    std::error_code error;
    const auto threads = fmt::format("/proc/{}/task", process);
    for (const auto& thread : std::filesystem::directory_iterator(threads, error)) {
        double nanoseconds = 0;
        std::ifstream(thread.path() / "schedstat") >> nanoseconds;
        sum += nanoseconds / 1e9;
    }
    if (error) fail("process {}: {}", process, error.message());
    return sum;
}

// All that is neither idle nor waiting for a disk, stolen time included.
double of_machine() {
    std::ifstream stat("/proc/stat");
    std::string name;
    double user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softirq = 0, steal = 0;
    stat >> name >> user >> nice >> system >> idle >> waiting >> irq >> softirq >> steal;
    const auto ticks = user + nice + system + irq + softirq + steal;
    return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

} // namespace

cpu_use::cpu_use(std::vector<int> relay)
    : relay_(std::move(relay)), begin_(clock::now()), before_(now()) {}

cpu_use::spent cpu_use::now() const {
    spent sum{own(), 0, of_machine()};
    for (const int process : relay_) sum.relay += of_process(process);
    return sum;
}

std::string cpu_use::members() const {
    const auto after = now();
    const auto took = seconds(clock::now() - begin_).count();
    const auto load = (after.load - before_.load) / took;
    const auto relay = (after.relay - before_.relay) / took;
    const auto machine = (after.machine - before_.machine) / took;
    return fmt::format(
        R"("load_cores":{:.3f},"relay_cores":{:.3f},"others_cores":{:.3f})", load, relay,
        std::max(0.0, machine - load - relay));
}

} // namespace bench
