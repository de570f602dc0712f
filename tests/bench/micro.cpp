// What the bytes of a flow cost below the purity line: the record walker, the hello parser, and the
// encoders of a recording, a call or a buffer at a time.
#include "dialogue.hpp"
#include "record_pattern.hpp"

#include "helloscope/diagnose/diagnose.hpp"
#include "helloscope/model/json.hpp"
#include "helloscope/trace/recording_writer.hpp"
#include "helloscope/wire/pcapng/block_writer.hpp"
#include "helloscope/wire/tls/conversation.hpp"
#include "helloscope/wire/tls/fingerprint.hpp"

#include "support/flows.hpp"

#include <benchmark/benchmark.h>

using namespace helloscope;
namespace tls = wire::tls;

namespace {

constexpr std::size_t hello_body_at = tls::record_header_size + tls::handshake_header_size;
constexpr auto to_client = direction::to_client;

bytes_view view(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string hello() { return bench::handshake(bench::content::tls).front().bytes; }

timestamp noon() { return timestamp{std::chrono::seconds{1'795'213'175}}; }

endpoint ends(std::string_view text) { return parse_endpoint(text).value(); }

void per_record(benchmark::State& state, std::uint64_t records) {
    state.SetItemsProcessed(static_cast<std::int64_t>(records));
}

// ---- wire/tls -----------------------------------------------------------------------------------

// Whole records in a buffer of 256 KiB, as the copying path sees them. The argument: their length.
void walk_records(benchmark::State& state) {
    bench::options given;
    given.record = static_cast<std::size_t>(state.range(0));
    const bench::record_pattern pattern(given);
    tls::record_walker walker;
    std::uint64_t sent = 0, records = 0;
    for (auto _ : state) {
        auto input = view(pattern.next(sent, bench::writing::chunks));
        sent += input.size();
        while (const auto piece = walker.next(input)) records += piece->last;
        benchmark::DoNotOptimize(walker);
    }
    per_record(state, records);
    state.SetBytesProcessed(static_cast<std::int64_t>(sent));
}
BENCHMARK(walk_records)->Arg(100)->Arg(1'400)->Arg(16'401);

// A header is seen, the body stays in the kernel, as the fast path has it.
void skip_records(benchmark::State& state) {
    const std::uint8_t header[]{0x17, 3, 3, 0x40, 0x11};
    tls::record_walker walker;
    std::uint64_t records = 0;
    for (auto _ : state) {
        bytes_view input(header);
        while (walker.next(input)) {}
        records += walker.skip(walker.remaining())->last;
    }
    per_record(state, records);
}
BENCHMARK(skip_records);

// Every record and message of a TLS 1.3 handshake, both ways, the hellos parsed.
void follow_handshake(benchmark::State& state) {
    const auto said = bench::handshake(bench::content::tls);
    tls::conversation_sink sink;
    for (auto _ : state) {
        tls::conversation talk;
        for (const auto& message : said) {
            const auto way = message.from == bench::side::client ? direction::to_server : to_client;
            talk.feed(way, view(message.bytes), sink);
        }
        benchmark::DoNotOptimize(talk);
    }
}
BENCHMARK(follow_handshake);

void parse_hello(benchmark::State& state) {
    const auto record = hello();
    const auto body = view(record).subspan(hello_body_at);
    for (auto _ : state) benchmark::DoNotOptimize(tls::parse_client_hello(body));
}
BENCHMARK(parse_hello);

void fingerprint_hello(benchmark::State& state) {
    const auto record = hello();
    const auto parsed = tls::parse_client_hello(view(record).subspan(hello_body_at)).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(tls::ja3(parsed));
        benchmark::DoNotOptimize(tls::ja4(parsed));
    }
}
BENCHMARK(fingerprint_hello);

// ---- pcapng and recordings ----------------------------------------------------------------------

void write_packet(benchmark::State& state) {
    const bytes headers(44), record(5);
    wire::pcapng::packet_pieces packet;
    packet.time = noon();
    packet.captured = {headers, record};
    packet.original_length = 44 + 16'406;
    bytes out;
    for (auto _ : state) {
        out.clear();
        wire::pcapng::write_packet(out, packet);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(write_packet);

model::event record_event() {
    model::record seen;
    seen.dir = to_client;
    seen.content_type = 23;
    seen.version = 0x0303;
    seen.length = 16'401;
    seen.offset = 1'000'000;
    seen.first = noon();
    seen.encrypted = true;
    return {1, noon(), seen};
}

void record_json(benchmark::State& state) {
    const auto event = record_event();
    std::string out;
    for (auto _ : state) {
        out.clear();
        model::write_json(event, out);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(record_json);

// One record of an open flow as a recording has it: its event, and its header as a packet of each
// leg.
void record_one(benchmark::State& state) {
    trace::recording_writer writer({"0.1.0", 1, "synthesized", "handshake", "runs"});
    bytes out;
    writer.begin(noon(), out);
    const auto client = ends("127.0.0.1:50000"), listener = ends("127.0.0.1:8484");
    writer.write({1, noon(), model::flow_opened{client, listener}}, out);
    const auto server = ends("198.51.100.1:443"), local = ends("192.0.2.7:40000");
    writer.write({1, noon(), model::connected{server, local, {}, 0}}, out);
    trace::piece piece;
    piece.flow = 1;
    piece.time = noon();
    piece.dir = to_client;
    piece.header_size = tls::record_header_size;
    piece.header = {0x17, 3, 3, 0x40, 0x11};
    piece.length = 16'406;
    const auto event = record_event();
    for (auto _ : state) {
        out.clear();
        writer.write(event, out);
        writer.write(piece, out);
        benchmark::DoNotOptimize(out.data());
    }
    state.counters["bytes"] = static_cast<double>(out.size());
}
BENCHMARK(record_one);

// A run as bulk has it: 4,096 records, of one length or of many. The argument: lengths in a row.
void record_run(benchmark::State& state) {
    model::records run;
    run.dir = to_client;
    run.version = 0x0303;
    run.count = 4'096;
    const auto in_a_row = static_cast<std::uint32_t>(state.range(0));
    for (std::uint32_t i = 0; i < run.count; i += in_a_row)
        run.lengths.push_back({10'000 + i % 5'000, in_a_row});
    const model::event event{1, noon(), std::move(run)};
    std::string out;
    for (auto _ : state) {
        out.clear();
        model::write_json(event, out);
        benchmark::DoNotOptimize(out.data());
    }
    state.counters["bytes"] = static_cast<double>(out.size());
}
BENCHMARK(record_run)->Arg(1)->Arg(4'096);

// ---- diagnosis ----------------------------------------------------------------------------------

// What the rules are asked about a flow: its facts are gathered, every rule looks at them. Once for
// a flow that went well, at its end; each time that something new is known of one that stalls.
void ask_rules(benchmark::State& state, const model::timeline& flow) {
    for (auto _ : state) benchmark::DoNotOptimize(diagnose::diagnose(model::make_facts(flow)));
}
BENCHMARK_CAPTURE(ask_rules, healthy, test::healthy().told());
BENCHMARK_CAPTURE(ask_rules, stalled, test::silent(false).told());

} // namespace

BENCHMARK_MAIN();
