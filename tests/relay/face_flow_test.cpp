#include "face_flow.hpp"

#include "observer.hpp"
#include "support/catch.hpp"
#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using namespace std::chrono_literals;
using helloscope::test::dialogue;
using helloscope::test::hello_record;
using helloscope::test::turn;

namespace {

constexpr auto up = direction::to_server;
constexpr auto down = direction::to_client;

// What an observer makes of the bytes, as the face shows it.
class watched final : public relay::observer_sink {
  public:
    watched() { happened(model::flow_opened{}, now_); }

    void saw(direction way, bytes_view bytes, duration after = 1ms) {
        now_ += after;
        watching_.saw(way, bytes, now_);
    }
    watched& saw(const std::vector<turn>& turns) {
        for (const auto& [way, record] : turns) saw(way, record);
        return *this;
    }
    helloscope::flow end() {
        watching_.ended(up, now_);
        watching_.ended(down, now_);
        model::flow_closed end;
        end.to_server = watching_.total(up);
        end.to_client = watching_.total(down);
        happened(end, now_);
        return relay::make_flow(story_, events_);
    }
    timestamp now() const { return now_; }

  private:
    void happened(model::happening what, timestamp when) override {
        events_.push_back({1, when, std::move(what)});
        model::apply(story_, events_.back());
    }
    void kept(trace::piece) override {}

    timestamp now_{1'000s};
    relay::observer watching_{*this, {false, false, false}};
    model::timeline story_;
    std::vector<model::event> events_;
};

bytes data_record(std::uint16_t length) {
    writer out;
    wire::tls::write_record_header(out, {23, 0x0303, length});
    auto made = out.take();
    made.resize(made.size() + length);
    return made;
}

// The same ClientHello, in TLS records of at most `most` bytes.
bytes in_records(const std::string& client, std::size_t most) {
    const auto whole = hello_record(client);
    bytes out;
    for (auto body = bytes_view(whole).subspan(5); !body.empty();) {
        const auto part = body.first(std::min(most, body.size()));
        writer header;
        wire::tls::write_record_header(
            header, {22, 0x0301, static_cast<std::uint16_t>(part.size())});
        const auto head = header.take();
        out.insert(out.end(), head.begin(), head.end());
        out.insert(out.end(), part.begin(), part.end());
        body = body.subspan(part.size());
    }
    return out;
}

std::uint64_t on_the_wire(const std::vector<record>& all, direction way) {
    std::uint64_t bytes = 0;
    for (const auto& one : all)
        if (one.way == way) {
            CHECK(one.offset == bytes);
            bytes += 5 + one.length;
        }
    return bytes;
}

} // namespace

TEST_CASE("a flow has the records of its dialogue, in order") {
    const auto turns = dialogue("tls13");
    const auto flow = watched().saw(turns).end();
    const auto all = flow.records();
    REQUIRE(all.size() == turns.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(all[i].way == turns[i].way);
        CHECK(all[i].content_type == turns[i].record[0]);
        CHECK(all[i].length + 5 == turns[i].record.size());
        CHECK(all[i].time == timestamp(1'000s) + (i + 1) * 1ms);
    }
    CHECK_FALSE(all[0].encrypted);
    CHECK(all.back().encrypted);
    CHECK(on_the_wire(all, up) == flow.to_server);
    CHECK(on_the_wire(all, down) == flow.to_client);
}

TEST_CASE("a flow says what the hellos said") {
    const auto flow = watched().saw(dialogue("tls13")).end();
    CHECK(flow.number == 1);
    CHECK(flow.sni == "releases.test");
    CHECK(flow.client_hello_bytes == 0x013a + 5);
    CHECK(flow.tls_version == "TLS 1.3");
    CHECK(flow.cipher_suite == "TLS_AES_256_GCM_SHA384");
    REQUIRE(flow.client_hello);
    CHECK(flow.client_hello->size == 0x013a);
    REQUIRE(flow.server_hello);
    CHECK_FALSE(flow.verdict);
    CHECK(flow.complete);
    CHECK(watched().saw(dialogue("tls12")).end().tls_version == "TLS 1.2");
}

TEST_CASE("the size of a ClientHello is that of its records") {
    struct row {
        std::string name;
        bytes sent;
        std::uint64_t expected;
    };
    auto then_early_data = hello_record("curl-7.88");
    const auto data = data_record(100);
    then_early_data.insert(then_early_data.end(), data.begin(), data.end());
    auto cut = hello_record("bazelisk-1.28.1");
    cut.resize(700);
    const std::vector<row> rows{
        {"one record", hello_record("bazelisk-1.28.1"), 1493},
        {"three records", in_records("bazelisk-1.28.1", 600), 1488 + 3 * 5},
        {"early data behind it", then_early_data, 517},
        {"cut short", cut, 700},
        {"no TLS", to_bytes(as_bytes("GET / HTTP/1.1\r\n")), 0},
        {"nothing", {}, 0},
    };
    for (const auto& [name, sent, expected] : rows) {
        INFO(name);
        watched seen;
        if (!sent.empty()) seen.saw(up, sent);
        CHECK(seen.end().client_hello_bytes == expected);
    }
}

TEST_CASE("a second ClientHello does not count for the first") {
    const auto turns = dialogue("tls13-retry");
    CHECK(watched().saw(turns).end().client_hello_bytes == turns[0].record.size());
}

TEST_CASE("no record of bulk is missing, and only known times are told") {
    watched seen;
    seen.saw(dialogue("tls13"));
    const auto before = seen.now();
    constexpr std::size_t bulk = 3'000;
    for (std::size_t i = 0; i < bulk; ++i) {
        seen.saw(down, data_record(static_cast<std::uint16_t>(i % 3 == 0 ? 1'000 : 1'400)));
        if (i == 2'000) seen.saw(up, data_record(19));
    }
    const auto flow = seen.end();
    CHECK(flow.events.size() < 1'500); // kept as runs
    const auto all = flow.records();
    CHECK(all.size() == dialogue("tls13").size() + bulk + 1);
    CHECK(on_the_wire(all, up) == flow.to_server);
    CHECK(on_the_wire(all, down) == flow.to_client);
    std::size_t timed = 0;
    timestamp last{};
    for (const auto& one : all) {
        if (!one.time) continue;
        CHECK(*one.time >= last);
        last = *one.time;
        timed += one.time > before;
    }
    CHECK(timed > 40);
    CHECK(timed < 80);
    CHECK(all.back().length == 1'400);
    CHECK(all.back().encrypted);
    CHECK_FALSE(all.back().time);
}

TEST_CASE("records that one read brought have the time of that read") {
    watched seen;
    seen.saw(dialogue("tls13"));
    auto read = data_record(100);
    const auto other = data_record(7);
    read.insert(read.end(), other.begin(), other.end());
    seen.saw(down, read);
    const auto all = seen.end().records();
    REQUIRE(all.size() == dialogue("tls13").size() + 2);
    CHECK(all.back().length == 7);
    REQUIRE(all.back().time);
    CHECK(all.back().time == all[all.size() - 2].time);
}

TEST_CASE("a record that the stream ended inside says what came of it") {
    watched seen;
    seen.saw(dialogue("tls13"));
    seen.saw(down, bytes_view(data_record(1'000)).first(305));
    const auto last = seen.end().records().back();
    CHECK(last.length == 1'000);
    CHECK(last.cut_at == 300);
}

TEST_CASE("code points without a name are numbers") {
    model::timeline story;
    auto hello = std::make_shared<wire::tls::server_hello>();
    hello->version = 0x0399;
    hello->cipher_suite = 0xfefe;
    story.server_hello = hello;
    const auto flow = relay::make_flow(story, {});
    CHECK(flow.tls_version == "0x0399");
    CHECK(flow.cipher_suite == "0xfefe");
}

TEST_CASE("a flow without its first event is not complete, and can be reported") {
    model::timeline story;
    story.flow = 7;
    const auto flow = relay::make_flow(story, {});
    CHECK(flow.number == 7);
    CHECK_FALSE(flow.complete);
    CHECK(flow.records().empty());
    CHECK_FALSE(to_string(flow).empty());
}

TEST_CASE("the report of a flow names its hello") {
    const auto text = to_string(watched().saw(dialogue("tls13")).end());
    INFO(text);
    CHECK(text.find("releases.test") != std::string::npos);
    CHECK(text.find("319 bytes") != std::string::npos);
}
