#include "cpu_use.hpp"

#include "broken.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace bench {

namespace {

struct scheduled {
    double ran = 0, waited = 0; // seconds
};

scheduled read_schedstat(const std::filesystem::path& file) {
    scheduled read;
    std::ifstream(file) >> read.ran >> read.waited; // nanoseconds
    return {read.ran / 1e9, read.waited / 1e9};
}

// The sum over its threads.
double of_process(int process) {
    double sum = 0;
    std::error_code error;
    const auto threads = fmt::format("/proc/{}/task", process);
    for (const auto& thread : std::filesystem::directory_iterator(threads, error))
        sum += read_schedstat(thread.path() / "schedstat").ran;
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
    const auto own = read_schedstat("/proc/self/schedstat");
    spent sum{own.ran, own.waited, 0, of_machine()};
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
        R"("load_cores":{:.3f},"relay_cores":{:.3f},"others_cores":{:.3f},"load_waited":{:.3f})",
        load, relay, std::max(0.0, machine - load - relay), (after.waited - before_.waited) / took);
}

} // namespace bench
