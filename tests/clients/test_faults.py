#!/usr/bin/env python3
"""Faults as real clients meet them: what each says, and that helloscope says it was its own doing.

usage: test_faults.py HELLOSCOPE [unittest arguments]
"""
import http.server
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import support

BODY = 200_000
OPENSSL = r"curl: \(35\) .*"
CUT = OPENSSL + r"(unexpected eof while reading|SSL_ERROR_SYSCALL)"
CUT_BODY = r"curl: \((18|56)\) "
STALLED = r"curl: \(28\) "
PATIENT = ["-m", "10"]  # all wait at once, and a machine may be busy

# fault, words of curl, its status, its message
ROWS = [
    ("to_server reset@1", [], 35, OPENSSL + "Connection reset by peer"),
    ("to_client reset@application_data", [], 35, OPENSSL + "Connection reset by peer"),
    ("close@client_hello", [], 35, CUT),
    ("to_client half-close@server_hello", [], 35, CUT),
    ("to_client truncate:20@server_hello", [], 35, CUT),
    ("to_client limit-data:50000", [], (18, 56), CUT_BODY),
    ("to_client close@50000", [], (18, 56), CUT_BODY),
    ("corrupt@server_hello", [], 35, OPENSSL + "unexpected message"),
    ("to_client corrupt:skip=20@application_data", [], 35, OPENSSL + "bad record mac"),
    ("alert:unrecognized_name@sni", [], 35, OPENSSL + "tlsv1 unrecognized name"),
    ("alert", [], 35, OPENSSL + "handshake failure"),
    ("alert:protocol_version@server_hello", [], 35, OPENSSL + "alert protocol version"),
    ("not-tls", [], 35, OPENSSL + "wrong version number"),
    ("to_client timeout:300ms", [], 35, CUT),
    ("to_client timeout", PATIENT, 28, STALLED),
    ("stall@client_hello", PATIENT, 28, STALLED),
    ("stall@midsni", PATIENT, 28, STALLED),
    ("to_client stall@50000", PATIENT, 28, STALLED + "Operation timed out"),
    ("to_server blackhole:mtu=500", PATIENT, 28, STALLED),
    ("to_client blackhole:mtu=1400", PATIENT, 28, STALLED),
    ("to_server drop-tail:mss=500", PATIENT, 28, STALLED),
    ("latency:30s", PATIENT, 28, STALLED),
    ("refuse", [], 56, "CONNECT tunnel failed, response 502"),
    ("dns-fail", [], 56, "CONNECT tunnel failed, response 502"),
    ("connect-stall", [], 56, "CONNECT tunnel failed, response 504"),
]  # fmt: skip

# What arrives all the same, and how long it takes at least.
HARMLESS = [
    ("latency:50ms,jitter=10ms", 0.2),
    ("to_client jitter:20ms", 0),
    ("to_client throttle:400kB/s", BODY / 400_000),
    ("slice:1000,vary=100,pause=100us", BODY / 1100 * 0.0001),
    ("slice:10", 0),
    ("stall:500ms@client_hello", 0.5),
    ("slow-close:200ms", 0),
    ("connect-stall:300ms", 0.3),
    ("to_server blackhole:mtu=1400", 0),  # curl's hello is small enough
    ("to_client blackhole:mtu=1400,mss=1360", 0),  # as with --mss 1360
    ("stall toxicity=0", 0),
]


def short(fault):
    return fault.removeprefix("to_server ").removeprefix("to_client ")


class Plain(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(BODY))
        self.end_headers()
        self.wfile.write(bytes(BODY))

    def log_message(self, *_):
        pass


class Faults(support.Case):
    names = ["registry.test", "*.registry.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_site()
        cls.port = cls.serve("--dir", cls.site)

    def fetch_all(self, rows):
        """A client a row, all at once through one proxy, which has a route for each: how curl ended,
        how long it took, the flow as it was recorded. And the proxy's report."""
        words = ["--connect-timeout", "3"]
        hosts = [f"row-{number}.registry.test" for number in range(len(rows))]
        for host, (fault, *_) in zip(hosts, rows):
            words += ["--route", f"host={host} fault='{fault}'"]
            if fault != "dns-fail":  # an address needs no lookup
                words += ["--connect-to", f"{host}:443:127.0.0.1:{self.port}"]
        proxy = self.proxy(*words)

        def fetch(host, more):
            begun = time.monotonic()
            done = self.run_program(
                "curl", "-sS", "--proxy", proxy.url, "--cacert", self.ca, *more,
                f"https://{host}/files/body", status=None,
            )  # fmt: skip
            return done, time.monotonic() - begun

        with ThreadPoolExecutor(len(rows)) as pool:
            ended = list(pool.map(fetch, hosts, [row[1] if len(row) > 2 else [] for row in rows]))
        told = proxy.end()
        flows = {flow.host: flow for flow in proxy.flows().values()}
        return [(*one, flows[host]) for one, host in zip(ended, hosts)], told

    def test_a_broken_flow_fails_as_the_true_failure_would(self):
        ended, report = self.fetch_all(ROWS)
        for (fault, _, status, message), (done, _, flow) in zip(ROWS, ended):
            with self.subTest(fault):
                told = done.stderr.decode()
                self.assertIn(done.returncode, status if isinstance(status, tuple) else (status,), told)
                self.assertRegex(told, message)
                verdict = flow.all("verdict")[-1]
                self.assertEqual(verdict["id"], "fault-injected", told)
                self.assertIn(short(fault), verdict["summary"])
                self.assertEqual({one["fault"] for one in flow.all("faulted")}, {short(fault)})
                self.assertEqual(flow.one("routed")["faults"], [fault])
                self.assertRegex(report, rf"\n +faults +(to_\w+ )?{re.escape(short(fault))}: ")

    def test_a_harmless_fault_is_no_verdict(self):
        for (fault, least), (done, took, flow) in zip(HARMLESS, self.fetch_all(HARMLESS)[0]):
            with self.subTest(fault):
                self.assertEqual(done.stdout, self.body, done.stderr)
                self.assertIsNone(flow.verdict)
                self.assertGreaterEqual(took, least)

    def test_plain_http_is_broken_too(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Plain)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        rows = [("to_client reset@1000", 56, "Connection reset by peer"),
                ("to_client limit-data:1000", 18, "transfer closed with"),
                ("to_client latency:50ms", 0, "")]  # fmt: skip
        for fault, status, message in rows:
            with self.subTest(fault):
                proxy = self.proxy("--fault", fault)
                done = self.run_program(
                    "curl", "-sS", "--noproxy", "", "--proxy", proxy.url, "-o", os.devnull,
                    f"http://127.0.0.1:{server.server_port}/", status=status,
                )  # fmt: skip
                self.assertIn(message, done.stderr.decode())
                proxy.end()
                (flow,) = proxy.flows().values()
                self.assertEqual(flow.verdict, "fault-injected" if status else None)

    def test_the_reason_names_the_fault(self):
        proxy = self.proxy(
            "--fault", "refuse", "--connect-to", f"registry.test:443:127.0.0.1:{self.port}"
        )
        answer = support.ask(proxy.port, b"CONNECT registry.test:443 HTTP/1.1\r\n\r\n").recv(9999)
        self.assertRegex(answer, rb"HTTP/1.1 502 cannot connect to registry.test:443: .*refused the "
                         rb"connection, says a fault of helloscope\r\n")  # fmt: skip

    def test_a_hello_of_two_segments_is_lost_in_a_black_hole_and_fits_a_smaller_mss(self):
        names = "http/1.1," + ",".join(f"protocol-{number:03}" for number in range(100))  # 1,400 bytes of hello

        def s_client(mss):
            done = self.helloscope(
                "run", "--no-record", "--fault", f"blackhole:mtu=1400{mss}",
                "--connect-to", f"registry.test:443:127.0.0.1:{self.port}", "--", "sh", "-c",
                f"timeout 5 openssl s_client -proxy ${{HTTPS_PROXY#http://}} -brief -alpn {names} "
                f"-connect registry.test:443 -CAfile {self.ca}", status=None,
            )  # fmt: skip
            return done.returncode, done.stderr.decode()

        status, told = s_client("")
        self.assertEqual(status, 124, told)
        self.assertIn("fault-injected", told)
        self.assertRegex(told, r"a segment of \d+ bytes\s+makes\s+a\s+packet")
        status, told = s_client(",mss=1360")
        self.assertEqual(status, 0, told)
        self.assertIn("Verification: OK", told)

    def test_the_same_seed_breaks_the_same_flows(self):
        def outcomes():
            proxy = self.proxy(
                "--fault", "refuse toxicity=0.5 seed=7",
                "--connect-to", f"registry.test:443:127.0.0.1:{self.port}",
            )  # fmt: skip
            told = [
                self.run_program("curl", "-sS", "-o", os.devnull, "--proxy", proxy.url, "--cacert",
                                 self.ca, "https://registry.test/", status=None).returncode == 0
                for _ in range(12)
            ]  # fmt: skip
            proxy.end()
            return told

        first = outcomes()
        self.assertEqual(first, outcomes())
        self.assertEqual({True, False}, set(first))


if __name__ == "__main__":
    support.need("curl", "openssl", "timeout")
    support.main()
