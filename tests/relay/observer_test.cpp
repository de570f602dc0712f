#include "observer.hpp"

#include "support/catch.hpp"
#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using namespace helloscope::relay;
using namespace std::chrono_literals;
using helloscope::test::dialogue;
using helloscope::test::hello_record;

namespace {

constexpr timestamp start{1'000s};

struct findings final : observer_sink {
    std::vector<model::happening> events;
    std::vector<trace::piece> pieces;

    void happened(model::happening what, timestamp) override { events.push_back(std::move(what)); }
    void kept(trace::piece bytes) override { pieces.push_back(std::move(bytes)); }

    template <class T> std::vector<T> all() const {
        std::vector<T> out;
        for (const auto& one : events)
            if (const auto* got = std::get_if<T>(&one)) out.push_back(*got);
        return out;
    }
    // All bytes of a direction that pieces stand for, kept or not.
    std::uint64_t stood_for(direction way) const {
        std::uint64_t sum = 0;
        for (const auto& one : pieces)
            if (one.dir == way) sum += one.omitted + one.length;
        return sum;
    }
    std::string kept_text() const {
        std::string out;
        for (const auto& one : pieces) out.append(as_text(one.body));
        return out;
    }
};

// A record of application data: what is inside must never be kept.
bytes data_record(std::size_t length, std::string_view filler = "s3cr3t") {
    writer out;
    wire::tls::write_record_header(out, {23, 0x0303, static_cast<std::uint16_t>(length)});
    while (out.view().size() < length + 5)
        out.text(filler.substr(0, std::min(filler.size(), length + 5 - out.view().size())));
    return out.take();
}

constexpr auto up = direction::to_server;
constexpr auto down = direction::to_client;

} // namespace

TEST_CASE("a handshake becomes records, messages and pieces that add up") {
    findings seen;
    observer watching(seen, {});
    std::uint64_t bytes_up = 0, bytes_down = 0;
    const auto turns = dialogue("tls13");
    for (const auto& [way, record] : turns) {
        watching.saw(way, record, start);
        (way == up ? bytes_up : bytes_down) += record.size();
    }
    watching.ended(up, start);
    watching.ended(down, start);

    CHECK(seen.all<model::record>().size() == turns.size());
    const auto messages = seen.all<model::handshake>();
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].client_hello);
    CHECK_FALSE(messages[0].ja4.empty());
    CHECK(messages[1].server_hello);
    CHECK(watching.total(up) == bytes_up);
    CHECK(seen.stood_for(up) == bytes_up);
    CHECK(seen.stood_for(down) == bytes_down);
    CHECK(watching.handshake_over());
}

TEST_CASE("a client that only listens has ended its handshake too") {
    findings seen;
    observer watching(seen, {});
    for (const auto& [way, record] : dialogue("tls13")) {
        watching.saw(way, record, start);
        if (way == up && record[0] == 23) break; // its Finished
    }
    CHECK_FALSE(watching.handshake_over()); // it may yet reject the certificate
    for (int i = 0; i < 64; ++i) watching.saw(down, data_record(100), start);
    CHECK(watching.handshake_over());
}

TEST_CASE("the findings are the same however the reads are cut") {
    const auto turns = dialogue("tls12");
    const auto watch = [&](std::size_t step) {
        auto seen = std::make_unique<findings>();
        observer watching(*seen, {});
        for (const auto& [way, record] : turns)
            for (std::size_t at = 0; at < record.size(); at += step)
                watching.saw(
                    way, bytes_view(record).subspan(at, std::min(step, record.size() - at)), start);
        watching.ended(up, start);
        watching.ended(down, start);
        return seen;
    };
    const auto whole = watch(1 << 20);
    for (const std::size_t step : {1, 2, 3, 5, 7, 100, 1'000}) {
        CAPTURE(step);
        const auto cut = watch(step);
        CHECK(cut->all<model::record>().size() == whole->all<model::record>().size());
        CHECK(cut->all<model::handshake>().size() == whole->all<model::handshake>().size());
        CHECK(cut->stood_for(up) == whole->stood_for(up));
        CHECK(cut->stood_for(down) == whole->stood_for(down));
    }
}

TEST_CASE("application data is kept by its header alone") {
    findings seen;
    observer watching(seen, {});
    for (const auto& [way, record] : dialogue("tls13")) watching.saw(way, record, start);
    const auto before = seen.pieces.size();
    watching.saw(down, data_record(16'401), start);
    REQUIRE(seen.pieces.size() == before + 1);
    const auto& kept = seen.pieces.back();
    CHECK(kept.header_size == 5);
    CHECK(kept.header[0] == 23);
    CHECK(kept.body.empty());
    CHECK(kept.length == 16'406);
    CHECK(seen.kept_text().find("s3cr3t") == std::string::npos);
}

TEST_CASE("a tunnel without TLS keeps lengths only, and is told what it looks like") {
    findings seen;
    observer watching(seen, {});
    watching.saw(up, as_bytes("GET /s3cr3t HTTP/1.1\r\n\r\n"), start);
    watching.saw(down, as_bytes("HTTP/1.1 200 OK\r\n\r\ns3cr3t"), start);
    watching.ended(up, start);
    const auto other = seen.all<model::not_tls>();
    REQUIRE(other.size() == 2);
    CHECK(other[0].looks_like == "http-request");
    CHECK(other[1].looks_like == "http");
    CHECK(seen.kept_text().empty());
    CHECK(seen.stood_for(up) == 24);
    const auto reads = seen.all<model::bytes_read>();
    REQUIRE(reads.size() == 2);
    CHECK(reads[0].length == 24);
    CHECK(watching.handshake_over());
}

TEST_CASE("bulk without TLS is told by the second") {
    findings seen;
    observer watching(seen, {});
    for (int i = 0; i < 1'000; ++i) watching.saw(up, as_bytes("plain bytes"), start + i * 1ms);
    const auto singly = seen.all<model::bytes_read>().size();
    CHECK(singly == 100);
    watching.tick(start + 3s);
    watching.ended(up, start + 3s);
    std::uint64_t reads = 0, length = 0;
    for (const auto& one : seen.all<model::bytes_read>()) {
        CHECK(one.offset == length);
        reads += one.reads;
        length += one.length;
    }
    CHECK(reads == 1'000);
    CHECK(length == watching.total(up));
}

TEST_CASE("bulk records form runs, and what they hide is accounted for") {
    findings seen;
    observer watching(seen, {});
    for (const auto& [way, record] : dialogue("tls13")) watching.saw(way, record, start);
    const auto before = watching.total(down);
    for (int i = 0; i < 3'000; ++i) watching.saw(down, data_record(100), start + i * 10us);
    watching.ended(down, start + 1s);
    std::uint64_t records = 0;
    for (const auto& run : seen.all<model::records>()) records += run.count;
    CHECK(records + 64 > 3'000);
    CHECK(watching.total(down) == before + 3'000 * 105);
    CHECK(seen.stood_for(down) == watching.total(down));
}

TEST_CASE("data records of one read are told together, each with its packet") {
    findings seen;
    observer watching(seen, {});
    for (const auto& [way, record] : dialogue("tls13")) watching.saw(way, record, start);
    const auto singly = seen.all<model::record>().size();
    const auto packets = seen.pieces.size();
    const auto before = watching.total(down);
    bytes read;
    for (const std::size_t length : {100U, 100U, 7U}) {
        const auto one = data_record(length);
        read.insert(read.end(), one.begin(), one.end());
    }

    SECTION("whole") {
        watching.saw(down, read, start + 1s);
        CHECK(seen.all<model::record>().size() == singly);
        const auto together = seen.all<model::records>();
        REQUIRE(together.size() == 1);
        CHECK(together[0].dir == down);
        CHECK(together[0].version == 0x0303);
        CHECK(together[0].offset == before);
        CHECK(together[0].count == 3);
        CHECK(together[0].bytes == read.size());
        CHECK(together[0].first == start + 1s);
        REQUIRE(together[0].lengths.size() == 2);
        CHECK(together[0].lengths[0].length == 100);
        CHECK(together[0].lengths[0].count == 2);
        CHECK(together[0].lengths[1].length == 7);
        CHECK(seen.pieces.size() == packets + 3);
    }
    SECTION("but the one that an earlier read began, whose time is another, and one left alone") {
        watching.saw(down, bytes_view(read).first(20), start + 1s);
        watching.saw(down, bytes_view(read).subspan(20), start + 2s);
        const auto all = seen.all<model::record>();
        REQUIRE(all.size() == singly + 1);
        CHECK(all.back().first == start + 1s);
        REQUIRE(seen.all<model::records>().size() == 1);
        CHECK(seen.all<model::records>()[0].count == 2);
        CHECK(seen.all<model::records>()[0].offset == before + 105);
        watching.saw(down, data_record(9), start + 3s);
        CHECK(seen.all<model::records>().size() == 1);
        CHECK(seen.all<model::record>().back().length == 9);
    }
    SECTION("and not the one of whose header an earlier read brought some or all") {
        for (const std::size_t cut : {3U, 5U}) {
            CAPTURE(cut);
            findings both;
            observer follows(both, {});
            for (const auto& [way, record] : dialogue("tls13")) follows.saw(way, record, start);
            follows.saw(down, bytes_view(read).first(cut), start + 1s);
            follows.saw(down, bytes_view(read).subspan(cut), start + 2s);
            REQUIRE(both.all<model::records>().size() == 1);
            CHECK(both.all<model::records>()[0].offset == before + 105);
            CHECK(both.all<model::records>()[0].count == 2);
        }
    }
    SECTION("seen in parts, as the fast path sees them") {
        watching.begin_read(down, start + 1s);
        for (std::size_t at = 0; at < read.size();) {
            const auto length = static_cast<std::size_t>(read[at + 3] << 8 | read[at + 4]);
            watching.saw_part(down, bytes_view(read).subspan(at, 5));
            watching.unseen_part(down, length);
            at += 5 + length;
        }
        watching.end_read(down);
        REQUIRE(seen.all<model::records>().size() == 1);
        CHECK(seen.all<model::records>()[0].count == 3);
    }
    SECTION("of one version") {
        read[105 + 2] = 1;
        watching.saw(down, read, start + 1s);
        CHECK(seen.all<model::records>().empty());
        CHECK(seen.all<model::record>().size() == singly + 3);
    }
    SECTION("before bytes that are no TLS") {
        read.insert(read.end(), {'H', 'T', 'T', 'P', '/'});
        watching.saw(down, read, start + 1s);
        const auto is = [&](std::size_t back) -> const model::happening& {
            return seen.events.at(seen.events.size() - back);
        };
        REQUIRE(seen.all<model::not_tls>().size() == 1);
        std::size_t lost = 1;
        while (!std::holds_alternative<model::not_tls>(is(lost))) ++lost;
        CHECK(std::holds_alternative<model::records>(is(lost + 1)));
    }
    SECTION("and what comes behind them is told behind them") {
        const auto alert = test::hex("15 0303 0013 00000000000000000000000000000000000000");
        read.insert(read.end(), alert.begin(), alert.end());
        watching.saw(down, read, start + 1s);
        CHECK(seen.all<model::records>().size() == 1);
        const auto* last = std::get_if<model::record>(&seen.events.back());
        REQUIRE(last != nullptr);
        CHECK(last->content_type == 21);
    }
}

TEST_CASE("with all details every record is told singly") {
    findings seen;
    observer watching(seen, {true, false, true});
    for (int i = 0; i < 3'000; ++i) watching.saw(down, data_record(10), start);
    const auto one = data_record(10);
    auto two = one;
    two.insert(two.end(), one.begin(), one.end());
    watching.saw(down, two, start);
    CHECK(seen.all<model::record>().size() == 3'002);
}

TEST_CASE("with all payload every read is kept whole") {
    findings seen;
    observer watching(seen, {true, true, false});
    const auto hello = hello_record("curl-7.88");
    watching.saw(up, hello, start);
    watching.saw(up, data_record(10), start);
    watching.ended(up, start);
    CHECK(seen.pieces.size() == 2);
    CHECK(seen.pieces[0].body == hello);
    CHECK(seen.kept_text().find("s3cr3t") != std::string::npos);
    CHECK(seen.stood_for(up) == watching.total(up));
}

TEST_CASE("a stream that ends inside a record says how far it came") {
    const auto hello = hello_record("bazelisk-1.28.1");
    findings seen;
    observer watching(seen, {});
    watching.saw(up, bytes_view(hello).first(1'448), start);
    watching.ended(up, start);
    const auto records = seen.all<model::record>();
    REQUIRE(records.size() == 1);
    CHECK(records[0].length == 1'488);
    CHECK(records[0].cut_at == 1'443);
    CHECK(records[0].offset == 0);
    CHECK(seen.stood_for(up) == 1'448);
}

TEST_CASE(
    "a stream that ends inside encrypted data or a header is accounted for to the last byte") {
    for (const std::size_t came : {1, 4, 6, 100}) {
        CAPTURE(came);
        findings seen;
        observer watching(seen, {});
        for (const auto& [way, record] : dialogue("tls13")) watching.saw(way, record, start);
        watching.saw(down, bytes_view(data_record(200)).first(came), start);
        watching.ended(down, start);
        CHECK(seen.stood_for(down) == watching.total(down));
        CHECK(seen.kept_text().find("s3cr3t") == std::string::npos);
    }
}
