#include "helloscope/wire/tls/conversation.hpp"

#include "fixtures.hpp"
#include "support/catch.hpp"

#include <atomic>
#include <cstdlib>
#include <fmt/format.h>
#include <new>

using namespace helloscope;
using namespace helloscope::wire::tls;
using test::hex;

namespace {
std::atomic<std::size_t> allocations = 0;
}

void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace {

// Writes down what a conversation reports, one line each: "> 22 314 clear", "> client_hello".
struct transcript : conversation_sink {
    std::vector<std::string> lines;
    std::size_t piece_bytes[2] = {};

    static char mark(direction way) { return way == direction::to_server ? '>' : '<'; }
    void on_piece(direction way, const piece& piece, bool) override {
        piece_bytes[index_of(way)] += piece.body.size();
    }
    void on_record(direction way, const record_header& header, std::uint64_t, bool clear) override {
        lines.push_back(fmt::format(
            "{} {} {}{}", mark(way), header.type, header.length, clear ? " clear" : ""));
    }
    void on_handshake(direction way, handshake_message&& message) override {
        struct name {
            std::string operator()(const client_hello& hello) const {
                return "client_hello " + hello.server_name.value_or(server_name{"-"}).host;
            }
            std::string operator()(const server_hello& hello) const {
                return fmt::format(
                    "{} {:04x}", hello.hello_retry_request ? "retry" : "server_hello",
                    hello.version);
            }
            std::string operator()(const certificate& certificate) const {
                return fmt::format("certificate of {}", certificate.chain.size());
            }
            std::string operator()(const other_message&) const { return "other"; }
            std::string operator()(const parse_error& error) const { return to_string(error); }
        };
        lines.push_back(fmt::format(
            "{} {} {}", mark(way), message.raw.type, std::visit(name{}, message.content)));
    }
    void on_alert(direction way, alert alert) override {
        lines.push_back(fmt::format("{} alert {} {}", mark(way), alert.level, alert.description));
    }
    void on_lost(direction way, const lost_at& lost) override {
        lines.push_back(fmt::format("{} lost at {}", mark(way), lost.offset));
    }
};

// The whole dialogue, each record in spans of `step` bytes.
std::vector<std::string> play(const std::string& name, std::size_t step, conversation& talk) {
    transcript sink;
    for (const auto& turn : test::dialogue(name))
        test::feed_cut(
            turn.record, 0, step, [&](bytes_view span) { talk.feed(turn.way, span, sink); });
    return sink.lines;
}

using lines = std::vector<std::string>;

struct counting_sink : conversation_sink {
    std::size_t records = 0;
    void on_record(direction, const record_header&, std::uint64_t, bool) override { ++records; }
};

} // namespace

TEST_CASE("dialogues are read as they went") {
    struct row {
        const char* name;
        std::uint16_t version;
        lines expected;
    };
    const row rows[] = {
        {"rfc8448-3-simple",
         0x0304,
         {"> 1 client_hello server", "> 22 196 clear", "< 2 server_hello 0304", "< 22 90 clear",
          "< 23 674", "> 23 53", "< 23 222", "> 23 67", "< 23 67", "> 23 19", "< 23 19"}},
        {"rfc8448-4-early-data",
         0x0304,
         {"> 1 client_hello server", "> 22 512 clear", "> 23 23", "< 2 server_hello 0304",
          "< 22 96 clear", "< 23 97", "> 23 21", "> 23 53", "> 23 67", "< 23 67", "> 23 19",
          "< 23 19"}},
        {"rfc8448-5-retry",
         0x0304,
         {"> 1 client_hello server", "> 22 180 clear", "< 2 retry 0304", "< 22 176 clear",
          "> 1 client_hello server", "> 22 512 clear", "< 2 server_hello 0304", "< 22 123 clear",
          "< 23 662", "> 23 53", "> 23 19", "< 23 19"}},
        {"rfc8448-7-compatibility",
         0x0304,
         {"> 1 client_hello server", "> 22 224 clear", "< 2 server_hello 0304", "< 22 122 clear",
          "< 20 1 clear", "< 23 674", "> 20 1 clear", "> 23 53", "> 23 19", "< 23 19"}},
        {"tls13-retry", // the CCS of the client goes before its second hello
         0x0304,
         {"> 1 client_hello releases.test",
          "> 22 298 clear",
          "< 2 retry 0304",
          "< 22 88 clear",
          "< 20 1 clear",
          "> 20 1 clear",
          "> 1 client_hello releases.test",
          "> 22 331 clear",
          "< 2 server_hello 0304",
          "< 22 155 clear",
          "< 23 23",
          "< 23 1048",
          "< 23 281",
          "< 23 69",
          "> 23 69",
          "< 23 250",
          "< 23 250",
          "> 23 37",
          "> 23 19",
          "< 23 5083",
          "< 23 19"}},
        {"tls13-early-data", // a CCS before the ServerHello
         0x0304,
         {"> 1 client_hello releases.test", "> 22 413 clear", "> 20 1 clear", "> 23 40",
          "< 2 server_hello 0304", "< 22 128 clear", "< 20 1 clear", "< 23 27", "< 23 69",
          "> 23 21", "> 23 69", "< 23 82", "> 23 19", "< 23 19"}},
        {"tls13-untrusted",
         0x0304,
         {"> 1 client_hello releases.test", "> 22 314 clear", "< 2 server_hello 0304",
          "< 22 122 clear", "< 20 1 clear", "< 23 23", "< 23 1048", "< 23 281", "< 23 69",
          "> alert 2 48", "> 21 2 clear"}},
        {"tls12",
         0x0303,
         {"> 1 client_hello releases.test",
          "> 22 314 clear",
          "< 2 server_hello 0303",
          "< 22 65 clear",
          "< 11 certificate of 2",
          "< 22 1026 clear",
          "< 12 other",
          "< 22 300 clear",
          "< 14 other",
          "< 22 4 clear",
          "> 16 other",
          "> 22 37 clear",
          "> 20 1 clear",
          "> 22 40",
          "< 4 other",
          "< 22 186 clear",
          "< 20 1 clear",
          "< 22 40",
          "> 23 44",
          "> 21 26",
          "< 23 5148",
          "< 21 26"}},
        {"tls12-resumed", // the CCS of the server comes first
         0x0303,
         {"> 1 client_hello releases.test", "> 22 490 clear", "< 2 server_hello 0303",
          "< 22 85 clear", "< 20 1 clear", "< 22 40", "> 20 1 clear", "> 22 40", "> 23 44",
          "> 21 26", "< 23 3629", "< 21 26"}},
        {"protocol-version",
         0,
         {"> 1 client_hello releases.test", "> 22 205 clear", "< alert 2 70", "< 21 2 clear"}},
    };
    for (const auto& row : rows)
        for (const std::size_t step : {1, 3, 100, 100000}) {
            INFO(row.name << " every " << step << " bytes");
            conversation talk;
            CHECK(play(row.name, step, talk) == row.expected);
            CHECK(talk.version().value_or(0) == row.version);
            CHECK(talk.looks_like_tls());
        }
}

TEST_CASE("early data that a HelloRetryRequest refuses leaves the second ClientHello readable") {
    const auto turns = test::dialogue("rfc8448-5-retry");
    conversation talk;
    transcript sink;
    talk.feed(direction::to_server, turns[0].record, sink);
    talk.feed(direction::to_server, hex("14 0303 0001 01 17 0303 0003 aabbcc"), sink);
    for (std::size_t i = 1; i < 4; ++i) talk.feed(turns[i].way, turns[i].record, sink);
    CHECK(
        sink.lines == lines{
                          "> 1 client_hello server", "> 22 180 clear", "> 20 1 clear", "> 23 3",
                          "< 2 retry 0304", "< 22 176 clear", "> 1 client_hello server",
                          "> 22 512 clear", "< 2 server_hello 0304", "< 22 123 clear"});
}

TEST_CASE("a Certificate over several records is one message") {
    conversation talk;
    const auto seen = play("tls12-fragments", 100000, talk);
    const lines expected = {
        "< 22 512 clear", "< 22 512 clear", "< 11 certificate of 2", "< 22 2 clear"};
    CHECK(std::ranges::search(seen, expected).size() == expected.size());
}

TEST_CASE("certificates of both sides are in the clear up to TLS 1.2, and of none after") {
    const auto is_certificate = [](const std::string& line) {
        return line.find("certificate of") != line.npos;
    };
    conversation old, now;
    CHECK(std::ranges::count_if(play("tls12-client-certificate", 50, old), is_certificate) == 2);
    CHECK(std::ranges::count_if(play("tls13-client-certificate", 50, now), is_certificate) == 0);
}

TEST_CASE("every byte behind a header is in a piece") {
    for (const auto* name : {"tls12", "tls13-retry", "rfc8448-4-early-data"}) {
        INFO(name);
        const auto turns = test::dialogue(name);
        conversation talk;
        transcript sink;
        std::size_t headers[2] = {}, total[2] = {};
        for (const auto& turn : turns) {
            headers[index_of(turn.way)] += 5;
            total[index_of(turn.way)] += turn.record.size();
            talk.feed(turn.way, turn.record, sink);
        }
        for (const auto way : {direction::to_server, direction::to_client})
            CHECK(sink.piece_bytes[index_of(way)] == total[index_of(way)] - headers[index_of(way)]);
    }
}

TEST_CASE("a direction turns encrypted when the protocol says so") {
    struct step {
        std::size_t records; // of the dialogue that went by
        bool to_server, to_client;
    };
    const auto check = [](const char* name, std::vector<step> steps) {
        INFO(name);
        const auto turns = test::dialogue(name);
        conversation talk;
        conversation_sink sink;
        std::size_t done = 0;
        for (const auto& step : steps) {
            INFO("after " << step.records << " records");
            for (; done < step.records; ++done)
                talk.feed(turns[done].way, turns[done].record, sink);
            CHECK(talk.encrypted(direction::to_server) == step.to_server);
            CHECK(talk.encrypted(direction::to_client) == step.to_client);
        }
    };
    check("rfc8448-3-simple", {{0, false, false}, {1, false, false}, {2, true, true}});
    check("rfc8448-4-early-data", {{2, false, false}, {3, true, true}});
    check("tls13-retry", {{5, false, false}, {6, true, true}});
    check("tls12", {{6, false, false}, {7, true, false}, {9, true, false}, {10, true, true}});
    check("tls12-resumed", {{2, false, false}, {3, false, true}, {5, true, true}});
}

TEST_CASE("a ClientHello on its way is known in part") {
    const auto record = test::hello_record("bazelisk-1.28.1");
    conversation talk;
    conversation_sink sink;
    talk.feed(direction::to_server, bytes_view(record).first(1448), sink);
    CHECK(talk.started(direction::to_server));
    CHECK_FALSE(talk.started(direction::to_client));
    CHECK(talk.walker(direction::to_server).remaining() == 45);
    CHECK(talk.partial(direction::to_server) == partial_message{1, 1484, 1439});
    CHECK_FALSE(talk.version());
}

TEST_CASE("what is not TLS is lost once, and what follows is passed over") {
    conversation talk;
    transcript sink;
    const auto http = hex("485454502f312e31");
    talk.feed(direction::to_client, http, sink);
    talk.feed(direction::to_client, http, sink);
    CHECK(sink.lines == lines{"< lost at 0"});
    CHECK_FALSE(talk.looks_like_tls());

    const auto sslv2 = hex("802e0103010015");
    talk.feed(direction::to_server, sslv2, sink);
    CHECK(sink.lines.back() == "> lost at 0");
    CHECK(talk.walker(direction::to_server).sslv2());
    CHECK(talk.looks_like_tls());
}

TEST_CASE("a hello that cannot be read is reported with the reason") {
    conversation talk;
    transcript sink;
    talk.feed(direction::to_server, hex("16 0301 0006 01 000002 0303"), sink);
    CHECK(sink.lines == lines{"> 1 malformed random at byte 2", "> 22 6 clear"});
}

TEST_CASE("alerts cut in two, and two in one record") {
    conversation talk;
    transcript sink;
    for (const auto* part : {"15 0303 0001 02", "15 0303 0001 28", "15 0303 0004 0100 0200"})
        talk.feed(direction::to_client, hex(part), sink);
    CHECK(
        sink.lines == lines{
                          "< 21 1 clear", "< alert 2 40", "< 21 1 clear", "< alert 1 0",
                          "< alert 2 0", "< 21 4 clear"});
}

TEST_CASE("skipped bodies still give their records") {
    const auto turns = test::dialogue("tls13");
    conversation talk;
    transcript sink, whole;
    conversation fed;
    for (const auto& turn : turns) fed.feed(turn.way, turn.record, whole);
    for (const auto& turn : turns) {
        if (turn.record[0] != 23) {
            talk.feed(turn.way, turn.record, sink);
            continue;
        }
        talk.feed(turn.way, bytes_view(turn.record).first(5), sink);
        const auto size = talk.walker(turn.way).remaining();
        talk.skip(turn.way, size / 2, sink);
        talk.skip(turn.way, size - size / 2, sink);
    }
    CHECK(sink.lines == whole.lines);
}

TEST_CASE("a skipped part of a clear handshake record ends the reading of messages") {
    const auto turns = test::dialogue("tls12");
    conversation talk;
    transcript sink;
    talk.feed(direction::to_client, bytes_view(turns[1].record).first(20), sink);
    talk.skip(direction::to_client, turns[1].record.size() - 20, sink);
    talk.feed(direction::to_client, turns[2].record, sink);
    CHECK(sink.lines == lines{"< 22 65 clear", "< 22 1026 clear"});
}

TEST_CASE("nothing is allocated once both directions are encrypted") {
    for (const auto* name : {"tls13", "tls12", "tls12-fragments"}) {
        INFO(name);
        const auto turns = test::dialogue(name);
        conversation talk;
        counting_sink sink;
        std::size_t counted = 0, in_clear = 0;
        for (const auto& turn : turns) {
            const bool quiet = talk.encrypted(direction::to_server) &&
                               talk.encrypted(direction::to_client);
            const auto before = allocations.load();
            test::feed_cut(
                turn.record, 0, 100, [&](bytes_view span) { talk.feed(turn.way, span, sink); });
            const auto after = allocations.load();
            if (!quiet) {
                in_clear += after - before;
                continue;
            }
            CHECK(after == before);
            ++counted;
        }
        CHECK(counted > 3);
        CHECK(in_clear > 0); // so the counter counts
        CHECK(sink.records == turns.size());
    }
}

TEST_CASE("mutated dialogues are read without harm") {
    for (const auto* name : {"tls12-resumed", "rfc8448-5-retry", "protocol-version"}) {
        const auto turns = test::dialogue(name);
        const auto client = test::stream_of(turns, direction::to_server);
        const auto server = test::stream_of(turns, direction::to_client);
        unsigned seed = 6;
        test::mutated(client, 300, seed, [&](const bytes& to_server) {
            test::mutated(server, 3, ++seed, [&](const bytes& to_client) {
                conversation talk;
                counting_sink sink;
                test::feed_cut(to_server, 0, 200, [&](bytes_view span) {
                    talk.feed(direction::to_server, span, sink);
                });
                test::feed_cut(to_client, 0, 60, [&](bytes_view span) {
                    talk.feed(direction::to_client, span, sink);
                });
                CHECK(sink.records <= (to_server.size() + to_client.size()) / 5);
            });
        });
    }
}
