#include "helloscope/trace/recording_writer.hpp"

#include "helloscope/model/json.hpp"
#include "helloscope/wire/packet/link.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"
#include "trace/recorded.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <map>
#include <new>

using namespace helloscope;
using namespace helloscope::wire::packet;
using test::at;
using test::cut_record;
using test::hex;
using test::piece_of;
using test::recorded;

namespace {
std::size_t allocations = 0;
}

// Counted, for the test that bulk allocates nothing. Catch2 uses the form without exceptions.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size);
}
void* operator new(std::size_t size) {
    if (void* memory = operator new(size, std::nothrow)) return memory;
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

constexpr auto to_server = direction::to_server;
constexpr auto to_client = direction::to_client;

template <class T> std::vector<T> blocks_in(bytes_view file) {
    std::vector<T> out;
    for (wire::pcapng::block_reader blocks{file}; !blocks.at_end();) {
        const auto block = blocks.next();
        REQUIRE(block);
        if (const auto* found = std::get_if<T>(&*block)) out.push_back(*found);
    }
    return out;
}

// "0 > PA 1+5/517": interface, way, flags, relative sequence number + captured / real length.
std::vector<std::string> lines_of(bytes_view file) {
    std::map<std::pair<std::uint32_t, bool>, std::uint32_t> start;
    std::vector<std::string> out;
    for (const auto& packet : test::packets_in(file)) {
        const auto& tcp = packet.tcp;
        const auto key = std::pair{packet.block.interface, packet.to_server()};
        const auto first = start.try_emplace(key, tcp.sequence).first->second;
        const auto other = start.find({key.first, !key.second});
        auto line = fmt::format("{} {} ", key.first, key.second ? '>' : '<');
        for (const auto& [bit, letter] :
             {std::pair{tcp_flag::syn, 'S'},
              {tcp_flag::fin, 'F'},
              {tcp_flag::rst, 'R'},
              {tcp_flag::psh, 'P'},
              {tcp_flag::ack, 'A'}})
            if (tcp.has(bit)) line += letter;
        line += fmt::format(" {}", tcp.sequence - first);
        if (tcp.payload_length > 0)
            line += fmt::format("+{}/{}", tcp.payload.size(), tcp.payload_length);
        if (other != start.end())
            line += fmt::format(" ack {}", tcp.acknowledgement - other->second);
        out.push_back(line);
    }
    return out;
}

std::vector<std::string> comments_of(bytes_view file) {
    std::vector<std::string> out;
    for (const auto& packet : test::packets_in(file))
        for (const auto comment : packet.block.comments) out.emplace_back(comment);
    return out;
}

model::requested requested() {
    model::requested out;
    out.front = "connect";
    out.host = "registry.test";
    out.port = 443;
    return out;
}

model::connected connected(endpoint address = test::server, endpoint from = test::local) {
    return {address, from, std::chrono::milliseconds{1}, 0};
}

model::verdict silent() {
    model::verdict out;
    out.id = "server-silent";
    out.how_sure = model::certainty::likely;
    out.summary = "The server never answered.";
    return out;
}

} // namespace

TEST_CASE("a file begins with who wrote it, two interfaces and how it was recorded") {
    recorded recording;
    const auto sections = blocks_in<wire::pcapng::section>(recording.file);
    REQUIRE(sections.size() == 1);
    CHECK(sections[0].application == "helloscope 0.1.0");
    CHECK(sections[0].comments == std::vector<std::string_view>{"helloscope events, schema 1"});

    const auto interfaces = blocks_in<wire::pcapng::interface>(recording.file);
    REQUIRE(interfaces.size() == 2);
    CHECK(interfaces[0].name == "client leg");
    CHECK(interfaces[1].name == "server leg");
    for (const auto& interface : interfaces) {
        CHECK(interface.linktype == linktype::null);
        CHECK(
            interface.description == "synthesized from reads and writes: a read is not a segment");
    }
    const auto events = blocks_in<wire::pcapng::journal>(recording.file);
    REQUIRE(events.size() == 1);
    CHECK(events[0].find("HELLOSCOPE_EVENT") == "recording_opened");
    CHECK(events[0].find("HELLOSCOPE_FLOW") == "0");
}

TEST_CASE("an event is a journal entry that holds its JSON") {
    recorded recording;
    const model::event event{7, at(3), model::alert{to_client, 2, 40}};
    recording.writer.write(event, recording.file);
    const auto entry = blocks_in<wire::pcapng::journal>(recording.file).back();
    std::string json;
    model::write_json(event, json);
    CHECK(entry.find("__REALTIME_TIMESTAMP") == "1795213175003000");
    CHECK(entry.find("SYSLOG_IDENTIFIER") == "helloscope");
    CHECK(entry.find("HELLOSCOPE_EVENT") == "alert");
    CHECK(entry.find("HELLOSCOPE_FLOW") == "7");
    CHECK(entry.find("MESSAGE") == json);
}

TEST_CASE("a TLS flow through CONNECT is told on both legs") {
    recorded recording;
    recording.event(model::flow_opened{test::client, test::listener});
    const auto head = as_bytes("CONNECT registry.test:443 HTTP/1.1\r\n\r\n");
    auto dialogue = piece_of(to_server, to_bytes(head), head.size());
    dialogue.on = trace::legs::client;
    recording.piece(dialogue);
    recording.event(requested());
    recording.event(connected());
    const auto answer = as_bytes("HTTP/1.1 200 OK\r\n\r\n");
    dialogue = piece_of(to_client, to_bytes(answer), answer.size());
    dialogue.on = trace::legs::client;
    recording.piece(dialogue);

    const bytes hello(517, 0x16);
    recording.piece(piece_of(to_server, hello, 517));
    recording.piece(piece_of(to_client, bytes(127, 0x16), 127));
    auto cut = cut_record(to_client, 4096);
    recording.piece(cut);
    cut.omitted = 100'000;
    recording.piece(cut);
    recording.event(model::closed{model::leg::client, "peer", "fin", ""});
    recording.event(model::closed{model::leg::server, "peer", "fin", ""});
    recording.event(model::flow_closed{});

    const std::vector<std::string> told{

        "0 > S 0",
        "0 < SA 0 ack 1",
        "0 > A 1 ack 1",
        "0 > PA 1+38/38 ack 1",
        "1 > S 0",
        "1 < SA 0 ack 1",
        "1 > A 1 ack 1",
        "0 < PA 1+19/19 ack 39",
        "0 > PA 39+517/517 ack 20",
        "1 > PA 1+517/517 ack 1",
        "1 < PA 1+127/127 ack 518",
        "0 < PA 20+127/127 ack 556",
        "1 < PA 128+5/4101 ack 518",
        "0 < PA 147+5/4101 ack 556",
        "1 < PA 104229+5/4101 ack 518",
        "0 < PA 104248+5/4101 ack 556",
        "0 > FA 556 ack 108349",
        "0 < A 108349 ack 557",
        "1 < FA 108330 ack 518",
        "1 > A 518 ack 108331",
        "0 < FA 108349 ack 557",
        "0 > A 557 ack 108350",
        "1 > FA 518 ack 108331",
        "1 < A 108331 ack 519",
    };
    CHECK(lines_of(recording.file) == told);
    for (const auto& packet : test::packets_in(recording.file))
        if (packet.tcp.payload_length == 517) CHECK(to_bytes(packet.tcp.payload) == hello);
}

TEST_CASE("a header and a body that make a whole record are one run of bytes") {
    recorded recording;
    recording.open();
    auto alert = piece_of(to_client, hex("02 28"), 7);
    alert.header_size = 5;
    alert.header = {0x15, 3, 3, 0, 2};
    recording.piece(alert);
    const auto packet = test::packets_in(recording.file).back();
    CHECK(to_bytes(packet.tcp.payload) == hex("15 03 03 00 02 02 28"));
}

TEST_CASE("a leg of IPv6 is told too, one of two families is not") {
    recorded recording;
    recording.event(model::flow_opened{test::ends("[::1]:50000"), test::ends("[::1]:8484")});
    CHECK(test::packets_in(recording.file).size() == 3);
    recording.event(connected(test::server, test::ends("[::1]:40000")));
    recording.event(model::flow_closed{});
    CHECK(test::packets_in(recording.file).size() == 5);
}

TEST_CASE("how a leg was closed is told by the side that closed it") {
    struct row {
        model::leg of;
        std::string by, how;
        std::vector<std::string> last; // of that leg, in the end
    };
    const row rows[] = {
        {model::leg::client, "peer", "rst", {"0 > RA 1 ack 1"}},
        {model::leg::client, "helloscope", "rst", {"0 < RA 1 ack 1"}},
        {model::leg::client, "helloscope", "timeout", {"0 < RA 1 ack 1"}},
        {model::leg::client, "peer", "error", {"0 < RA 1 ack 1"}},
        {model::leg::client, "helloscope", "fin", {"0 < FA 1 ack 1", "0 > A 1 ack 2"}},
        {model::leg::server, "peer", "rst", {"1 < RA 1 ack 1"}},
        {model::leg::server, "helloscope", "error", {"1 > RA 1 ack 1"}},
        {model::leg::server, "helloscope", "fin", {"1 > FA 1 ack 1", "1 < A 1 ack 2"}},
    };
    for (const auto& [of, by, how, last] : rows) {
        CAPTURE(model::to_string(of), by, how);
        recorded recording;
        recording.open();
        recording.event(model::closed{of, by, how, ""});
        recording.event(model::flow_closed{});
        auto lines = lines_of(recording.file);
        std::erase_if(lines, [&](const auto& line) { return line[0] != last[0][0]; });
        CHECK(std::vector(lines.begin() + 3, lines.end()) == last);
    }
}

TEST_CASE("a verdict is a comment on a packet of its flow, however the flow ends") {
    using model::leg;
    const std::vector<std::vector<model::closed>> endings{
        {},
        {{leg::client, "peer", "fin", ""}, {leg::server, "peer", "fin", ""}},
        {{leg::client, "peer", "fin", ""}, {leg::client, "helloscope", "fin", ""}},
        {{leg::client, "peer", "rst", ""}, {leg::server, "helloscope", "rst", ""}},
        {{leg::server, "peer", "rst", ""}, {leg::client, "helloscope", "rst", ""}},
    };
    for (const auto& ending : endings) {
        CAPTURE(ending.size());
        recorded recording;
        recording.open();
        for (const auto& closed : ending) recording.event(closed);
        recording.event(silent());
        recording.event(model::flow_closed{});
        CHECK(
            comments_of(recording.file) ==
            std::vector<std::string>{"server-silent (likely): The server never answered."});
    }
}

TEST_CASE("a verdict of a flow that goes on stands on its next packet") {
    recorded recording;
    recording.open();
    recording.event(silent());
    recording.event(model::flow_opened{test::client, test::listener}, 2);
    recording.event(silent());
    CHECK(comments_of(recording.file).empty()); // not on another flow's
    recording.piece(piece_of(to_client, {}, 10));
    recording.piece(piece_of(to_client, {}, 10));
    CHECK(comments_of(recording.file).size() == 1); // both in one
}

TEST_CASE("another file tells the open flows again and their sequence numbers go on") {
    recorded recording;
    recording.open();
    recording.event(requested());
    recording.event(model::routed{{"http://proxy.test:3128"}, "--via"});
    recording.event(model::parent_answered{"http://proxy.test:3128", 200, "OK", {}, ""});
    recording.event(model::answered{200, "Connection established", ""});
    recording.piece(piece_of(to_server, {}, 100));
    recording.event(model::flow_opened{test::client, test::listener}, 2);
    recording.event(model::flow_closed{}, 2);
    const auto before = test::packets_in(recording.file);

    recording.begin();
    std::vector<std::string> events;
    for (const auto& entry : blocks_in<wire::pcapng::journal>(recording.file))
        events.push_back(fmt::format(
            "{} {}", entry.find("HELLOSCOPE_FLOW").value(),
            entry.find("HELLOSCOPE_EVENT").value()));
    CHECK(
        events == std::vector<std::string>{
                      "0 recording_opened", "1 flow_opened", "1 requested", "1 routed",
                      "1 connected", "1 parent_answered", "1 answered"});
    CHECK(test::packets_in(recording.file).empty());

    recording.piece(piece_of(to_server, {}, 10));
    const auto after = test::packets_in(recording.file);
    REQUIRE(after.size() == 2);
    for (const auto& packet : before)
        if (packet.tcp.payload_length == 100)
            CHECK(after[packet.block.interface].tcp.sequence == packet.tcp.sequence + 100);
}

TEST_CASE("of what was said twice the last is told again, in its place") {
    recorded recording;
    recording.open();
    recording.event(model::answered{502, "Bad Gateway", ""});
    recording.event(connected(test::ends("198.51.100.2:443")));
    recording.event(requested());
    recording.begin();
    std::vector<std::string> told;
    for (const auto& entry : blocks_in<wire::pcapng::journal>(recording.file))
        told.emplace_back(entry.find("MESSAGE").value());
    REQUIRE(told.size() == 5);
    CHECK(told[1].find("flow_opened") != std::string::npos);
    CHECK(told[2].find("requested") != std::string::npos);
    CHECK(told[3].find("198.51.100.2:443") != std::string::npos);
    CHECK(told[4].find("502") != std::string::npos);
}

TEST_CASE("nothing of a flow that ended is in one that comes after it") {
    const auto flow = [](recorded& recording) {
        recording.file.clear();
        recording.now = 10;
        recording.open();
        recording.piece(cut_record(to_client, 100));
        recording.event(model::closed{model::leg::server, "peer", "rst", "ECONNRESET"});
        const auto middle = recording.file;
        recording.begin();
        recording.file.insert(recording.file.begin(), middle.begin(), middle.end());
        recording.event(model::flow_closed{});
    };
    recorded first, second;
    flow(first);
    second.open();
    second.event(model::answered{502, "Bad Gateway", ""});
    second.event(silent()); // a comment that finds no packet
    second.event(model::closed{model::leg::server, "peer", "fin", ""});
    second.event(model::flow_closed{});
    flow(second);
    CHECK(first.file == second.file);
}

TEST_CASE("a second connection of a flow ends the first") {
    recorded recording;
    recording.open();
    const auto other = test::ends("198.51.100.2:443");
    recording.event(connected(other));
    const auto packets = test::packets_in(recording.file);
    REQUIRE(packets.size() == 11);
    CHECK(packets[6].tcp.has(tcp_flag::fin));
    CHECK(packets[6].tcp.destination == test::server);
    CHECK(packets[8].tcp.has(tcp_flag::syn));
    CHECK(packets[8].tcp.destination == other);
}

TEST_CASE("of a flow that is not open there are events and no packets") {
    recorded recording;
    recording.event(connected());
    recording.event(silent());
    recording.piece(piece_of(to_server, {}, 10));
    recording.event(model::closed{model::leg::client, "peer", "fin", ""});
    recording.event(model::flow_closed{});
    CHECK(test::packets_in(recording.file).empty());
    CHECK(blocks_in<wire::pcapng::journal>(recording.file).size() == 5);
}

TEST_CASE("a flow allocates nothing once another has ended") {
    recorded recording;
    recording.file.reserve(1 << 20);
    std::vector<model::event> begins, ends;
    const auto add = [](std::vector<model::event>& to, model::happening what) {
        to.push_back({1, at(5), std::move(what)});
    };
    add(begins, model::flow_opened{test::client, test::listener});
    add(begins, requested());
    add(begins, connected());
    add(begins, model::answered{200, "Connection established", ""});
    model::record record;
    record.content_type = 23;
    record.length = 16408;
    add(begins, record);
    model::records run;
    run.lengths = {{16408, 30}, {17, 1}};
    add(begins, run);
    model::path path;
    path.sample.snd_mss = 1448;
    add(begins, path);
    add(ends, model::closed{model::leg::client, "peer", "fin", ""});
    add(ends, model::closed{model::leg::server, "peer", "fin", ""});
    add(ends, model::flow_closed{});
    auto piece = cut_record(to_client, 16408);
    piece.flow = 1;
    piece.time = at(5);
    const auto write_all = [&] {
        for (const auto& event : begins) recording.writer.write(event, recording.file);
        recording.writer.write(piece, recording.file);
        for (const auto& event : ends) recording.writer.write(event, recording.file);
    };
    write_all(); // the writer's own memory grows once
    const auto before = allocations;
    REQUIRE(before > 0);
    for (int i = 0; i < 10; ++i) write_all();
    CHECK(allocations == before);
}
