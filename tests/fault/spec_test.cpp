#include "helloscope/fault/spec.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::fault;

namespace {

std::string again(std::string_view text) {
    const auto got = parse_spec(text);
    return got ? to_string(*got) : got.error().message;
}

} // namespace

TEST_CASE("every fault reads back as it was written") {
    const auto* const text = GENERATE(
        "stall", "to_server stall@1460", "to_client throttle:64KiB/s", "latency:100ms",
        "latency:100ms,jitter=20ms", "jitter:5ms", "throttle:10kB/s", "throttle:0/s", "slice:100",
        "slice:100,vary=20,pause=1ms", "stall:3s@server_hello", "blackhole:mtu=1400",
        "blackhole:mtu=1400,mss=1360", "drop-tail:mss=1460", "drop-tail:mss=1460,below=100",
        "reset@record:3", "reset:100ms", "close@application_data", "half-close@2s",
        "truncate:20@server_hello", "corrupt@100", "corrupt:4,skip=5@record:2", "alert",
        "alert:unrecognized_name@sni", "alert:99", "alert:close_notify,level=warning@sni+3",
        "alert@sni-1", "not-tls", "not-tls:503", "slow-close:2s", "timeout", "timeout:250us",
        "limit-data:64KiB", "refuse", "dns-fail", "connect-stall", "connect-stall:3s",
        "stall@midsni", "to_client reset@record:3 toxicity=0.25 seed=7",
        "stall name=stall_downstream", "stall name=\"my \\\"own\\\" \\\\toxic\"");
    CHECK(again(text) == text);
}

TEST_CASE("what goes without saying is not written") {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"  to_server   stall  ", "to_server stall"},
        {"latency:delay=0.1s,jitter=0s", "latency:100ms"},
        {"blackhole:mss=1360,mtu=1400", "blackhole:mtu=1400,mss=1360"},
        {"alert:handshake_failure,level=fatal", "alert"},
        {"stall@2000", "stall@2000"},
        {"stall@2kB", "stall@2000"},
        {"stall@2048", "stall@2KiB"},
        {"stall toxicity=1.0 seed=1", "stall"},
        {"stall:0s", "stall"},
        {"stall name=\"a\"", "stall name=a"},
    };
    for (const auto& [text, expected] : rows) CHECK(again(text) == expected);
}

TEST_CASE("errors say what, where and what is expected") {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"", "character 1: a fault is expected: latency, jitter, "},
        {"to_server", "character 1: there is no fault \"to_server\"; there are latency, "},
        {"to_server stal@1460", "character 11: there is no fault \"stal\"; there are latency, "},
        {"latency", "character 1: latency needs delay, a time such as 50ms or 2s"},
        {"latency:100", "character 9: \"100\" is not a time such as 50ms or 2s (delay)"},
        {"latency:100ms,jiter=3ms", "character 15: latency takes delay=, jitter="},
        {"latency:100ms,200ms", "character 15: latency takes delay=, jitter="},
        {"latency:100ms,delay=3ms", "character 15: delay is given twice"},
        {"latency:-3ms", "\"-3ms\" is not a time"},
        {"latency:9999999999999s", "is not a time"},
        {"latency:2000000s", "character 9: delay is 0s to 86400s"},
        {"throttle:64KiB", "\"64KiB\" is not a rate such as 64KiB/s"},
        {"half-close:3", "character 12: half-close takes no parameters"},
        {"blackhole", "blackhole needs mtu=, a whole number"},
        {"blackhole:1400", "blackhole takes mtu=, mss="},
        {"blackhole:mtu=60", "mtu is 68 to 65535"},
        {"alert:sorry", "\"sorry\" is not an alert such as unrecognized_name"},
        {"alert:300", "description is 0 to 255"},
        {"stall@", "character 7: \"\" is no trigger: a number of bytes"},
        {"stall@soon", "\"soon\" is no trigger"},
        {"stall@record:0", "\"record:0\" is no trigger"},
        {"stall@sni*2", "\"sni*2\" is no trigger"},
        {"stall@1460 often", "character 12: \"often\" is none of toxicity=, seed=, name="},
        {"stall often=1", "character 7: \"often=\" is none of toxicity=, seed=, name="},
        {"stall toxicity=2", "character 16: \"2\" is not a probability from 0 to 1"},
        {"stall toxicity=nan", "\"nan\" is not a probability"},
        {"stall seed=x", "\"x\" is not a whole number (seed)"},
        {"stall name=\"x", "character 12: the quote is not closed"},
        {"stall name=\"", "character 12: the quote is not closed"},
        {"to_server refuse", "refuse has no direction: it acts before a byte passes"},
        {"dns-fail@3s", "character 10: dns-fail has no trigger: it acts before a byte passes"},
        {"to_client stall@client_hello",
         "client_hello goes to_server: a fault to_client does not meet it"},
        {"to_server stall@server_hello_done", "server_hello_done goes to_client"},
    };
    for (const auto& [text, expected] : rows) {
        const auto got = parse_spec(text);
        REQUIRE_FALSE(got);
        INFO(got.error().message);
        CHECK(got.error().message.starts_with("fault \"" + std::string(text) + "\", character "));
        CHECK(got.error().message.find(expected) != std::string::npos);
    }
}

TEST_CASE("a fault listens where its trigger passes") {
    struct row {
        std::string_view text;
        bool to_server, to_client;
    };
    const row rows[] = {
        {"stall", true, true},
        {"to_server stall", true, false},
        {"to_client stall@1460", false, true},
        {"stall@client_hello", true, false},
        {"stall@server_hello", false, true},
        {"stall@certificate", true, true},
        {"stall@midsni", true, false},
        {"alert", true, false}, // it answers what the client says
        {"alert@sni", true, false},
        {"alert@record:2", false, true}, // instead of the server's second record
        {"alert@server_hello", false, true},
        {"to_server alert", false, true}, // it answers what the server says
        {"to_server alert@server_hello", false, true},
        {"not-tls", true, false},
        {"refuse", false, false},
        {"connect-stall", false, false},
    };
    for (const auto& one : rows) {
        INFO(one.text);
        const auto got = parse_spec(one.text);
        REQUIRE(got);
        CHECK(got->listens(direction::to_server) == one.to_server);
        CHECK(got->listens(direction::to_client) == one.to_client);
    }
}

TEST_CASE("the values of a fault are read by name") {
    const auto got = parse_spec("slice:100,pause=2ms");
    REQUIRE(got);
    CHECK(got->value("size") == 100);
    CHECK(got->value("vary") == 0);
    CHECK(got->value("pause") == 2'000'000);
    CHECK(got->value("colour") == 0);
}
