#include "helloscope/relay/recorder.hpp"

#include "helloscope/trace/recording_reader.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

#include <csignal>
#include <fstream>
#include <future>
#include <latch>
#include <set>
#include <sys/resource.h>

using namespace helloscope;
using namespace helloscope::relay;
namespace fs = std::filesystem;

namespace {

timestamp now() { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); }

model::event opened(std::uint64_t flow) {
    return {
        flow, now(),
        model::flow_opened{*parse_endpoint("127.0.0.1:5000"), *parse_endpoint("127.0.0.1:8484")}};
}

bytes content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<model::event> events_in(const fs::path& path) {
    const auto content = content_of(path);
    auto reader = trace::recording_reader::open(content);
    if (!reader) throw std::runtime_error(reader.error().message);
    std::vector<model::event> out;
    while (auto event = reader->next()) out.push_back(std::move(*event));
    if (reader->trouble()) throw std::runtime_error(reader->trouble()->message);
    return out;
}

template <class T> std::vector<T> all(const std::vector<model::event>& events) {
    std::vector<T> out;
    for (const auto& one : events)
        if (const auto* got = std::get_if<T>(&one.what)) out.push_back(*got);
    return out;
}

std::unique_ptr<recorder> start(
    const recording_options& where, onlookers to = {}, unsigned inlets = 1) {
    auto started = recorder::start(where, inlets, std::move(to));
    if (!started) throw std::runtime_error(started.error().message);
    return std::move(*started);
}

} // namespace

TEST_CASE("what flows tell is in the file and with the onlookers when the recorder stops") {
    const test::folder folder;
    recording_options where;
    where.file = folder.path() / "r.pcapng";
    std::vector<std::uint64_t> seen, over;
    onlookers to;
    to.event = [&](const model::event& event) { seen.push_back(event.flow); };
    to.flow = [&](const model::timeline& flow) { over.push_back(flow.flow); };
    auto record = start(where, to, 2);
    record->way_in(0).event(opened(1));
    record->way_in(1).event(opened(2));
    auto line = std::make_unique<model::timeline>();
    line->flow = 1;
    record->way_in(0).flow(std::move(line));
    CHECK(record->way_in(0).wants_pieces());
    const auto totals = record->stop();
    CHECK(totals.path == where.file);
    CHECK(totals.lost_events == 0);
    CHECK(seen.size() == 2);
    CHECK(over == std::vector<std::uint64_t>{1});
    const auto events = events_in(where.file);
    CHECK(all<model::recording_opened>(events).at(0).packets == "synthesized");
    CHECK(all<model::flow_opened>(events).size() == 2);
}

TEST_CASE("without a recording onlookers see everything, and nobody wants pieces") {
    std::size_t seen = 0;
    onlookers to;
    to.event = [&](const model::event&) { ++seen; };
    auto record = start({}, to);
    CHECK_FALSE(record->way_in(0).wants_pieces());
    for (int i = 0; i < 100; ++i) record->way_in(0).event(opened(1));
    CHECK(record->stop().path.empty());
    CHECK(seen == 100);
}

TEST_CASE("what a slow recorder cannot take in is counted, marked and told") {
    const test::folder folder;
    recording_options where;
    where.file = folder.path() / "r.pcapng";
    std::promise<void> reached, go_on;
    bool first = true;
    onlookers to;
    to.event = [&](const model::event&) {
        if (!std::exchange(first, false)) return;
        reached.set_value();
        go_on.get_future().wait(); // as a disk that hangs
    };
    auto record = start(where, to);
    record->way_in(0).event(opened(1));
    reached.get_future().wait();
    constexpr std::size_t many = 20'000;
    for (std::size_t i = 0; i < many; ++i) record->way_in(0).event(opened(2));
    go_on.set_value();
    const auto totals = record->stop();
    CHECK(totals.lost_events > 0);
    const auto events = events_in(where.file);
    std::uint64_t marked = 0;
    for (const auto& one : all<model::lost>(events)) marked += one.events;
    CHECK(marked == totals.lost_events);
    CHECK(all<model::flow_opened>(events).size() + marked == many + 1);
}

TEST_CASE("with all payload a flow is told to wait before anything is lost") {
    const test::folder folder;
    recording_options where;
    where.file = folder.path() / "r.pcapng";
    where.payload_all = true;
    std::promise<void> reached, go_on;
    bool first = true;
    onlookers to;
    to.event = [&](const model::event&) {
        if (!std::exchange(first, false)) return;
        reached.set_value();
        go_on.get_future().wait();
    };
    auto record = start(where, to);
    record->way_in(0).event(opened(1));
    reached.get_future().wait();
    std::size_t pieces = 0;
    while (!record->way_in(0).crowded()) {
        trace::piece bytes;
        bytes.flow = 1;
        bytes.time = now();
        bytes.body.resize(10'000);
        bytes.length = bytes.body.size();
        record->way_in(0).piece(std::move(bytes));
        REQUIRE(++pieces < 10'000);
    }
    go_on.set_value();
    const auto totals = record->stop();
    CHECK(totals.lost_packets == 0);
}

TEST_CASE("a full disk loses events, not the file, and is told once") {
    const test::folder folder;
    recording_options where;
    where.file = folder.path() / "r.pcapng";
    std::vector<std::string> troubles;
    std::atomic<std::size_t> troubled{0};
    std::atomic<std::size_t> seen{0};
    onlookers to;
    to.event = [&](const model::event&) { ++seen; };
    to.trouble = [&](std::string_view what) {
        troubles.emplace_back(what);
        ++troubled;
    };
    // The file size limit of this process stands for the disk.
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit little{2'000, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &little);
    auto record = start(where, to);
    std::size_t told = 0;
    while (troubled == 0) {
        record->way_in(0).event(opened(++told));
        while (seen < told) std::this_thread::yield();
    }
    for (int i = 0; i < 10; ++i) record->way_in(0).event(opened(++told));
    while (seen < told) std::this_thread::yield();
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);

    SECTION("and goes on when there is room again") {
        record->way_in(0).event(opened(++told));
        const auto totals = record->stop();
        REQUIRE(troubles.size() == 2);
        CHECK(troubles[0].starts_with("cannot write " + where.file.string() + ": File too large"));
        CHECK(troubles[1].starts_with("recording goes on in "));
        const auto events = events_in(where.file);
        const auto lost = all<model::lost>(events);
        REQUIRE(lost.size() == 1);
        CHECK(lost[0].reason == "File too large");
        CHECK(lost[0].events == totals.lost_events);
        // The flows that are still open are told again behind the gap, so none is missing.
        std::set<std::uint64_t> flows;
        for (const auto& one : events) flows.insert(one.flow);
        CHECK(flows.size() == told + 1); // and flow 0, the recording itself
    }
    SECTION("and what was written before stays readable") {
        record->stop(); // nothing is on its way into the file any more
        CHECK_FALSE(events_in(where.file).empty());
    }
}

TEST_CASE("a recording goes on in the next file when one is full") {
    const test::folder folder;
    recording_options where;
    where.file = folder.path() / "r.pcapng";
    where.file_size = 5'000;
    auto record = start(where);
    for (std::uint64_t flow = 1; flow <= 1'000; ++flow) {
        record->way_in(0).event(opened(flow));
        record->way_in(0).event({flow, now(), model::flow_closed()});
    }
    const auto totals = record->stop();
    CHECK(totals.path != where.file);
    std::size_t ended = 0;
    for (const auto& entry : fs::directory_iterator(folder.path())) {
        const auto events = events_in(entry.path());
        CHECK(all<model::recording_opened>(events).size() == 1);
        ended += all<model::flow_closed>(events).size();
    }
    CHECK(ended == 1'000);
}

TEST_CASE("a recording that cannot begin is refused") {
    recording_options where;
    where.file = "/no-such-directory/r.pcapng";
    const auto refused = recorder::start(where, 1, {});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.starts_with("cannot record to /no-such-directory/r.pcapng: "));
}

TEST_CASE("a thread that tells little has its turn beside one that fills every batch") {
    const test::folder folder;
    recording_options where;
    where.file = folder.path() / "r.pcapng";
    std::latch queued(1);
    std::vector<std::uint64_t> seen;
    onlookers to;
    to.event = [&](const model::event& event) {
        if (event.flow == 1) queued.wait(); // until both queues are filled
        seen.push_back(event.flow);
    };
    auto record = start(where, to, 2);
    constexpr std::uint64_t busy = 4'000, quiet = 100'000;
    for (std::uint64_t flow = 1; flow <= busy; ++flow) record->way_in(0).event(opened(flow));
    record->way_in(1).event(opened(quiet));
    queued.count_down();
    CHECK(record->stop().lost_events == 0);
    REQUIRE(seen.size() == busy + 1);
    CHECK(std::ranges::find(seen, quiet) - seen.begin() < static_cast<std::ptrdiff_t>(busy / 2));
}
