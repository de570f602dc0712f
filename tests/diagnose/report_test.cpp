#include "helloscope/diagnose/report.hpp"

#include "diagnose/told.hpp"
#include "support/catch.hpp"

using namespace helloscope;

namespace {

bool has_words(const std::string& text, std::string_view words) {
    return text.find(words) != std::string::npos;
}

} // namespace

// clang-format off
TEST_CASE("many flows: a line for each, then the failures, alike ones once") {
    CHECK('\n' + diagnose::report_text(test::a_day(), {}) == R"(
5 flows, 4 failed: server-silent ×2, connect-refused, tls-to-plain-proxy
   8  releases.bazel.build:443  ok, TLS 1.3                      17 ms  1,776 bytes up, 4.0 MiB down
✗  9  releases.bazel.build:443  server-silent (likely)          10.0 s  1,493 bytes up, 0 bytes down
✗ 10  releases.bazel.build:443  server-silent (likely)          10.0 s  1,493 bytes up, 0 bytes down
✗ 11  releases.bazel.build:443  connect-refused (confirmed)     1.9 ms  0 bytes up, 0 bytes down
✗ 12  from 127.0.0.1:52114      tls-to-plain-proxy (confirmed)  1.2 ms  0 bytes up, 0 bytes down

flow 9 · releases.bazel.build:443 · from 127.0.0.1:52114 · Go-http-client/1.1
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
  the same    flow 10

flow 11 · releases.bazel.build:443 · from 127.0.0.1:52114 · Go-http-client/1.1
✗ connect-refused (confirmed)
  192.0.2.10:443 refused the connection: nothing listens on port 443 there, or a firewall answers
  so.
  evidence    192.0.2.10:443: ECONNREFUSED after 0.30 ms
  try         server: Is the service running, and is 443 its port?
  more        helloscope explain connect-refused

  stages      front 0.40 ms · dns 1.2 ms · tcp 0.30 ms
  end         after 1.9 ms

flow 12 · from 127.0.0.1:52114
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
// clang-format on

TEST_CASE("three or fewer flows are all told, more only when asked") {
    const auto day = test::a_day();
    const auto few = diagnose::report_text(std::span(day).first(2), {});
    CHECK(has_words(few, "flow 8 · "));
    CHECK(has_words(few, "flow 9 · "));
    diagnose::report_options verbose;
    verbose.verbose = true;
    const auto all = diagnose::report_text(day, verbose);
    for (const auto* heading : {"flow 8 · ", "flow 9 · ", "flow 10 · ", "flow 11 · ", "flow 12 · "})
        CHECK(has_words(all, heading));
}

TEST_CASE("one flow is its details, none says so") {
    const auto line = test::healthy().told();
    const auto text = diagnose::report_text({&line, 1}, {});
    CHECK(text.starts_with(diagnose::flow_text(line, {})));
    CHECK(has_words(text, "Nothing failed here."));
    CHECK(diagnose::report_text({}, {}) == "no flows\n");
}

TEST_CASE("when nothing failed, the first line says that") {
    const std::vector<model::timeline> two{test::healthy().told(), test::healthy().told()};
    CHECK(diagnose::report_text(two, {}).starts_with("2 flows, none failed\n"));
}

TEST_CASE("colours come only when asked for") {
    const auto day = test::a_day();
    CHECK(!has_words(diagnose::report_text(day, {}), "\x1b"));
    diagnose::report_options coloured;
    coloured.colour = true;
    const auto painted = diagnose::report_text(day, coloured);
    CHECK(has_words(painted, "\x1b[1;31m✗ server-silent (likely)\x1b[0m"));
}

TEST_CASE("one line for a log says how it went, and why it failed") {
    CHECK(
        diagnose::one_line(test::healthy().told()) ==
        "flow 1 releases.bazel.build:443 ok, TLS 1.3, 17 ms, 1,776 bytes up, 4.0 MiB down");
    CHECK(
        diagnose::one_line(test::silent().told()) ==
        "flow 1 releases.bazel.build:443 server-silent (likely), 10.0 s, 1,493 bytes up, 0 bytes "
        "down: releases.bazel.build:443 acknowledged the whole ClientHello and sent nothing in "
        "10.0 s.");
}

TEST_CASE("the line tells the front and the way out, where they are not the usual") {
    CHECK(diagnose::one_line(test::tunnelled_by_parent().told())
              .starts_with(
                  "flow 1 releases.bazel.build:443 (via http://proxy.corp:3128) ok, TLS 1.3, "));
    CHECK(diagnose::one_line(test::announced().told())
              .starts_with("flow 1 ssh.test:22 (socks5, via socks5h://near:1080 → https://far:443) "
                           "parent-garbled (confirmed), "));
    CHECK(diagnose::one_line(test::browsed().told())
              .starts_with("flow 1 example.test:80 ok, plain HTTP, "));
}
