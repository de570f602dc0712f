#include "options.hpp"

#include "broken.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string_view>

namespace bench {

namespace {

constexpr auto usage = R"(usage: bench_load bulk|rate|latency|idle [OPTIONS]

Client and server in one process and one thread, with a relay between them; one JSON line on stdout.
  bulk      GB/s in one direction
  rate      connections a second, each opened, used once and closed
  latency   microseconds of one-byte round trips
  idle      bytes of a process for each open tunnel, before and after a burst on all of them

The way from client to server
  --direct              none between them (default)
  --via HOST:PORT       an HTTP proxy, by CONNECT; HOST is an IPv4 address
  --tcp HOST:PORT       a relay whose target is fixed: give --serve too
  --serve PORT          the server's port on 127.0.0.1 (default: any free one)

What passes
  --connections N       bulk 8, rate 1, latency 1, idle 9000
  --beside N            so many more tunnels, open and idle meanwhile
  --seconds S           measured (2); --warm-up S before that (0.5). idle: how long the memory has
                        to stay the same
  --way down|up         bulk, idle: to the client or to the server (down)
  --write SIZE|record   bulk: bytes a send (262144), or one TLS record a send
  --record SIZE|varied  length of application data records (16401, as OpenSSL's when full)
  --plain               not TLS: the same sizes
  --exchange request|flight
                        rate: a handshake and a small request, or no more than the client's hello
                        and the server's flight, which is a failure to who reads TLS (request)
  --burst KIB           idle: bytes through each tunnel (64)

What is noted
  --pid PID             the relay's process, for its processor time and memory; repeatable
  --verify-lengths FILE every record's length as sent, by client port and direction, as JSON lines
  --core N              run on this core alone
)";

template <typename Number> Number number(std::string_view name, std::string_view text) {
    Number value{};
    const auto end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || at != end || value < 0) fail("{} {}: not a number", name, text);
    return value;
}

template <typename Value>
Value one_of(
    std::string_view name, const std::string& text, const std::map<std::string, Value>& values) {
    const auto found = values.find(text);
    if (found != values.end()) return found->second;
    std::string known;
    for (const auto& [word, value] : values) known += (known.empty() ? "" : ", ") + word;
    fail("{} {}: one of {}", name, text, known);
}

class reader {
  public:
    reader(int count, char** arguments) : words_(arguments + 1, arguments + count) {}

    bool more() const { return at_ < words_.size(); }

    std::string next(std::string_view of) {
        if (!more()) fail("{} needs a value", of);
        return words_[at_++];
    }

  private:
    std::vector<std::string> words_;
    std::size_t at_ = 0;
};

void relay(options& to, std::string_view name, const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) fail("{} {}: HOST:PORT is needed", name, text);
    to.relay_host = text.substr(0, colon);
    to.relay_port = number<std::uint16_t>(name, std::string_view(text).substr(colon + 1));
    to.path = name == "--via" ? path::connect : path::fixed;
}

void take(options& to, const std::string& name, reader& words) {
    const auto value = [&] { return words.next(name); };
    if (name == "--direct")
        to.path = path::direct;
    else if (name == "--via" || name == "--tcp")
        relay(to, name, value());
    else if (name == "--serve")
        to.serve = number<std::uint16_t>(name, value());
    else if (name == "--core")
        to.core = number<int>(name, value());
    else if (name == "--connections")
        to.connections = number<int>(name, value());
    else if (name == "--beside")
        to.beside = number<int>(name, value());
    else if (name == "--seconds")
        to.measured = seconds(number<double>(name, value()));
    else if (name == "--warm-up")
        to.warm_up = seconds(number<double>(name, value()));
    else if (name == "--way")
        to.way = one_of<way>(name, value(), {{"down", way::down}, {"up", way::up}});
    else if (name == "--write") {
        const auto size = value();
        to.writing = size == "record" ? writing::records : writing::chunks;
        if (size != "record") to.chunk = number<std::size_t>(name, size);
    } else if (name == "--record") {
        const auto size = value();
        to.record = size == "varied" ? 0 : number<std::size_t>(name, size);
    } else if (name == "--plain")
        to.content = content::plain;
    else if (name == "--exchange")
        to.exchange = one_of<exchange>(
            name, value(), {{"flight", exchange::flight}, {"request", exchange::request}});
    else if (name == "--burst")
        to.burst = number<std::size_t>(name, value()) * 1024;
    else if (name == "--pid")
        to.processes.push_back(number<int>(name, value()));
    else if (name == "--verify-lengths")
        to.lengths_file = value();
    else
        fail("{}: no such option; bench_load --help lists them", name);
}

void check(const options& given) {
    if (given.path == path::fixed && given.serve == 0)
        fail("--tcp needs --serve PORT: the port that the relay leads to");
    if (given.chunk == 0) fail("--write 0: nothing would ever be sent");
    if (given.record > 16'640) fail("--record {}: a TLS record holds 16640 at most", given.record);
    if (given.record == 0 && given.content == content::plain)
        fail("--record varied and --plain exclude each other");
    if (given.mode == mode::idle && given.processes.empty()) fail("idle needs --pid PID");
}

} // namespace

options parse_options(int count, char** arguments) {
    reader words(count, arguments);
    options parsed;
    std::string word = words.more() ? words.next("") : "--help";
    if (word == "--help" || word == "-h") {
        std::fputs(usage, stdout);
        std::exit(0);
    }
    parsed.mode = one_of<mode>(
        "the mode", word,
        {{"bulk", mode::bulk},
         {"rate", mode::rate},
         {"latency", mode::latency},
         {"idle", mode::idle}});
    while (words.more()) take(parsed, words.next(""), words);
    static const std::map<mode, int> usual{
        {mode::bulk, 8}, {mode::rate, 1}, {mode::latency, 1}, {mode::idle, 9000}};
    if (parsed.connections == 0) parsed.connections = usual.at(parsed.mode);
    check(parsed);
    return parsed;
}

} // namespace bench
