// The command line of bench_load.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

using seconds = std::chrono::duration<double>;

enum class mode { bulk, rate, latency, idle };
// How a connection reaches our own server: without a relay, through CONNECT, or through a relay
// whose target is fixed.
enum class path { direct, connect, fixed };
enum class way { down, up };
enum class writing { chunks, records };
enum class content { tls, plain };
// What a connection of `rate` does once it stands: see dialogue.hpp.
enum class exchange { flight, request };

struct options {
    bench::mode mode{};
    bench::path path = bench::path::direct;
    std::string relay_host;
    std::uint16_t relay_port = 0;
    std::uint16_t serve = 0; // 0: any free port
    int core = -1;           // -1: not pinned
    int connections = 0;     // 0: what the mode takes by default
    int beside = 0;          // tunnels that stay open and idle meanwhile
    seconds measured{2};
    seconds warm_up{0.5};
    bench::way way = bench::way::down;
    bench::writing writing = bench::writing::chunks;
    std::size_t chunk = 256 * 1024;
    std::size_t record = 16'401; // as its header says; 0: of many sizes
    bench::content content = bench::content::tls;
    bench::exchange exchange = bench::exchange::request;
    std::size_t burst = 64 * 1024; // bytes
    std::vector<int> processes;    // the relay's
    std::string lengths_file;
};

// Throws `broken` that names the argument; --help prints the usage and ends the process.
options parse_options(int count, char** arguments);

} // namespace bench
