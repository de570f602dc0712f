#include "passing.hpp"

#include "helloscope/wire/tls/client_hello.hpp"
#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using namespace helloscope::test;

namespace {

// What had passed when the stall began, fed `step` bytes at a time.
std::size_t stalled_at(
    std::string_view fault, bytes_view stream, std::size_t step,
    direction way = direction::to_client) {
    passing line({fault}, way);
    feed_cut(stream, 0, step, [&](bytes_view part) { line.takes(part); });
    CHECK(line.sent == as_text(stream.first(line.sent.size())));
    return line.sent.size();
}

// Of the records of a stream: where each begins.
std::vector<std::size_t> borders(bytes_view stream) {
    std::vector<std::size_t> out;
    for (std::size_t at = 0; at < stream.size();
         at += 5u + static_cast<std::size_t>(stream[at + 3] << 8 | stream[at + 4]))
        out.push_back(at);
    return out;
}

} // namespace

TEST_CASE("a chain without faults passes everything at once") {
    passing line{};
    line.takes("abc").takes("d").takes_end();
    CHECK(line.writes == strings{"abc", "d"});
    CHECK(line.ended == fault::ending::end);
    CHECK_FALSE(line.chain().wake());
}

TEST_CASE("TLS triggers are met at the same byte, however the stream is cut") {
    const auto stream = stream_of(dialogue("tls12"), direction::to_client);
    const auto at = borders(stream);
    struct row {
        std::string_view fault;
        std::size_t passes;
    };
    const row rows[] = {
        {"stall@record:1", 0},
        {"stall@record:3", at[2]},
        {"stall@server_hello", 0},
        {"stall@certificate", at[1]},
        {"stall@change_cipher_spec", 0},
        {"stall@finished", 0},
        {"stall@encrypted_extensions", stream.size()}, // never comes
        {"stall@record:1000", stream.size()},
        {"stall@sni", stream.size()}, // listens the other way
    };
    for (const auto& [fault, passes] : rows) {
        INFO(fault);
        const auto whole = stalled_at(fault, stream, stream.size());
        if (passes > 0 || fault.ends_with(":1") || fault.ends_with("server_hello"))
            CHECK(whole == passes);
        else
            CHECK(std::ranges::find(at, whole) != at.end());
        for (const std::size_t step : {1, 2, 3, 5, 7, 100, 1448})
            CHECK(stalled_at(fault, stream, step) == whole);
    }
}

TEST_CASE("the SNI is found in real hellos, and the bytes before it pass") {
    for (const auto* const client : {"curl-7.88", "bazelisk-1.28.1", "chromium", "java-17"}) {
        const auto hello = hello_record(client);
        INFO(client);
        const auto parsed = wire::tls::parse_client_hello(bytes_view(hello).subspan(9));
        REQUIRE((parsed && parsed->server_name));
        const auto name = 5u + parsed->server_name->offset;
        for (const std::size_t step : {1, 10, 2000}) {
            const auto way = direction::to_server;
            CHECK(stalled_at("stall@sni", hello, step, way) == name);
            CHECK(stalled_at("stall@sni+3", hello, step, way) == name + 3);
            CHECK(stalled_at("stall@sni-3", hello, step, way) == name - 3);
            CHECK(
                stalled_at("stall@midsni", hello, step, way) ==
                name + parsed->server_name->size / 2);
        }
    }
}

TEST_CASE("a hello without a name, and bytes that are no TLS, pass") {
    const auto hello = hello_record("openssl-3.0-tls1.0-no-sni");
    CHECK(stalled_at("stall@sni", hello, 1, direction::to_server) == hello.size());
    CHECK(stalled_at("stall@sni", as_bytes("GET / HTTP/1.1\r\n"), 1, direction::to_server) == 16);
}

TEST_CASE("what is held to find a trigger goes on when the stream ends") {
    const auto hello = hello_record("curl-7.88");
    passing line({"stall@sni"}, direction::to_server);
    line.takes(bytes_view(hello).first(100));
    CHECK(line.sent.empty());
    line.takes_end();
    CHECK(line.sent.size() == 100);
    CHECK(line.ended == fault::ending::end);
}

TEST_CASE("a trigger at byte 0 or after no time has come at once") {
    passing bytes{"reset@0"};
    bytes.at(0s);
    CHECK(bytes.ended == fault::ending::reset);
    passing time{"reset@0s"};
    time.at(0s);
    CHECK(time.ended == fault::ending::reset);
}

TEST_CASE("triggers count from when a fault was put in") {
    const auto stream = stream_of(dialogue("tls12"), direction::to_client);
    const auto at = borders(stream);
    passing line{};
    line.takes(bytes_view(stream).first(at[2])).at(1s).becomes({"stall@record:2"});
    line.takes(bytes_view(stream).subspan(at[2]));
    CHECK(line.sent.size() == at[3]);

    passing timed{};
    timed.at(5s).becomes({"close@2s"}).at(10s);
    CHECK(timed.ended_at == 7s);
}

TEST_CASE("faults that stay keep what they hold, in order with what the others release") {
    passing line{"stall", "latency:100ms"};
    line.takes("abc");
    line.becomes({"latency:100ms", "stall"}); // the order of the chain is another one now
    CHECK(line.sent.empty());
    line.becomes({"latency:100ms"}).at(1s);
    CHECK(line.sent == "abc");

    passing kept{"latency:100ms", "stall:5s"};
    kept.takes("abc").at(50ms).becomes({"latency:100ms"}).takes("def").at(99ms);
    CHECK(kept.sent.empty());
    kept.at(1s);
    CHECK(kept.writes == strings{"abc", "def"});
    CHECK(kept.times == durations{100ms, 150ms});
}

TEST_CASE("bytes stay in order while faults come and go") {
    passing line{"latency:10ms", "slice:3,pause=1ms", "throttle:1kB/s"};
    std::string all;
    const std::initializer_list<std::string_view> sets[] = {
        {"throttle:1kB/s"}, {}, {"slice:2"}, {"stall", "latency:5ms"}, {"latency:5ms"}, {}};
    int i = 0;
    for (const auto& set : sets) {
        const auto more = std::string(100, static_cast<char>('a' + i));
        all += more;
        line.takes(more).at(++i * 7ms).becomes(set);
    }
    line.at(10s);
    CHECK(line.sent == all);
}

TEST_CASE("toxicity spares some flows, the same ones each time") {
    const auto hit = [](std::string_view fault, std::uint64_t flow) {
        passing line({fault}, direction::to_client, {}, flow);
        line.takes("abc");
        return line.sent.empty();
    };
    int half = 0, other = 0;
    for (std::uint64_t flow = 1; flow <= 1'000; ++flow) {
        CHECK(hit("stall", flow));
        CHECK_FALSE(hit("stall toxicity=0", flow));
        const bool now = hit("stall toxicity=0.5", flow);
        CHECK(now == hit("stall toxicity=0.5", flow));
        half += now;
        other += now == hit("stall toxicity=0.5 seed=2", flow);
    }
    CHECK(std::abs(half - 500) < 60);
    CHECK(std::abs(other - 500) < 60);
}

TEST_CASE("both directions of a flow have the same luck") {
    for (std::uint64_t flow = 1; flow < 50; ++flow) {
        passing down({"stall toxicity=0.5"}, direction::to_client, {}, flow);
        passing up({"stall toxicity=0.5"}, direction::to_server, {}, flow);
        CHECK(down.takes("a").sent.size() == up.takes("a").sent.size());
        CHECK(fault::plays(specs({"stall toxicity=0.5"})[0], flow) == down.sent.empty());
    }
}

TEST_CASE("what is injected passes the faults as an answer would, and ends the stream") {
    passing line{"latency:100ms"};
    line.takes("abc").injects("alert", true).takes("more").at(1s);
    CHECK(line.sent == "abcalert");
    CHECK(line.ended == fault::ending::close);
}

TEST_CASE("every fault copes with every cut and with an early end") {
    const auto stream = stream_of(dialogue("tls12"), direction::to_client);
    for (const auto* kind : fault::kinds()) {
        if (kind->make == nullptr) continue;
        std::string text(kind->name);
        if (kind->name == "latency" || kind->name == "jitter") text += ":5ms";
        if (kind->name == "throttle") text += ":100kB/s";
        if (kind->name == "slice") text += ":10";
        if (kind->name == "blackhole") text += ":mtu=1400";
        if (kind->name == "limit-data") text += ":100";
        for (const auto* const trigger : {"", "@0", "@50", "@record:2", "@certificate", "@1ms"}) {
            INFO(text << trigger);
            for (const std::size_t step : {1, 33, 5'000}) {
                passing line{text + trigger};
                auto rest = bytes_view(stream);
                for (int i = 1; !rest.empty(); ++i) {
                    const auto part = rest.first(std::min(rest.size(), step));
                    rest = rest.subspan(part.size());
                    line.takes(part).at(i * 10us);
                }
                line.takes_end().at(1min);
                const bool over = line.ended != fault::ending::none || line.chain().stuck();
                CHECK(over);
            }
        }
    }
}
