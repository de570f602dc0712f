#!/usr/bin/env python3
"""curl through helloscope, around the command and as a standing proxy: curl gets what it gets
without, and what is recorded is what curl itself says that it sent.

usage: test_curl.py HELLOSCOPE [unittest arguments]
"""
import hashlib
import json
import os
import re

import support
from support import Nginx


class Way:
    """How curl comes to use helloscope, and what is left of it."""

    def __init__(self, case):
        self.folder = case.path(type(self).__name__ + os.urandom(4).hex())
        self.folder.mkdir()
        self.case = case
        self.trace = self.folder / "trace"

    def hello_sizes(self):
        """By curl's own trace: bytes of each ClientHello it sent."""
        told = re.findall(r"Client hello \(1\):\n=> Send SSL data, (\d+) bytes", self.trace.read_text())
        return [int(size) for size in told]


class Around(Way):
    """helloscope run -- curl …"""

    def curl(self, *words, ca=None, status=0):
        recording = self.folder / "recording.pcapng"
        done = self.case.helloscope(
            "run", "--record", recording, *self.case.connect_to, "--",
            *self.case.curl_words("--trace", self.trace, *words, ca=ca), status=status,
        )  # fmt: skip
        self.report = done.stderr.decode()
        self.flows = list(support.flows_of(self.case, recording).values())
        return done.stdout


class Standing(Way):
    """helloscope run, and curl -x."""

    def curl(self, *words, ca=None, status=0):
        proxy = self.case.proxy(*self.case.connect_to)
        words = ["--trace", self.trace, "-x", proxy.url, *words]
        done = self.case.run_program(*self.case.curl_words(*words, ca=ca), status=status)
        self.report = proxy.end()
        self.flows = list(proxy.flows().values())
        return done.stdout


class Curl(support.Case):
    names = ["registry.test", "h2.test", "expired.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.folder / "nginx"
        folder.mkdir()
        cls.body = os.urandom(100_000)
        (folder / "body").write_bytes(cls.body)
        nginx = cls.start(Nginx(cls, folder, cls.certs / "leaf.pem", cls.certs / "leaf.key"))
        ports = {"registry.test": cls.serve(), "expired.test": cls.serve("--chain", "expired"),
                 "h2.test": nginx.port}  # fmt: skip
        cls.connect_to = sum((["--connect-to", f"{name}:443:127.0.0.1:{port}"]
                              for name, port in ports.items()), [])  # fmt: skip

    def curl_words(self, *words, ca=None):
        return ["curl", "-sS", "--max-time", support.PATIENCE, "--cacert", ca or self.ca, *words]

    def each_way(self, test):
        for way in (Around, Standing):
            with self.subTest(way.__name__):
                test(way(self))

    def check(self, way, name, version, verdict=None):
        """The only flow of `way`, and the report, against curl's trace."""
        self.assertEqual(len(way.flows), 1)
        flow = way.flows[0]
        self.assertEqual((flow.sni, flow.version, flow.verdict), (name, version, verdict))
        self.assertEqual([flow.hello["size"]], way.hello_sizes())
        self.assertEqual(flow.hello_on_the_wire, 5 + flow.hello["size"])
        self.assertEqual(flow.one("requested")["host"], name)
        self.assertIn(f"{name}:443", way.report)
        self.assertIn(verdict or f"ok, TLS {version}", way.report)
        return flow

    def test_versions_of_tls_and_http(self):
        rows = [
            # host, curl's options, HTTP version, TLS version, ALPN offered
            ("h2.test", ["--http1.1"], "1.1", "1.3", ["http/1.1"]),
            ("h2.test", [], "2", "1.3", ["h2", "http/1.1"]),
            ("h2.test", ["--tls-max", "1.2"], "2", "1.2", ["h2", "http/1.1"]),
            ("h2.test", ["--tlsv1.3", "--tls-max", "1.3"], "2", "1.3", ["h2", "http/1.1"]),
            ("h2.test", ["--no-alpn"], "1.1", "1.3", None),
        ]  # fmt: skip
        told = ["-w", "%{stderr}%{http_code} %{http_version} %{ssl_verify_result}\n"]
        for name, options, http, tls, alpn in rows:

            def row(way):
                body = way.curl(*told, *options, f"https://{name}/body")
                self.assertEqual(body, self.body)
                flow = self.check(way, name, tls)
                self.assertEqual(flow.hello.get("alpn"), alpn)
                if way.__class__ is Around:
                    self.assertIn(f"200 {http} 0\n", way.report)

            with self.subTest(name=name, options=options):
                self.each_way(row)

    def test_an_upload_arrives_whole(self):
        content = os.urandom(5_000_000)
        file = self.path("content")
        file.write_bytes(content)

        def upload(way):
            told = way.curl("--data-binary", f"@{file}", "https://registry.test/upload")
            wanted = {"length": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            self.assertEqual(json.loads(told), wanted)
            end = self.check(way, "registry.test", "1.3").one("flow_closed")
            self.assertGreater(end["to_server"], len(content))

        self.each_way(upload)

    def test_a_second_connection_resumes_the_session(self):
        """The second connection names the session of the first, and gets no certificate."""
        urls = ["https://registry.test/bytes/10"] * 2
        for version, session in (("1.2", "session_id_size"), ("1.3", "pre_shared_key")):

            def resume(way):
                body = way.curl("-H", "Connection: close", "--tls-max", version, *urls)
                self.assertEqual(len(body), 20)
                first, second = way.flows
                self.assertEqual([first.hello["size"], second.hello["size"]], way.hello_sizes())
                self.assertFalse(first.hello.get(session))
                self.assertTrue(second.hello[session])
                self.assertEqual((first.version, second.version), (version, version))
                for flow, full in ((first, True), (second, False)):
                    answer = flow.one("handshake", type="server_hello")["server_hello"]
                    if version == "1.3":
                        self.assertEqual("selected_psk" in answer, not full)
                    else:
                        self.assertEqual(bool(flow.all("handshake", type="certificate")), full)
                    self.assertEqual((flow.sni, flow.verdict), ("registry.test", None))

            with self.subTest(version):
                self.each_way(resume)

    def test_a_certificate_that_curl_rejects_is_the_verdict(self):
        stranger = self.path("stranger")
        self.helloscope("certs", "--out", stranger, "--kind", "ca")
        rows = [
            ("registry.test", stranger / "ca.pem", "certificate-untrusted"),
            ("expired.test", self.ca, "certificate-expired"),
        ]
        for name, ca, verdict in rows:
            for version in ("1.2", "1.3"):

                def reject(way):
                    words = ["--tls-max", version, f"https://{name}/bytes/1"]
                    self.assertEqual(way.curl(*words, ca=ca, status=60), b"")
                    self.check(way, name, version, verdict)

                with self.subTest(verdict, version=version):
                    self.each_way(reject)

    def test_what_the_command_ends_with_is_what_helloscope_ends_with(self):
        way = Around(self)
        way.curl("--fail", "https://registry.test/none", status=22)
        self.check(way, "registry.test", "1.3")

    def test_many_at_once_are_kept_apart(self):
        pattern = "https://registry.test/bytes/[1001-20020:1001]"

        def fetch(way):
            out = way.folder / "out"
            told = way.curl(
                "--parallel", "--parallel-immediate", "--parallel-max", "20", "--create-dirs",
                "-o", out / "#1", "-w", "%{http_code} %{num_connects}\n", pattern,
            ).decode().split()  # fmt: skip
            self.assertEqual(told[::2], ["200"] * 20)
            bodies = {file.name: file.read_bytes() for file in out.iterdir()}
            self.assertEqual(bodies, self.fetched_without(pattern))
            self.assertEqual(len(way.flows), sum(map(int, told[1::2])))
            self.assertEqual([flow.hello["size"] for flow in way.flows], way.hello_sizes())
            self.assertEqual({(flow.sni, flow.verdict) for flow in way.flows}, {("registry.test", None)})
            carried = sum(flow.one("flow_closed")["to_client"] for flow in way.flows)
            self.assertGreater(carried, sum(map(len, bodies.values())))

        self.each_way(fetch)

    def fetched_without(self, pattern):
        out = self.path("direct" + os.urandom(4).hex())
        self.run_program(*self.curl_words(
            *self.connect_to, "--create-dirs", "-o", out / "#1", pattern))  # fmt: skip
        return {file.name: file.read_bytes() for file in out.iterdir()}


if __name__ == "__main__":
    support.need("curl", "nginx")
    support.main()
