// Flows that many tests begin with, told as far as their names say: Bazelisk fetches from
// releases.bazel.build through helloscope. Numbers are those of a real one.
#pragma once

#include "support/flow.hpp"

namespace helloscope::test {

using std::chrono::microseconds;

// Go 1.24: one record of 1488 bytes, an X25519MLKEM768 share in it.
inline wire::tls::client_hello go_hello() {
    wire::tls::client_hello hello;
    hello.size = 1488;
    hello.legacy_version = 0x0303;
    hello.legacy_session_id_size = 32;
    hello.cipher_suites = {0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009,
                           0xc013, 0xc00a, 0xc014, 0x1301, 0x1302, 0x1303};
    hello.legacy_compression_methods = {0};
    hello.has_extensions = true;
    hello.extensions = {{0, 26, 0},  {11, 2, 0},  {0xff01, 1, 0}, {23, 0, 0},
                        {18, 0, 0},  {5, 5, 0},   {10, 12, 0},    {13, 26, 0},
                        {50, 28, 0}, {16, 14, 0}, {43, 5, 0},     {51, 1258, 0}};
    hello.server_name = wire::tls::server_name{"releases.bazel.build", 120, 20};
    hello.alpn = {"h2", "http/1.1"};
    hello.supported_versions = {0x0304, 0x0303};
    hello.supported_groups = {0x11ec, 29, 23, 24, 25};
    hello.key_shares = {{0x11ec, 1216}, {29, 32}};
    return hello;
}

inline wire::tls::client_hello small_hello() {
    auto hello = go_hello();
    hello.size = 266;
    hello.extensions.back().size = 38;
    hello.supported_groups = {29, 23, 24, 25};
    hello.key_shares = {{29, 32}};
    return hello;
}

inline wire::tls::server_hello tls13_answer() {
    wire::tls::server_hello hello;
    hello.size = 1210;
    hello.legacy_version = 0x0303;
    hello.cipher_suite = 0x1301;
    hello.version = 0x0304;
    hello.group = 0x11ec;
    return hello;
}

inline model::record record_of(
    const flow& so_far, direction dir, std::uint8_t type, std::uint32_t length,
    bool encrypted = false) {
    return {dir, type, 0x0303, length, 0, so_far.now(), encrypted, {}};
}

inline flow accepted() {
    return flow().then(
        {},
        model::flow_opened{*parse_endpoint("127.0.0.1:52114"), *parse_endpoint("127.0.0.1:8484")});
}

inline flow asked() {
    model::requested request{"connect", "CONNECT", "releases.bazel.build", 443, "HTTP/1.1",
                             105,       {}};
    request.headers = {{"User-Agent", 18, "Go-http-client/1.1"}};
    return accepted().then(microseconds(400), request);
}

inline const endpoint far_side = *parse_endpoint("192.0.2.10:443");

inline flow dialed() {
    return asked()
        .then(
            microseconds(1200),
            model::resolved{
                "releases.bazel.build", {far_side.address}, "dns", microseconds(1200), ""})
        .then(microseconds(10), model::connecting{far_side})
        .then(
            microseconds(300),
            model::connected{far_side, *parse_endpoint("192.0.2.1:40000"), microseconds(300), 0u})
        .then(microseconds(20), model::answered{200, "Connection established", ""});
}

inline const endpoint proxy_side = *parse_endpoint("10.0.0.5:3128");
inline const std::string proxy = "http://proxy.corp:3128";

// The way out is a parent proxy, and maybe more behind it.
inline flow routed(std::vector<std::string> parents = {proxy}) {
    return asked().then({}, model::routed{std::move(parents), "HTTPS_PROXY"});
}

// It is connected, and asked for the rest of the way.
inline flow& reach_parent(flow& on) {
    const microseconds took(300);
    return on.then(took, model::resolved{"proxy.corp", {proxy_side.address}, "dns", took, ""})
        .then({}, model::connecting{proxy_side})
        .then(took, model::connected{proxy_side, *parse_endpoint("10.0.0.9:40000"), took, 0u});
}

inline flow at_parent() {
    auto on = routed();
    return reach_parent(on);
}

inline flow through_parent() {
    return at_parent()
        .then(
            microseconds(3100),
            model::parent_answered{proxy, 200, "Connection established", microseconds(3100), ""})
        .then({}, model::answered{200, "Connection established", ""});
}

// It says no, and the client hears that from us.
inline flow& refuse(flow& on, model::parent_answered said) {
    const model::answered passed_on{
        said.status >= 400 ? said.status : std::uint16_t(502), "parent " + said.reason, ""};
    on.then(said.took, std::move(said)).then({}, passed_on);
    on.then(microseconds(100), model::closed{model::leg::client, "peer", "fin", ""});
    const auto line = on.told();
    return on.then({}, model::flow_closed{line.at, on.now() - line.begun, 0, 0});
}

// A plain http:// URL, asked for in absolute-form.
inline flow asked_plainly(std::string host = "example.test") {
    model::requested request{"http", "GET", std::move(host), 80, "HTTP/1.1", 90, {}};
    request.headers = {{"User-Agent", 10, "curl/8.5.0"}};
    return accepted().then(microseconds(200), request);
}

inline flow& exchange(flow& on, std::uint16_t status, std::uint64_t bytes) {
    const microseconds took(2500);
    return on.then(took, model::exchanged{"GET", status, 0, bytes, took});
}

inline flow& greet(flow& on, const wire::tls::client_hello& hello) {
    on.then(microseconds(150), model::path{});
    auto first = record_of(on, direction::to_server, 22, hello.size);
    model::handshake message;
    message.dir = direction::to_server;
    message.type = 1;
    message.length = hello.size - 4;
    message.client_hello = std::make_shared<const wire::tls::client_hello>(hello);
    message.ja4 = "t13d1312h2_f57a46bbacb6_ab7e3b40a677";
    first.version = 0x0301;
    return on.then(microseconds(100), message).then({}, first);
}

inline flow greeted(const wire::tls::client_hello& hello = go_hello()) {
    auto on = dialed();
    return greet(on, hello);
}

inline flow& answer_tls13(flow& on) {
    model::handshake message;
    message.dir = direction::to_client;
    message.type = 2;
    message.length = 1206;
    message.server_hello = std::make_shared<const wire::tls::server_hello>(tls13_answer());
    on.then(microseconds(2000), message);
    on.then({}, record_of(on, direction::to_client, 22, 1210));
    on.then({}, record_of(on, direction::to_client, 20, 1));
    return on.then(microseconds(100), record_of(on, direction::to_client, 23, 2817, true));
}

inline flow& finish_tls13(flow& on) {
    on.then(microseconds(700), record_of(on, direction::to_server, 20, 1));
    return on.then(microseconds(100), record_of(on, direction::to_server, 23, 53, true));
}

// What the kernel says of the server leg: so much of `sent` bytes was acknowledged.
inline model::path_sample sample(std::uint64_t sent, std::uint64_t acked) {
    model::path_sample p;
    p.state = std::uint8_t{1};
    p.retransmits = std::uint8_t{0};
    p.rtt = microseconds(2100);
    p.min_rtt = microseconds(1900);
    p.snd_mss = 1448;
    p.rcv_mss = 536;
    p.pmtu = 1500;
    p.unacked = sent == acked ? 0 : 2;
    p.sacked = 0;
    p.lost = 0;
    p.total_retrans = 0;
    p.segs_in = 3;
    p.data_segs_in = 0;
    p.rcv_ooopack = 0;
    p.bytes_sent = sent;
    p.bytes_retrans = 0;
    p.bytes_acked = acked + 1;
    p.bytes_received = 0;
    return p;
}

inline flow& end(flow& on, model::leg first, std::string how = "fin") {
    const auto other = first == model::leg::client ? model::leg::server : model::leg::client;
    on.then({}, model::closed{first, "peer", how, how == "rst" ? "ECONNRESET" : ""});
    on.then(microseconds(200), model::closed{other, "helloscope", how, ""});
    const auto line = on.told();
    return on.then(
        {}, model::flow_closed{
                line.at, on.now() - line.begun, line.of(direction::to_server).bytes,
                line.of(direction::to_client).bytes});
}

// A download over TLS 1.3, from the first byte to the last.
inline flow healthy() {
    auto on = greeted();
    finish_tls13(answer_tls13(on));
    on.then(microseconds(100), record_of(on, direction::to_server, 23, 214, true));
    on.then(microseconds(9000), record_of(on, direction::to_client, 23, 1042, true));
    model::records bulk{direction::to_client, 0x0303,   5055,          256,
                        256 * 16406,          on.now(), {{16401, 256}}};
    on.then(microseconds(3000), bulk);
    auto p = sample(1840, 1840);
    p.rcv_mss = 1448;
    p.data_segs_in = 2903;
    p.bytes_received = 4'204'000;
    on.then({}, model::path{model::leg::server, p});
    return end(on, model::leg::client);
}

// The hello was acknowledged; then nothing for ten seconds, and the client left.
inline flow silent(bool left = true) {
    auto on = greeted();
    on.then(
        std::chrono::seconds(2),
        model::stalled{model::stage::server_flight, std::chrono::seconds(2)});
    on.then({}, model::path{model::leg::server, sample(1493, 1493)});
    if (!left) return on;
    on.then(std::chrono::seconds(8), model::path{model::leg::server, sample(1493, 1493)});
    return end(on, model::leg::client);
}

} // namespace helloscope::test
