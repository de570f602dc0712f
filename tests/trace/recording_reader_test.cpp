#include "helloscope/trace/recording_reader.hpp"

#include "helloscope/model/json.hpp"
#include "helloscope/wire/pcapng/block_writer.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"
#include "trace/recorded.hpp"

#include <fmt/format.h>
#include <set>

using namespace helloscope;
using test::at;
using test::recorded;
using trace::recording_reader;

namespace {

std::string json_of(const model::event& event) {
    std::string out;
    model::write_json(event, out);
    return out;
}

// One of each, in the order of a flow's life.
std::vector<model::happening> one_of_each() {
    model::verdict verdict;
    verdict.id = "server-silent";
    verdict.summary = "line one\nline two";
    verdict.facts = {{"bytes_acked", "517"}};
    model::records records;
    records.count = 3;
    records.lengths = {{100, 2}, {17, 1}};
    records.first = at(4);
    model::handshake hello;
    hello.type = 1;
    hello.length = 508;
    model::path path;
    path.of = model::leg::server;
    path.sample.snd_mss = 1448;
    return {
        model::flow_opened{test::client, test::listener},
        model::proxy_protocol{model::leg::client, 2, test::client, test::listener},
        model::requested{
            "connect", "CONNECT", "registry.test", 443, "HTTP/1.1", 60, {{"Host", 17, "h"}}},
        model::routed{{"http://proxy.test:3128"}, "HTTPS_PROXY"},
        model::resolved{"registry.test", {test::server.address}, "dns", {}, ""},
        model::connecting{test::server},
        model::connect_failed{test::server, std::chrono::seconds{1}, 1, "ETIMEDOUT", ""},
        model::connected{test::server, test::local, std::chrono::milliseconds{1}, 0},
        model::parent_answered{"http://proxy.test:3128", 403, "Forbidden", {}, "refused"},
        model::answered{200, "Connection established", ""},
        model::clamped{model::leg::server, "mss:1360", 1360, 1348},
        model::seen_before{"name", "registry.test", 3, 1, 517, 1493, "server-silent", {}},
        model::exchanged{"GET", 200, 0, 5, std::chrono::milliseconds{3}},
        model::record{direction::to_server, 22, 0x0301, 512, 0, at(4), false, 100},
        hello,
        model::bytes_read{direction::to_client, 1, 2, 3},
        model::not_tls{direction::to_client, 0, "http"},
        model::alert{direction::to_client, 2, 40},
        path,
        records,
        model::stalled{model::stage::hello, std::chrono::seconds{2}},
        model::lost{1, 2, "queue full"},
        model::shaped{"split:sni", {100, 417}, {}, {}, {}, ""},
        model::segmented{2, 2, 0, true},
        model::faulted{direction::to_server, "stall@100", "", "holds back", 100},
        model::heal_attempt{2, "mss:1360", "not acknowledged", test::server},
        model::heal_attempt_ended{2, "answered", {}, 517, 1200, 517, 0, 0, 0, 1348},
        model::healed{2, "mss:1360", std::chrono::milliseconds{900}, false},
        model::host_settings{0, 1024, 1, 15},
        model::investigated{"mss:536", "answered", "TLS 1.3", 517, {}},
        model::chain_fetched{"", "CN=a", "CN=b", {"a"}, {}, {}, {900}, "", "direct", "00"},
        model::closed{model::leg::client, "peer", "fin", ""},
        verdict,
        model::flow_closed{model::stage::hello, std::chrono::seconds{10}, 517, 0},
    };
}

struct read_back {
    std::vector<std::string> events; // as JSON
    std::string trouble;             // why it ends early, or why it could not be opened
    bool opened = false;
    std::uint64_t packets = 0;
};

read_back read(bytes_view file) {
    read_back out;
    auto recording = recording_reader::open(file);
    if (!recording) return {{}, recording.error().message};
    out.opened = true;
    while (const auto event = recording->next()) out.events.push_back(json_of(*event));
    if (recording->trouble()) out.trouble = recording->trouble()->message;
    out.packets = recording->packets();
    return out;
}

bytes recording_of_each() {
    recorded recording;
    for (const auto& what : one_of_each()) {
        recording.event(what);
        if (std::holds_alternative<model::answered>(what))
            recording.piece(test::piece_of(direction::to_server, bytes(40, 0x16), 517));
    }
    return recording.file;
}

} // namespace

TEST_CASE("every event comes back as it was written") {
    recorded recording;
    std::vector<std::string> written;
    std::set<std::size_t> kinds{0}; // recording_opened is written by begin
    for (const auto& what : one_of_each()) {
        recording.event(what);
        written.push_back(json_of({1, at(recording.now), what}));
        kinds.insert(what.index());
    }
    CHECK(kinds.size() == std::variant_size_v<model::happening>); // a new event belongs above
    auto back = read(recording.file);
    CHECK(back.trouble == "");
    CHECK(back.packets == 12);
    REQUIRE(!back.events.empty());
    CHECK(back.events.front().find("\"event\":\"recording_opened\"") != std::string::npos);
    back.events.erase(back.events.begin());
    CHECK(back.events == written);
}

TEST_CASE("a file cut at every byte yields the events before the cut") {
    const auto file = recording_of_each();
    const auto whole = read(file);
    std::set<std::size_t> ends; // of blocks
    for (wire::pcapng::block_reader blocks{file}; !blocks.at_end(); ends.insert(blocks.offset()))
        REQUIRE(blocks.next());
    for (std::size_t size = 0; size < file.size(); ++size) {
        CAPTURE(size);
        const auto cut = read(
            bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)));
        CHECK(cut.opened == (size >= *ends.begin()));
        CHECK(cut.trouble.empty() == ends.contains(size));
        REQUIRE(cut.events.size() <= whole.events.size());
        CHECK(std::equal(cut.events.begin(), cut.events.end(), whole.events.begin()));
    }
}

TEST_CASE("a byte changed anywhere crashes nothing") {
    recorded recording;
    recording.open();
    recording.piece(test::cut_record(direction::to_client, 100));
    for (std::size_t i = 0; i < recording.file.size(); ++i) {
        auto damaged = recording.file;
        damaged[i] = static_cast<std::uint8_t>(~damaged[i]);
        CHECK(read(damaged).events.size() <= 3);
    }
}

TEST_CASE("trouble says where and what came before") {
    recorded recording;
    recording.open();
    const auto size = recording.file.size();
    SECTION("the file ends within a block") {
        recording.event(model::connecting{test::server});
        recording.file.pop_back();
        CHECK(
            read(recording.file).trouble ==
            fmt::format(
                "the file ends within the block at byte {}; before it: 3 events, 6 packets", size));
    }
    SECTION("the framing is damaged") {
        recording.event(model::connecting{test::server});
        recording.file[size + 4] = 3;
        CHECK(
            read(recording.file).trouble ==
            fmt::format(
                "in the block at byte {}: malformed block_total_length at byte {}; before it: 3 "
                "events, 6 packets",
                size, size + 4));
    }
    SECTION("an event is none") {
        wire::pcapng::write_journal(
            recording.file, at(9),
            {{"SYSLOG_IDENTIFIER", "helloscope"}, {"MESSAGE", "{\"event\":\"tea_time\"}"}});
        recording.event(model::connecting{test::server});
        const auto back = read(recording.file);
        CHECK(back.events.size() == 3);
        CHECK_THAT(back.trouble, Catch::Contains(fmt::format("in the event at byte {}: ", size)));
        CHECK_THAT(back.trouble, Catch::Contains("tea_time"));
    }
    SECTION("an event is missing") {
        wire::pcapng::write_journal(recording.file, at(9), {{"SYSLOG_IDENTIFIER", "helloscope"}});
        CHECK_THAT(read(recording.file).trouble, Catch::Contains("it has no MESSAGE"));
    }
}

TEST_CASE("other programs' journal entries are passed over") {
    recorded recording;
    wire::pcapng::write_journal(
        recording.file, at(9), {{"SYSLOG_IDENTIFIER", "sshd"}, {"MESSAGE", "hello"}});
    recording.open();
    const auto back = read(recording.file);
    CHECK(back.events.size() == 3);
    CHECK(back.trouble == "");
}

TEST_CASE("a recording that another tool copied is one still") {
    bytes file;
    wire::pcapng::section copied;
    copied.application = "Editcap (Wireshark) 4.0.17";
    wire::pcapng::write_section(file, copied);
    recorded recording;
    const auto first = wire::pcapng::block_reader{recording.file};
    auto original = first;
    REQUIRE(original.next());
    file.insert(
        file.end(), recording.file.begin() + static_cast<std::ptrdiff_t>(original.offset()),
        recording.file.end());
    CHECK(read(file).events.size() == 1);
}

TEST_CASE("what is no recording of ours is refused with the reason") {
    bytes foreign;
    wire::pcapng::section dumpcap;
    dumpcap.application = "Dumpcap (Wireshark) 4.0.17";
    wire::pcapng::write_section(foreign, dumpcap);
    auto damaged = foreign;
    damaged.insert(damaged.end(), {6, 0, 0, 0});
    const auto pcap = test::hex("d4c3b2a1 0200 0400 00000000 00000000 00000400 65000000");
    const std::string none =
        "this capture holds no helloscope events: it was not written by helloscope run";
    CHECK(read(foreign).trouble == none);
    CHECK(read(damaged).trouble == none);
    CHECK(read(pcap).trouble == none);
    CHECK_THAT(
        read(test::hex("50 4b 03 04 00")).trouble, Catch::Contains("begins with 50 4b 03 04"));
    CHECK_THAT(read(bytes{}).trouble, Catch::Contains("empty"));
    CHECK(
        read(bytes(foreign.begin(), foreign.begin() + 20)).trouble ==
        "the file ends within the block at byte 0; before it: 0 events, 0 packets");
}
