#!/usr/bin/env python3
"""Faults as real clients meet them: what each says, and that helloscope says it was its own doing.

usage: test_faults.py HELLOSCOPE [unittest arguments]
"""
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor

import support

BODY = 200_000
OPENSSL = r"curl: \(35\) .*"
CUT = OPENSSL + r"(unexpected eof while reading|SSL_ERROR_SYSCALL)"
CUT_BODY = r"curl: \((18|56)\) "
STALLED = r"curl: \(28\) "

# fault, more words of run, words of curl, its status, its message
ROWS = [
    ("to_server reset@1", [], [], 35, OPENSSL + "Connection reset by peer"),
    ("to_client reset@application_data", [], [], 35, OPENSSL + "Connection reset by peer"),
    ("close@client_hello", [], [], 35, CUT),
    ("to_client half-close@server_hello", [], [], 35, CUT),
    ("to_client truncate:20@server_hello", [], [], 35, CUT),
    ("to_client limit-data:50000", [], [], (18, 56), CUT_BODY),
    ("to_client close@50000", [], [], (18, 56), CUT_BODY),
    ("corrupt@server_hello", [], [], 35, OPENSSL + "wrong version number"),
    ("to_client corrupt:skip=20@application_data", [], [], 35, OPENSSL + "bad record mac"),
    ("alert:unrecognized_name@sni", [], [], 35, OPENSSL + "tlsv1 unrecognized name"),
    ("alert", [], [], 35, OPENSSL + "handshake failure"),
    ("alert:protocol_version@server_hello", [], [], 35, OPENSSL + "alert protocol version"),
    ("not-tls", [], [], 35, OPENSSL + "wrong version number"),
    ("to_client timeout:300ms", [], [], 35, CUT),
    ("to_client timeout", [], ["-m", "1"], 28, STALLED),
    ("stall@client_hello", [], ["-m", "1"], 28, STALLED),
    ("stall@midsni", [], ["-m", "1"], 28, STALLED),
    ("to_client stall@50000", [], ["-m", "1"], 28, STALLED + "Operation timed out"),
    ("to_server blackhole:mtu=500", [], ["-m", "1"], 28, STALLED),
    ("to_client blackhole:mtu=1400", [], ["-m", "1"], 28, STALLED),
    ("to_server drop-tail:mss=500", [], ["-m", "1"], 28, STALLED),
    ("latency:30s", [], ["-m", "1"], 28, STALLED),
    ("refuse", [], [], 56, "CONNECT tunnel failed, response 502"),
    ("dns-fail", [], [], 56, "CONNECT tunnel failed, response 502"),
    ("connect-stall", ["--connect-timeout", "0.3"], [], 56, "CONNECT tunnel failed, response 504"),
]  # fmt: skip

# What arrives all the same, and how long it takes at least.
HARMLESS = [
    ("latency:50ms,jitter=10ms", 0.2),
    ("to_client jitter:20ms", 0),
    ("to_client throttle:400kB/s", BODY / 400_000),
    ("slice:1000,vary=100,pause=100us", BODY / 1100 * 0.0001),
    ("slice:1", 0),
    ("stall:500ms@client_hello", 0.5),
    ("slow-close:200ms", 0),
    ("connect-stall:300ms", 0.3),
    ("to_server blackhole:mtu=1400", 0),  # curl's hello is small enough
    ("to_client blackhole:mtu=1400,mss=1360", 0),  # as with --mss 1360
    ("stall toxicity=0", 0),
]


class Faults(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_site()
        cls.port = cls.serve("--dir", cls.site)

    def curl(self, fault, *words, more=(), status=None):
        """One flow with a fault: how curl ended, and the flow as it was recorded."""
        recording = self.folder / f"fault-{os.urandom(4).hex()}.pcapng"
        begun = time.monotonic()
        done = self.helloscope(
            "run", "--record", recording, "--fault", fault, *more,
            "--connect-to", f"registry.test:443:127.0.0.1:{self.port}", "--",
            "curl", "-sS", "--cacert", self.ca, *words, "https://registry.test/files/body",
            status=status,
        )  # fmt: skip
        took = time.monotonic() - begun
        (flow,) = support.flows_of(self, recording).values()
        return done, flow, took

    def in_parallel(self, rows, test):
        """All rows at once: most of their time is waiting."""
        with ThreadPoolExecutor(8) as pool:
            for row, outcome in [(row, pool.submit(test, *row)) for row in rows]:
                with self.subTest(row[0]):
                    outcome.result()

    def test_a_broken_flow_fails_as_the_true_failure_would(self):
        def broken(fault, more, words, status, message):
            done, flow, _ = self.curl(fault, *words, more=more)
            told = done.stderr.decode()
            self.assertIn(done.returncode, status if isinstance(status, tuple) else (status,), told)
            self.assertRegex(told, message)
            verdict = flow.all("verdict")[-1]
            self.assertEqual(verdict["id"], "fault-injected", told)
            short = fault.removeprefix("to_server ").removeprefix("to_client ")
            self.assertIn(short, verdict["summary"])
            self.assertEqual({one["fault"] for one in flow.all("faulted")}, {short})
            self.assertRegex(told, rf"\n +faults +.*{re.escape(short)}: ")
            self.assertEqual(flow.one("routed")["faults"], [fault])

        self.in_parallel(ROWS, broken)

    def test_a_harmless_fault_is_no_verdict(self):
        def harmless(fault, least):
            done, flow, took = self.curl(fault, status=0)
            self.assertEqual(done.stdout, self.body)
            self.assertIsNone(flow.verdict)
            self.assertGreaterEqual(took, least)

        self.in_parallel(HARMLESS, harmless)

    def test_a_hello_of_two_segments_is_lost_in_a_black_hole_and_fits_a_smaller_mss(self):
        names = ",".join(f"protocol-{number:03}" for number in range(100))  # 1,400 bytes of hello

        def s_client(mss):
            done = self.helloscope(
                "run", "--no-record", "--fault", f"blackhole:mtu=1400{mss}",
                "--connect-to", f"registry.test:443:127.0.0.1:{self.port}", "--", "sh", "-c",
                f"timeout 2 openssl s_client -proxy ${{HTTPS_PROXY#http://}} -brief -alpn {names} "
                f"-connect registry.test:443 -CAfile {self.ca}", status=None,
            )  # fmt: skip
            return done.returncode, done.stderr.decode()

        status, told = s_client("")
        self.assertEqual(status, 124, told)
        self.assertIn("fault-injected", told)
        self.assertRegex(told, r"a segment of [\d,]+ bytes makes a packet of [\d,]+, and the path takes 1400")
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
