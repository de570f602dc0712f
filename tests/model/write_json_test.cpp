#include "helloscope/model/json.hpp"

#include "every_event.hpp"
#include "support/catch.hpp"

#include <cstdlib>
#include <new>

using namespace helloscope;
using namespace helloscope::model;
using namespace std::chrono_literals;

namespace {

std::size_t allocations = 0;

} // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size ? size : 1)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size ? size : 1);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

std::string json(happening what) {
    std::string out;
    write_json(event{7, timestamp(1'795'213'175'897'790us), std::move(what)}, out);
    return out;
}

constexpr std::string_view now = R"("flow":7,"t":1795213175.897790)";

std::string object(std::string_view name, std::string_view fields) {
    std::string out = R"({"event":")";
    out.append(name).append(R"(",)").append(now).append(fields).append("}");
    return out;
}

} // namespace

TEST_CASE("a record is one flat object with its content type by name") {
    const record r{direction::to_server, 22, 0x0301, 1488, 0, timestamp(1s), false, {}};
    CHECK(
        json(r) == object(
                       "record",
                       R"(,"dir":"to_server","content_type":"handshake","version":"0x0301",)"
                       R"("length":1488,"offset":0,"first":1.000000,"encrypted":false)"));
}

TEST_CASE("a code point without a name is a number") {
    const record r{direction::to_client, 99, 0x0303, 1, 5, {}, true, 7};
    CHECK(
        json(r) == object(
                       "record",
                       R"(,"dir":"to_client","content_type":99,"version":"0x0303",)"
                       R"("length":1,"offset":5,"first":0.000000,"encrypted":true,"cut_at":7)"));
    CHECK(
        json(alert{direction::to_client, 2, 40}) ==
        object("alert", R"(,"dir":"to_client","level":"fatal","description":"handshake_failure")"));
}

TEST_CASE("a run of records lists lengths and counts") {
    records r{direction::to_client, 0x0303, 5000, 3, 40000, timestamp(1s), {{16401, 2}, {100, 1}}};
    CHECK(
        json(r) == object(
                       "records",
                       R"(,"dir":"to_client","version":"0x0303","offset":5000,"count":3,)"
                       R"("bytes":40000,"first":1.000000,)"
                       R"("lengths":[{"length":16401,"count":2},{"length":100,"count":1}])"));
}

TEST_CASE("a path holds what is known and leaves out the rest") {
    path p;
    p.of = leg::server;
    p.sample.rtt = 1234us;
    p.sample.snd_mss = 1448;
    p.sample.sack = true;
    CHECK(
        json(p) == object("path", R"(,"leg":"server","sack":true,"rtt":0.001234,"snd_mss":1448)"));
    CHECK(json(path{}) == object("path", R"(,"leg":"client")"));
}

TEST_CASE("a flow's connect attempts and closings read as they happened") {
    CHECK(
        json(resolved{"registry.test", {*parse_ip_address("192.0.2.1")}, "dns", 1234567ns, ""}) ==
        object(
            "resolved", R"(,"host":"registry.test","addresses":["192.0.2.1"],)"
                        R"("source":"dns","took":0.001234567)"));
    CHECK(
        json(connect_failed{*parse_endpoint("[2001:db8::1]:443"), 1s, 2, "timeout", ""}) ==
        object(
            "connect_failed", R"(,"address":"[2001:db8::1]:443","took":1.000000,)"
                              R"("syn_retransmits":2,"error":"timeout")"));
    CHECK(
        json(closed{leg::client, "peer", "fin", ""}) ==
        object("closed", R"(,"leg":"client","by":"peer","how":"fin")"));
    CHECK(
        json(stalled{stage::server_flight, 2s}) ==
        object("stalled", R"(,"stage":"server_flight","waited":2.000000)"));
}

TEST_CASE("the way out reads as it was chosen and answered") {
    CHECK(json(routed{}) == object("routed", R"(,"heals":false)"));
    CHECK(
        json(routed{{"http://near:3128", "socks5h://far:1080"}, "--via"}) ==
        object(
            "routed", R"(,"parents":["http://near:3128","socks5h://far:1080"],)"
                      R"("source":"--via","heals":false)"));
    CHECK(
        json(parent_answered{"http://near:3128", 403, "Forbidden by policy", 3ms, "refused"}) ==
        object(
            "parent_answered", R"(,"parent":"http://near:3128","status":403,)"
                               R"("reason":"Forbidden by policy","took":0.003000,)"
                               R"("error":"refused")"));
    CHECK(
        json(exchanged{"GET", 200, 0, 1234, 20ms}) ==
        object(
            "exchanged", R"(,"method":"GET","status":200,"request_bytes":0,)"
                         R"("response_bytes":1234,"took":0.020000)"));
    CHECK(
        json(proxy_protocol{
            leg::server, 1, *parse_endpoint("192.0.2.7:40000"), *parse_endpoint("[::1]:443")}) ==
        object(
            "proxy_protocol", R"(,"leg":"server","version":1,"source":"192.0.2.7:40000",)"
                              R"("destination":"[::1]:443")"));
    CHECK(
        json(proxy_protocol{leg::client, 2, {}, {}}) ==
        object("proxy_protocol", R"(,"leg":"client","version":2)"));
}

TEST_CASE("a ClientHello is an object with sizes and code points") {
    wire::tls::client_hello hello;
    hello.size = 1488;
    hello.legacy_version = 0x0303;
    hello.cipher_suites = {0x1301, 0x0a0a};
    hello.server_name = wire::tls::server_name{"registry.test", 80, 13};
    hello.alpn = {"h2"};
    hello.key_shares = {{0x11ec, 1216}};
    hello.has_extensions = true;
    hello.extensions = {{51, 1222, 200}};
    hello.padding = 0;
    handshake h{direction::to_server, 1, 1484, 0, {}, {}, "", "t13d", {}, {}, ""};
    h.client_hello = std::make_shared<const wire::tls::client_hello>(hello);
    CHECK(
        json(h) ==
        object(
            "handshake",
            R"(,"dir":"to_server","type":"client_hello","length":1484,"offset":0,"client_hello":{)"
            R"("size":1488,"version":"0x0303","random":")" +
                std::string(64, '0') +
                R"(","session_id_size":0,"cipher_suites":["0x1301","0x0a0a"],)"
                R"("has_extensions":true,"extensions":[{"id":51,"size":1222,"offset":200}],)"
                R"("server_name":{"host":"registry.test","offset":80,"size":13},"alpn":["h2"],)"
                R"("key_shares":[{"group":"0x11ec","size":1216}],"padding":0,"early_data":false,)"
                R"("status_request":false,"ech":"none"},"ja4":"t13d")"));
}

TEST_CASE("a verdict keeps its lists in order") {
    verdict v{
        "server-silent", certainty::likely, "s", {{"a", "1"}}, {"o"}, {}, {{"w", "t", ""}}, {}};
    CHECK(
        json(v) == object(
                       "verdict", R"(,"id":"server-silent","certainty":"likely","summary":"s",)"
                                  R"("evidence":[{"name":"a","value":"1"}],"others":["o"],)"
                                  R"("remedies":[{"who":"w","text":"t"}])"));
}

TEST_CASE("it appends to what is there, and every event is one line") {
    for (const auto& event : test::every_event()) {
        std::string out = "before ";
        write_json(event, out);
        CHECK(out.starts_with("before {\"event\":\""));
        CHECK(out.back() == '}');
        CHECK(out.find('\n') == std::string::npos);
    }
}

TEST_CASE("an event is written without an allocation") {
    const auto all = test::every_event();
    std::string out;
    out.reserve(65536);
    for (const auto& event : all) {
        out.clear();
        const auto before = allocations;
        write_json(event, out);
        const auto after = allocations;
        INFO(event_name(event.what));
        CHECK(after == before);
    }
}
