#!/usr/bin/env python3
"""`helloscope certs` and `helloscope serve` as users meet them: with curl and openssl.

usage: test_certs_serve.py HELLOSCOPE [unittest arguments]
"""
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HELLOSCOPE = sys.argv.pop(1)


def run(*words, stdin=b"", **options):
    return subprocess.run(
        [str(word) for word in words], input=stdin, capture_output=True, timeout=60, **options
    )


def helloscope(*words, **options):
    return run(HELLOSCOPE, *words, **options)


class Served:
    """A running server; --json tells where it listens, so there is nothing to wait for."""

    def __init__(self, *words):
        self.process = subprocess.Popen(
            [HELLOSCOPE, "serve", "--listen", "127.0.0.1:0", "--json", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate()[1].decode())
        self.told = json.loads(line)
        self.at = self.told["address"]

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.communicate(timeout=60)[1].decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.returncode is None:
            self.stop()
        assert self.process.returncode == 0, self.process.returncode

    def curl(self, ca, path, *words):
        port = self.told["port"]
        return run(
            "curl", "-sS", "--noproxy", "*", "--cacert", ca, "--max-time", "30",
            "--connect-to", f"registry.test:{port}:{self.at}", *words,
            f"https://registry.test:{port}{path}",
        )  # fmt: skip

    def s_client(self, *words):
        return run("openssl", "s_client", "-connect", self.at, *words)


class WithCerts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="helloscope-")
        cls.path = Path(cls.folder.name)
        cls.certs = cls.path / "certs"
        done = helloscope("certs", "--out", cls.certs, "--json")
        assert done.returncode == 0, done.stderr
        cls.made = json.loads(done.stdout)
        cls.ca = cls.certs / "ca.pem"

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()


class Chains(WithCerts):
    def test_curl_judges_each_chain(self):
        reasons = {
            "leaf": None,
            "oversized": None,
            "expired": "certificate has expired",
            "wrong-name": "no alternative certificate subject name matches",
            "missing-intermediate": "unable to get local issuer certificate",
        }
        self.assertEqual(set(reasons), set(self.made["chains"]))
        for kind, reason in reasons.items():
            with self.subTest(kind), Served("--certs", self.certs, "--chain", kind) as server:
                done = server.curl(self.ca, "/")
                self.assertEqual(done.returncode, 60 if reason else 0, done.stderr)
                if reason:
                    self.assertIn(reason, done.stderr.decode())

    def test_the_oversized_chain_needs_several_records(self):
        with Served("--certs", self.certs, "--chain", "oversized") as server:
            for version in ("-tls1_2", "-tls1_3"):
                told = server.s_client(version, "-msg").stdout.decode()
                length = re.search(r"<<< TLS 1\.\d, Handshake \[length (\w+)\], Certificate\n", told)
                self.assertGreater(int(length[1], 16), 20_000)
        with Served("--chain", "oversized", "--record-size", "1024") as server:
            told = server.s_client("-tls1_2", "-msg").stdout.decode()
            sizes = re.findall(r"<<< TLS 1\.2, RecordHeader \[length 0005\]\n +16 03 03 (\w\w \w\w)", told)
            sizes = [int(size.replace(" ", ""), 16) for size in sizes]
            self.assertLessEqual(max(sizes), 1024)
            self.assertGreater(sum(sizes), 20_000)

    def test_a_chain_made_for_the_run_is_trusted_by_its_ca(self):
        ca = self.path / "made.pem"
        with Served("--ca-out", ca, "--name", "registry.test") as server:
            self.assertEqual(server.told["ca"], str(ca))
            self.assertEqual(server.curl(ca, "/bytes/3").returncode, 0)
            self.assertEqual(server.curl(self.ca, "/bytes/3").returncode, 60)

    def test_a_ca_that_is_there_is_used_again(self):
        before = self.ca.read_bytes()
        done = helloscope("certs", "--out", self.certs, "--kind", "leaf")
        self.assertEqual((done.returncode, self.ca.read_bytes()), (0, before))
        self.assertEqual((self.certs / "ca.key").stat().st_mode & 0o777, 0o600)
        told = run("openssl", "verify", "-CAfile", self.ca, "-untrusted", self.certs / "leaf.pem",
                   self.certs / "leaf.pem")  # fmt: skip
        self.assertEqual(told.returncode, 0, told.stderr)


class Versions(WithCerts):
    flags = {"1.0": "-tls1", "1.1": "-tls1_1", "1.2": "-tls1_2", "1.3": "-tls1_3"}

    def test_only_the_versions_asked_for_are_spoken(self):
        for low, high in (("1.0", "1.0"), ("1.1", "1.1"), ("1.2", "1.2"), ("1.3", "1.3"), ("1.0", "1.3")):
            with Served("--certs", self.certs, "--tls-min", low, "--tls-max", high) as server:
                for version, flag in self.flags.items():
                    with self.subTest(low=low, high=high, client=version):
                        done = server.s_client(flag, "-cipher", "ALL:@SECLEVEL=0")
                        spoken = b"Cipher is (NONE)" not in done.stdout
                        self.assertEqual(spoken, low <= version <= high, done.stderr)

    def test_ciphers_and_alpn_are_as_asked(self):
        with Served("--ciphers", "TLS_AES_128_GCM_SHA256", "--alpn", "h2,http/1.1") as server:
            told = server.s_client("-alpn", "h2").stdout.decode()
            self.assertIn("Cipher is TLS_AES_128_GCM_SHA256", told)
            self.assertIn("ALPN protocol: h2", told)
        with Served("--alpn", "none") as server:
            self.assertIn("No ALPN negotiated", server.s_client("-alpn", "h2").stdout.decode())


class Resources(WithCerts):
    def test_bodies_arrive_whole(self):
        large = os.urandom(3_000_000)
        file = self.path / "large"
        file.write_bytes(large)
        with Served("--certs", self.certs) as server:
            told = server.curl(self.ca, "/upload", "--data-binary", f"@{file}").stdout
            wanted = {"length": len(large), "sha256": hashlib.sha256(large).hexdigest()}
            self.assertEqual(json.loads(told), wanted)
            self.assertEqual(server.curl(self.ca, "/echo", "-T", file).stdout, large)
            whole = server.curl(self.ca, "/bytes/2000000?seed=1").stdout
            self.assertEqual(len(whole), 2_000_000)
            self.assertEqual(server.curl(self.ca, "/bytes/2000000?seed=1&chunk=777").stdout, whole)
            self.assertIn(b"HTTP/1.1 200 OK", server.curl(self.ca, "/bytes/5", "-I").stdout)

    def test_a_folder_is_served_and_nothing_beside_it(self):
        registry = self.path / "registry"
        registry.mkdir()
        (registry / "bazel_registry.json").write_text("{}")
        with Served("--certs", self.certs, "--dir", registry) as server:
            self.assertEqual(server.curl(self.ca, "/files/bazel_registry.json").stdout, b"{}")
            for path in ("/files/../certs/ca.key", "/files/%2e%2e/certs/ca.key", "/files//etc/passwd"):
                done = server.curl(self.ca, path, "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}")
                self.assertEqual(done.stdout, b"404")


class Process(WithCerts):
    def test_a_signal_ends_it_well_and_the_log_tells_what_was_asked(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with Served("--certs", self.certs, "--log-format", "json") as server:
                server.curl(self.ca, "/bytes/1")
                lines = [json.loads(line) for line in server.stop(number).splitlines()]
                self.assertTrue(any(line["message"].endswith("GET /bytes/1: 200") for line in lines))

    def test_the_port_file_holds_the_port(self):
        file = self.path / "port"
        with Served("--port-file", file) as server:
            # It is written behind the line on stdout: a request is answered only by then or later.
            while not file.exists():
                os.sched_yield()
            self.assertEqual(file.read_text(), f"{server.told['port']}\n")

    def test_a_port_in_use_is_named_with_its_process(self):
        with Served("-q") as server:
            done = helloscope("serve", "--listen", server.at)
            self.assertEqual(done.returncode, 3)
            self.assertIn(f"{server.at}: the port is in use by helloscope (pid {server.process.pid})",
                          done.stderr.decode())  # fmt: skip

    def test_output_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "w") as full:
            for words in (["certs", "--out", self.path / "full"], ["serve", "--listen", "127.0.0.1:0"],
                          ["--help"], ["--version"]):  # fmt: skip
                done = subprocess.run([HELLOSCOPE, *map(str, words)], stdout=full, stderr=subprocess.PIPE)
                self.assertEqual(done.returncode, 3)
                self.assertIn("cannot write to stdout: No space left", done.stderr.decode())
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([HELLOSCOPE, "--help"], stdout=writer, stderr=subprocess.PIPE)
        os.close(writer)
        self.assertEqual(done.returncode, 3)
        self.assertIn("Broken pipe", done.stderr.decode())


class WrongUse(WithCerts):
    def test_wrong_usage_says_what_and_where_help_is(self):
        rows = {
            "": "a subcommand is needed",
            "srve": "did you mean 'serve'",
            "certs --ot x": "unknown flag '--ot'; did you mean '--out'?",
            "certs --days x": "'x' is not a whole number from 1 to 36500",
            "certs --days": "--days",
            "certs --name a_b..c": "not a DNS name",
            "certs --kind leef": "did you mean 'leaf'",
            "certs --oversized-bytes 9999999": "from 4000 to 100000",
            "serve --listen localhost": "not an address and a port",
            "serve --tls-min 1.3 --tls-max 1.2": "--tls-min 1.3 is above --tls-max 1.2",
            "serve --tls-min 2": "not one of 1.0, 1.1, 1.2, 1.3",
            "serve --cert a.pem": "--key",
            "serve --certs . --ca-out x": "--certs",
            "serve --record-size 0": "from 512 to 16384",
            "serve --dir /none": "'/none' is not a folder",
            "serve --log-format xml": "not one of text, json",
            "serve extra": "unknown argument 'extra'",
        }
        for words, message in rows.items():
            with self.subTest(words):
                done = helloscope(*words.split())
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(message, done.stderr.decode())
                self.assertRegex(done.stderr.decode(), r"\ntry: helloscope( \w+)? --help\n$")

    def test_what_cannot_be_done_is_one_line_with_its_reason(self):
        mixed = self.path / "mixed"
        self.assertEqual(helloscope("certs", "--out", mixed, "--kind", "ca").returncode, 0)
        (mixed / "ca.key").write_bytes((self.certs / "ca.key").read_bytes())
        rows = [
            (["certs", "--out", "/dev/null/x"], "cannot make the folder /dev/null/x: Not a directory"),
            (["certs", "--out", "/proc"], "cannot write /proc/ca.key: "),
            (["certs", "--out", mixed], "ca.key: it is not the key of "),
            (["serve", "--certs", mixed], "leaf.pem is missing: make it with helloscope certs --out"),
            (["serve", "--cert", self.ca, "--key", mixed / "none"], "none: No such file or directory"),
            (["serve", "--cert", mixed / "ca.pem", "--key", mixed / "ca.key"], "key does not belong"),
            (["serve", "--ciphers", "NONE-SUCH"], "--ciphers: no cipher match: `openssl ciphers -v`"),
            (["serve", "--listen", "192.0.2.1:0"], "cannot listen on 192.0.2.1:0: "),
            (["serve", "--ca-out", "/dev/null/x"], "cannot write /dev/null/x: "),
            (["serve", "--listen", "127.0.0.1:0", "--port-file", "/dev/null/x"], "cannot write /dev/null/x"),
            (["serve", "--log-file", "/dev/null/x"], "--log-file /dev/null/x: "),
        ]
        for words, message in rows:
            with self.subTest(words):
                done = helloscope(*words)
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertRegex(done.stderr.decode(), r"^helloscope: (certs|serve): [^\n]+\n$")
                self.assertIn(message, done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
