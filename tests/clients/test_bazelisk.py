#!/usr/bin/env python3
"""Bazelisk, a Go program whose ClientHello is larger than a packet: what it downloads through
`helloscope run` runs, its hello is recorded as the wire had it, and when it fails its error says
what helloscope found.

usage: test_bazelisk.py HELLOSCOPE [unittest arguments]
"""
import os
import platform
import socket

import support
from support import Process

VERSION = "1.28.1"
MACHINES = {"x86_64": ("amd64", "x86_64"), "aarch64": ("arm64", "arm64")}  # Go's name and Bazel's


class Bazelisk(support.Case):
    names = ["releases.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        releases = cls.folder / "releases"
        bazel = releases / f"7.4.0/bazel-7.4.0-linux-{MACHINES[platform.machine()][1]}"
        bazel.parent.mkdir(parents=True)
        bazel.write_text('#!/bin/sh\necho "a Bazel was run: $*"\n' + "#" * 1_000_000 + "\n")
        cls.port = cls.serve("--dir", releases)

    def bazelisk_environment(self, **more):
        home = self.path("home-" + os.urandom(4).hex())
        wanted = {"BAZELISK_HOME": home, "USE_BAZEL_VERSION": "7.4.0", "SSL_CERT_FILE": self.ca,
                  "BAZELISK_BASE_URL": "https://releases.test:8443/files"}  # fmt: skip
        return self.env | {name: str(value) for name, value in (wanted | more).items()}

    def connect_to(self, port):
        return ["--connect-to", f"releases.test:8443:127.0.0.1:{port}"]

    def test_a_download_runs_and_its_hello_is_the_one_on_the_wire(self):
        for name, more, size in (("as it is", {}, 1493), ("smaller", {"GODEBUG": "tlsmlkem=0"}, 271)):
            with self.subTest(name):
                watch = self.watch({"releases.test:8443": self.port})
                done = watch.run(
                    self.program, "build", "//:hello", env=self.bazelisk_environment(**more)
                )
                self.assertEqual(done.stdout, b"a Bazel was run: build //:hello\n")
                self.assertIn("releases.test:8443", done.stderr.decode())
                self.assertIn(f"{size:,} bytes", done.stderr.decode())
                (flow,) = watch.flows()
                self.assertEqual((flow.sni, flow.version), ("releases.test", "1.3"))
                self.assertEqual(flow.hello_on_the_wire, size)

    def test_its_error_says_what_helloscope_found(self):
        """Bazelisk tries five times in 16 s, so all rows wait together."""
        stranger = self.path("stranger")
        self.helloscope("certs", "--out", stranger, "--kind", "ca")
        with socket.create_server(("127.0.0.1", 0)) as closing:
            closed = closing.getsockname()[1]
        rows = [
            # registry's port, the proxy's scheme, the environment, Bazelisk's error, the verdict
            (closed, "http", {}, f"cannot connect to releases.test:8443: 127.0.0.1:{closed} refused "
             "the connection", "connect-refused"),
            (self.port, "http", {"SSL_CERT_FILE": stranger / "ca.pem"},
             "x509: certificate signed by unknown authority", "certificate-rejected"),
            (self.port, "https", {}, "proxyconnect tcp: tls: first record does not look like a TLS "
             "handshake", "tls-to-plain-proxy"),
        ]  # fmt: skip
        started = []
        for port, scheme, more, *_ in rows:
            proxy = self.proxy(*self.connect_to(port))
            env = self.bazelisk_environment(HTTPS_PROXY=f"{scheme}://127.0.0.1:{proxy.port}", **more)
            started.append((proxy, self.start(Process(self.folder, [self.program, "version"], env))))
        for (proxy, client), (*_, error, verdict) in zip(started, rows):
            with self.subTest(verdict):
                self.assertEqual(client.process.wait(support.PATIENCE), 1)
                self.assertIn(error, client.err.read_text())
                self.assertIn(verdict, proxy.end())
                verdicts = [flow.verdict for flow in proxy.flows().values()]
                self.assertEqual(verdicts, [verdict] * 5)

    def test_it_survives_a_black_hole(self):
        """What a CI job can ask: the first connection is lost in a path of 1,400 bytes, the second is
        not, and that is so each time."""
        recording = self.path("black-hole.pcapng")
        done = self.helloscope(
            "run", "--record", recording, "--fault", "blackhole:mtu=1400 toxicity=0.5 seed=3",
            *self.connect_to(self.port), "--", self.program, "version",
            env=self.bazelisk_environment(),
        )  # fmt: skip
        self.assertTrue(done.stdout.endswith(b"\na Bazel was run: version\n"), done.stdout)
        flows = list(support.flows_of(self, recording).values())
        self.assertEqual([flow.verdict for flow in flows], ["fault-injected", None])
        lost = flows[0].one("faulted")
        self.assertEqual((lost["dir"], lost["offset"]), ("to_server", 0))
        self.assertIn("a segment of 1493 bytes makes a packet of 1545", lost["did"])
        self.assertGreater(flows[0].one("flow_closed")["took"], 9)  # Go waits 10 s


def prepare():
    if platform.machine() not in MACHINES:
        support.skip(f"no Bazelisk for {platform.machine()}")
    support.need_to_capture()
    package = support.npm_package("@bazel/bazelisk", VERSION)
    Bazelisk.program = package / f"bazelisk-linux_{MACHINES[platform.machine()][0]}"


if __name__ == "__main__":
    prepare()
    support.main()
