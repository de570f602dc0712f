#include "helloscope/model/json.hpp"

#include "every_event.hpp"
#include "support/catch.hpp"

#include <random>

using namespace helloscope;
using namespace helloscope::model;
using namespace std::chrono_literals;

namespace {

std::string written(const event& event) {
    std::string out;
    write_json(event, out);
    return out;
}

std::string error_of(std::string_view text) {
    const auto read = read_json(text);
    return read ? "no error" : read.error().message;
}

} // namespace

TEST_CASE("every event with every field survives being written and read") {
    const auto all = test::every_event();
    REQUIRE(all.size() == std::variant_size_v<happening>);
    for (const auto& event : all) {
        const auto text = written(event);
        const auto back = read_json(text);
        INFO(text);
        REQUIRE(back.has_value());
        CHECK(back->flow == event.flow);
        CHECK(back->time == event.time);
        CHECK(back->what.index() == event.what.index());
        CHECK(written(*back) == text);
    }
}

TEST_CASE("every event with nothing filled survives too") {
    for (auto event : test::every_event()) {
        const auto name = event_name(event.what);
        const auto text = R"({"event":")" + std::string(name) + R"(","flow":1,"t":1})";
        const auto back = read_json(text);
        INFO(text);
        REQUIRE(back.has_value());
        CHECK(written(*read_json(written(*back))) == written(*back));
    }
}

TEST_CASE("values come back as they were, to the nanosecond where they are durations") {
    const auto back = read_json(
        R"({"event":"connected","flow":18446744073709551615,"t":1795213175.897790,)"
        R"("address":"[::1]:443","local":"127.0.0.1:5","took":0.001234567})");
    REQUIRE(back.has_value());
    CHECK(back->flow == 18446744073709551615u);
    CHECK(back->time == timestamp(1'795'213'175'897'790us));
    const auto& what = std::get<connected>(back->what);
    CHECK(what.took == 1'234'567ns);
    CHECK(to_string(what.address) == "[::1]:443");
    CHECK(!what.syn_retransmits);
}

TEST_CASE("names and numbers both serve as code points") {
    const auto by_name = read_json(R"({"event":"alert","flow":1,"t":1,"dir":"to_client",)"
                                   R"("level":"fatal","description":"unknown_ca"})");
    const auto by_number = read_json(
        R"({"event":"alert","flow":1,"t":1,"dir":"to_client","level":2,"description":48})");
    REQUIRE(by_name.has_value());
    REQUIRE(by_number.has_value());
    CHECK(std::get<alert>(by_name->what).description == 48);
    CHECK(written(*by_name) == written(*by_number));
}

TEST_CASE("unknown fields are passed over") {
    CHECK(read_json(R"({"event":"stalled","flow":1,"t":1,"stage":"data","new":{"a":[1]}})"));
}

TEST_CASE("what is wrong is named") {
    CHECK(error_of("{") == "not JSON: incomplete JSON");
    CHECK(error_of("[]") == "not a JSON object");
    CHECK(error_of(R"({"flow":1})") == R"(no "event" in it)");
    CHECK(error_of(R"({"event":"recrod","flow":1,"t":1})") == R"(unknown event "recrod")");
    CHECK(error_of(R"({"event":"record","t":1})") == R"(record has no "flow")");
    CHECK(error_of(R"({"event":"record","flow":1})") == R"(record has no "t")");

    struct row {
        std::string_view fields, error;
    };
    const row rows[] = {
        {R"("length":-1)", "record.length is not a number from 0 to 4294967295"},
        {R"("length":4294967296)", "record.length is not a number from 0 to 4294967295"},
        {R"("length":"1")", "record.length is not a number from 0 to 4294967295"},
        {R"("length":1.5)", "record.length is not a number from 0 to 4294967295"},
        {R"("length":null)", "record.length is not a number from 0 to 4294967295"},
        {R"("dir":"up")", "record.dir is not one of to_server, to_client"},
        {R"("content_type":"gossip")",
         "record.content_type is not a name that is known here, or a number"},
        {R"("content_type":256)", "record.content_type is not a number from 0 to 255"},
        {R"("version":"0x30303")", "record.version is not a number such as \"0x1301\""},
        {R"("version":"0x")", "record.version is not a number such as \"0x1301\""},
        {R"("first":1e300)", "record.first is not a number of seconds"},
        {R"("encrypted":0)", "record.encrypted is not true or false"},
        {R"("cut_at":{})", "record.cut_at is not a number from 0 to 4294967295"},
    };
    for (const auto& [fields, error] : rows)
        CHECK(
            error_of(R"({"event":"record","flow":1,"t":1,)" + std::string(fields) + "}") == error);

    CHECK(
        error_of(R"({"event":"flow_opened","flow":1,"t":1,"client":"x:1"})") ==
        "flow_opened.client is not an IP address and a port");
    CHECK(
        error_of(
            R"({"event":"handshake","flow":1,"t":1,"client_hello":{"extensions":[{"id":-1}]}})") ==
        "handshake.client_hello.extensions.id is not a number from 0 to 65535");
    CHECK(
        error_of(R"({"event":"handshake","flow":1,"t":1,"client_hello":{"random":"00"}})") ==
        "handshake.client_hello.random is not hex digits of the right number");
    CHECK(
        error_of(R"({"event":"handshake","flow":1,"t":1,"server_hello":{"session_id":"0g"}})") ==
        "handshake.server_hello.session_id is not hex digits");
    CHECK(error_of(std::string(10000, '[')) == "not JSON: too deep");
}

TEST_CASE("no text crashes the reader, and what it accepts can be written and read again") {
    std::mt19937 random(1);
    std::size_t accepted = 0;
    for (const auto& event : test::every_event()) {
        const auto text = written(event);
        for (int round = 0; round < 300; ++round) {
            auto mutant = text;
            for (auto edits = 1 + random() % 3; edits-- > 0;) {
                const auto at = random() % mutant.size();
                switch (random() % 3) {
                case 0: mutant[at] = static_cast<char>(random()); break;
                case 1: mutant.erase(at, 1 + random() % 8); break;
                default: mutant.insert(at, text, random() % text.size(), random() % 8);
                }
                if (mutant.empty()) break;
            }
            const auto read = read_json(mutant);
            if (!read) continue;
            ++accepted;
            CHECK(read_json(written(*read)).has_value());
        }
    }
    CHECK(accepted > 100);
}
