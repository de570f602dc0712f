#include "helloscope/diagnose/report.hpp"

#include "diagnose/told.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace std::chrono_literals;

namespace {

std::string text_of(const test::flow& flow, unsigned width = 100) {
    diagnose::report_options how;
    how.width = width;
    return diagnose::flow_text(flow.told(), how);
}

bool says(const std::string& text, std::string_view words) {
    return text.find(words) != std::string::npos;
}

} // namespace

// clang-format off
TEST_CASE("a healthy download") {
    CHECK('\n' + text_of(test::healthy()) == R"(
flow 1 · releases.bazel.build:443 · from 127.0.0.1:52114 · Go-http-client/1.1
ok, TLS 1.3
  stages      front 0.40 ms · dns 1.2 ms · tcp 0.30 ms · hello 0.10 ms · server flight 2.1 ms ·
              client finish 0.80 ms · data 12 ms
  hello       1,493 bytes · 2 segments of up to 1,448 · key_share 1,258 ·
              signature_algorithms_cert 28 · server_name 26
              releases.bazel.build · h2, http/1.1 · TLS 1.3, TLS 1.2 ·
              key shares X25519MLKEM768 1,216, x25519 32
              JA4 t13d1312h2_f57a46bbacb6_ab7e3b40a677
  answer      TLS 1.3 · TLS_AES_128_GCM_SHA256 · X25519MLKEM768
  to server   4 records · 1,776 bytes · █▂·▂···  ≤64: 2  ≤256: 1  ≤4K: 1
  to client   260 records · 4.0 MiB · ▁··▁··█  ≤64: 1  ≤4K: 3  >16K: 256
  server path rtt 2.1 ms, min 1.9 ms · mss 1,448 · path mtu 1,500 · nothing sent again
  end         client closed (FIN) · after 17 ms
)");
}

TEST_CASE("a server that says nothing") {
    CHECK('\n' + text_of(test::silent()) == R"(
flow 1 · releases.bazel.build:443 · from 127.0.0.1:52114 · Go-http-client/1.1
✗ server-silent (likely)
  releases.bazel.build:443 acknowledged the whole ClientHello and sent nothing in 10.0 s.

                                      helloscope  releases.bazel.build:443
              2 segments, 1,493 bytes ─────────────────────────────────▶ acknowledged
                                      ◀                                  nothing in 10.0 s

  evidence    ClientHello: 1,493 bytes · acknowledged: 1,493 bytes · received: 0 bytes ·
              segments behind a gap: 0 · round trip: 1.9 ms
  may also be mtu-black-hole-to-client, hello-size-intolerant, split-intolerant,
              hello-content-refused, name-filtered, address-broken, server-slow, backend-down
  not known   whether a second connection with a small MSS is answered: then the server's segments
              were too long for the path
  try         helloscope: Keep segments both ways to 1,360 bytes on the leg to the server
                helloscope run --mss 1360
  try         helloscope: Or let it find out by itself what passes
                helloscope run --heal
  try         client: Without its X25519MLKEM768 key share the hello has 271 bytes instead of 1,493
              and fits one segment (Bazelisk and other Go programs)
                export GODEBUG=tlsmlkem=0
  try         server: Does it accept connections and answer other clients? A balancer may take them
              for a backend that is down
  beside it   hello-post-quantum: the ClientHello has 1,493 bytes because of its X25519MLKEM768 key
              share, 271 without it; that is 2 segments of up to 1,448, the last one of 45 bytes
  more        helloscope explain server-silent

  stages      front 0.40 ms · dns 1.2 ms · tcp 0.30 ms · hello 0.10 ms ·
              server flight 10.0 s, not over
  hello       1,493 bytes · 2 segments of up to 1,448 · key_share 1,258 ·
              signature_algorithms_cert 28 · server_name 26
              releases.bazel.build · h2, http/1.1 · TLS 1.3, TLS 1.2 ·
              key shares X25519MLKEM768 1,216, x25519 32
              JA4 t13d1312h2_f57a46bbacb6_ab7e3b40a677
  to server   1 record · 1,493 bytes
  server path rtt 2.1 ms, min 1.9 ms · mss 1,448 · path mtu 1,500 · nothing sent again
  end         client closed (FIN) · after 10.0 s
)");
}

TEST_CASE("TLS on the plain port") {
    CHECK('\n' + text_of(test::tls_on_the_plain_port()) == R"(
flow 1 · from 127.0.0.1:52114
✗ tls-to-plain-proxy (confirmed)
  The client speaks TLS to helloscope itself, but 127.0.0.1:8484 speaks plain HTTP: the proxy is set
  as https:// instead of http://.
  evidence    first bytes: a TLS record
  try         client: Set the proxy with http://; the way to the server stays TLS
                export HTTPS_PROXY=http://127.0.0.1:8484
  more        helloscope explain tls-to-plain-proxy

  stages      front 1.0 ms
  end         client closed (FIN) · after 1.2 ms
)");
}

TEST_CASE("a refused connection") {
    CHECK('\n' + text_of(test::refused()) == R"(
flow 1 · releases.bazel.build:443 · from 127.0.0.1:52114 · Go-http-client/1.1
✗ connect-refused (confirmed)
  192.0.2.10:443 refused the connection: nothing listens on port 443 there, or a firewall answers
  so.
  evidence    192.0.2.10:443: ECONNREFUSED after 0.30 ms
  try         server: Is the service running, and is 443 its port?
  more        helloscope explain connect-refused

  stages      front 0.40 ms · dns 1.2 ms · tcp 0.30 ms
  end         after 1.9 ms
)");
}

TEST_CASE("a way out through a parent") {
    CHECK('\n' + text_of(test::tunnelled_by_parent()) == R"(
flow 1 · releases.bazel.build:443 · from 127.0.0.1:52114 · Go-http-client/1.1
ok, TLS 1.3
  note        closed-without-request: the client finished the handshake and left without asking for
              anything: a check does this, curl where the certificate is for another name, wget and
              git where they do not trust it
  via         http://proxy.corp:3128 (HTTPS_PROXY) · answered 200 in 3.1 ms
  stages      front 0.40 ms · dns 0.30 ms · tcp 0.30 ms · parent 3.1 ms · hello 0.10 ms ·
              server flight 2.1 ms · client finish 0.80 ms · data 0.00 ms
  hello       271 bytes · key_share 38 · signature_algorithms_cert 28 · server_name 26
              releases.bazel.build · h2, http/1.1 · TLS 1.3, TLS 1.2 · key shares x25519 32
              JA4 t13d1312h2_f57a46bbacb6_ab7e3b40a677
  answer      TLS 1.3 · TLS_AES_128_GCM_SHA256 · X25519MLKEM768
  to server   3 records · 335 bytes · █·▂····  ≤64: 2  ≤1K: 1
  to client   3 records · 4,043 bytes · ▂··█···  ≤64: 1  ≤4K: 2
  end         client closed (FIN) · after 7.5 ms
)");
}

TEST_CASE("a parent that forbids") {
    CHECK('\n' + text_of(test::forbidden_by_parent()) == R"(
flow 1 · releases.bazel.build:443 · from 127.0.0.1:52114 · Go-http-client/1.1
✗ parent-refused (confirmed)
  The parent proxy http://proxy.corp:3128 refused to connect to releases.bazel.build:443: 403
  Forbidden by policy.
  evidence    way out: http://proxy.corp:3128 (HTTPS_PROXY) ·
              its answer: 403 Forbidden by policy after 3.0 ms
  try         network: Ask who runs the proxy to allow releases.bazel.build:443
  try         client: See the same without helloscope
                curl -v -x http://proxy.corp:3128 https://releases.bazel.build/
  try         helloscope: Go to releases.bazel.build directly, if the network lets that pass: set
              this where helloscope starts
                export NO_PROXY="$NO_PROXY",releases.bazel.build
  try         helloscope: Or to every server: give this to helloscope run
                --via direct
  more        helloscope explain parent-refused

  via         http://proxy.corp:3128 (HTTPS_PROXY) · answered 403 Forbidden by policy in 3.0 ms
  stages      front 0.40 ms · dns 0.30 ms · tcp 0.30 ms · parent 3.0 ms
  end         client closed (FIN) · after 4.1 ms
)");
}

TEST_CASE("plain HTTP, exchange by exchange") {
    CHECK('\n' + text_of(test::browsed()) == R"(
flow 1 · example.test:80 · from 127.0.0.1:52114 · curl/8.5.0
ok, plain HTTP
  via         direct (NO_PROXY)
  http        last POST http://b.test:8080/… 201 · 2 exchanges · 77 bytes up · 1,334 bytes down
  stages      front 0.20 ms · tcp 0.30 ms · data 4.2 ms
  to client   1,700 bytes
  end         client closed (FIN) · after 4.9 ms
)");
}

TEST_CASE("SOCKS, PROXY protocol headers and a chain") {
    CHECK('\n' + text_of(test::announced()) == R"(
flow 1 · ssh.test:22 · from 203.0.113.7:41000 · socks5
✗ parent-garbled (confirmed)
  The connection to the parent proxy https://far:443 broke before it had answered: ECONNRESET.
  evidence    way out: socks5h://near:1080 → https://far:443 (--via) · asked for: ssh.test:22 ·
              after: 0.00 ms
  try         helloscope: Is it a proxy of that kind? One that is spoken to over TLS is named
              https://, a SOCKS proxy socks5h://
  more        helloscope explain parent-garbled

  client      203.0.113.7:41000 → 192.0.2.10:443 · PROXY protocol v2 from 127.0.0.1:52114
  announced   no addresses · PROXY protocol v1 to the server
  via         socks5h://near:1080 → https://far:443 (--via) · broken after 0.00 ms: ECONNRESET
  stages      front 0.50 ms · dns 0.30 ms · tcp 0.30 ms · parent 0.20 ms
  end         after 1.3 ms
)");
}
// clang-format on

TEST_CASE("what was concluded when it happened comes before what the rules say now") {
    auto on = test::silent();
    model::verdict said;
    said.id = "fault-injected";
    said.notes = {{"a-note", "beside it"}};
    const auto text = text_of(on.then(0s, said));
    CHECK(says(text, "✗ fault-injected (suspected)"));
    CHECK(says(text, "a-note: beside it"));
}

TEST_CASE("a tunnel without TLS is counted in bytes") {
    auto on = test::dialed();
    on.then(1ms, model::not_tls{direction::to_server, 0, "http"});
    on.then(0ms, model::bytes_read{direction::to_server, 0, 90, 1});
    const auto text = text_of(test::end(on, model::leg::server, "rst"));
    CHECK(says(text, "ok, no TLS"));
    CHECK(says(text, "to server   90 bytes, no TLS records"));
    CHECK(says(text, "server reset (RST, ECONNRESET)"));
    CHECK(!says(text, "hello       "));
}

TEST_CASE("up to TLS 1.2 the certificates are counted") {
    auto line = test::healthy().told();
    auto answer = test::tls13_answer();
    answer.version = 0x0303;
    answer.cipher_suite = 0xc02f;
    answer.alpn = "h2";
    line.server_hello = std::make_shared<const wire::tls::server_hello>(answer);
    line.streams[1].certificate_sizes = {1200, 900};
    diagnose::report_options wide;
    wide.width = 140;
    const auto text = diagnose::flow_text(line, wide);
    CHECK(says(text, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
    CHECK(says(text, "h2 · 2 certificates, 2,100 bytes"));
}

TEST_CASE("our own ending names the deadline; a noisy client leg shows itself") {
    auto on = test::greeted();
    auto noisy = test::sample(39, 39);
    noisy.total_retrans = 4;
    on.then(1s, model::path{model::leg::client, noisy});
    on.then(0s, model::closed{model::leg::client, "helloscope", "timeout", "--idle-timeout"});
    const auto text = text_of(on);
    CHECK(says(text, "helloscope ended the client leg (timeout, --idle-timeout)"));
    CHECK(says(
        text, "client path rtt 2.1 ms, min 1.9 ms · mss 1,448 · path mtu 1,500 · 4 sent again"));
    CHECK(says(text, "open for 1.0 s"));
}

TEST_CASE("lines keep to the width they are given, commands aside") {
    for (const unsigned width : {60u, 80u, 120u}) {
        const auto text = text_of(test::silent(), width);
        std::size_t columns = 0;
        for (const char c : text) {
            if (c == '\n') {
                CHECK(columns <= width);
                columns = 0;
            } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {
                ++columns;
            }
        }
    }
}

TEST_CASE("nothing but the flow's opening is known, and no empty flow is a problem") {
    CHECK(
        text_of(test::accepted()) ==
        "flow 1 · from 127.0.0.1:52114\nopen: front\n  stages      front 0.00 ms, not over\n"
        "  end         open for 0.00 ms\n");
    CHECK(!diagnose::flow_text(model::timeline{}, {}).empty());
}
