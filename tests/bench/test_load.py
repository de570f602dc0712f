#!/usr/bin/env python3
"""The load generator of `make bench`: every mode once, what helloscope recorded of it, and what it
says when a relay fails. Nothing here depends on how fast anything is.

usage: test_load.py HELLOSCOPE BENCH_LOAD [unittest arguments]
"""
import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))
import support  # noqa: E402
from support import HELLOSCOPE, PATIENCE, Case  # noqa: E402

import lengths  # noqa: E402

LOAD = sys.argv.pop(1)
BRIEFLY = ("--seconds", "0.1", "--warm-up", "0")

# Options, and the figure that says that something passed, if only after the time was up.
EACH = (
    ("bulk", "total_bytes"),
    ("bulk --way up --write record --connections 2", "total_bytes"),
    ("bulk --plain --write 1000 --beside 3", "total_bytes"),
    ("rate", "total"),
    ("rate --connections 4 --exchange flight", "total"),
    ("rate --connections 4 --plain", "total"),
    ("latency", "p99_us"),
    ("latency --plain --connections 2", "p50_us"),
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Relay:
    """One that fails: `serve` gets the client's socket, and speaks as it likes."""

    def __init__(self, case, serve):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.at = f"127.0.0.1:{self.listener.getsockname()[1]}"
        case.addCleanup(self.listener.close)

        def accept():
            client, _ = self.listener.accept()
            with client:
                client.settimeout(PATIENCE)
                serve(client)

        threading.Thread(target=accept, daemon=True).start()


class Loads(Case):
    def load(self, *words, status=0):
        """Its JSON, or what it says on stderr."""
        done = self.run_program(LOAD, *words, status=status)
        return json.loads(done.stdout) if status == 0 else done.stderr.decode()

    def lengths_match(self, words, *way, proxy):
        # One connection: with a slow build, many can be faster than the recorder.
        file = self.path("lengths")
        self.load("bulk", "--connections", 1, *words, *BRIEFLY, *way, "--verify-lengths", file)
        proxy.end()
        wrong, count = lengths.compare(file, HELLOSCOPE, [proxy.recording])
        self.assertIsNone(wrong)
        self.assertGreater(count, 20)


class Load(Loads):
    def test_each_mode_without_a_relay(self):
        for words, figure in EACH:
            with self.subTest(words):
                self.assertGreater(self.load(*words.split(), *BRIEFLY)[figure], 0)

    def test_each_mode_through_connect(self):
        proxy = self.proxy()
        way = ("--via", f"127.0.0.1:{proxy.port}", "--pid", proxy.process.pid)
        for words, figure in EACH:
            with self.subTest(words):
                result = self.load(*words.split(), *BRIEFLY, *way)
                self.assertGreater(result[figure], 0)
                self.assertIn("relay_cores", result)

    def test_idle_tunnels_and_a_burst(self):
        proxy = self.proxy()
        result = self.load("idle", "--connections", 20, "--burst", 40, *BRIEFLY,
                           "--via", f"127.0.0.1:{proxy.port}", "--pid", proxy.process.pid)  # fmt: skip
        self.assertEqual(result["tunnels"], 20)
        self.assertGreater(result["before_bytes"], 1_000_000)

    def test_recorded_lengths_are_those_that_were_sent(self):
        for words in ("--record varied", "--record varied --write record --way up"):
            with self.subTest(words):
                proxy = self.proxy()
                self.lengths_match(
                    words.split(), "--via", f"127.0.0.1:{proxy.port}", proxy=proxy)  # fmt: skip

    def test_lengths_are_right_whoever_moves_the_bytes(self):
        for path in ("copy", "tee", "tee-whole"):
            with self.subTest(path):
                proxy = self.proxy("--data-path", path)
                self.lengths_match(
                    ("--record", "varied"), "--via", f"127.0.0.1:{proxy.port}", proxy=proxy)  # fmt: skip

    def test_through_a_relay_with_a_fixed_target(self):
        port = free_port()
        proxy = self.proxy(ways_in=("--reverse", f"127.0.0.1:0=127.0.0.1:{port}"))
        self.lengths_match((), "--tcp", f"127.0.0.1:{proxy.port}", "--serve", port, proxy=proxy)

    def test_one_length_that_differs_is_found(self):
        proxy = self.proxy()
        file = self.path("lengths")
        self.load("bulk", "--connections", 1, *BRIEFLY, "--via", f"127.0.0.1:{proxy.port}",
                  "--verify-lengths", file)  # fmt: skip
        proxy.end()
        file.write_text(file.read_text().replace("[23,69,1]", "[23,70,1]", 1))
        wrong, _ = lengths.compare(file, HELLOSCOPE, [proxy.recording])
        self.assertIn("('application_data', 70, 1)", wrong)

    def test_a_refused_connect_is_told(self):
        def refuse(client):
            client.recv(1000)
            client.sendall(b"HTTP/1.1 403 not you\r\n\r\n")

        told = self.load("rate", "--via", Relay(self, refuse).at, status=1)
        self.assertIn("the relay's answer to CONNECT: HTTP/1.1 403 not you", told)

    def test_an_answer_in_pieces_is_taken_and_then_an_end_is_told(self):
        def stop(client):
            client.recv(1000)
            for piece in (b"HTTP/1.1 20", b"0 fine\r\n\r", b"\n"):
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                client.sendall(piece)
            client.recv(1000)

        told = self.load("bulk", "--connections", 1, "--via", Relay(self, stop).at, status=1)
        self.assertIn("end of stream at its client before message 0 had arrived", told)

    def test_bytes_that_get_lost_are_told(self):
        port = free_port()

        def lose_some(client):
            with socket.create_connection(("127.0.0.1", port)) as server:
                for source, target, size in ((client, server, 517), (server, client, 1574),
                                             (client, server, 80), (server, client, 100_000)):
                    while size > 0:
                        piece = source.recv(min(size, 65536))
                        target.sendall(piece)
                        size -= len(piece)
                client.shutdown(socket.SHUT_WR)
                with contextlib.suppress(ConnectionResetError):  # the load gives up
                    while server.recv(65536):
                        pass

        told = self.load("bulk", "--connections", 1, "--serve", port, "--tcp",
                         Relay(self, lose_some).at, status=1)  # fmt: skip
        self.assertRegex(told, r"its client saw the end after 100000 bytes of \d+ sent")

    def test_nobody_at_the_relays_port(self):
        told = self.load("bulk", "--via", f"127.0.0.1:{free_port()}", status=1)
        self.assertIn("Connection refused", told)

    def test_bad_options_name_themselves(self):
        for words, told in (
            (("fast",), "the mode fast: one of bulk, idle, latency, rate"),
            (("bulk", "--quick"), "--quick: no such option"),
            (("bulk", "--seconds", "-1"), "--seconds -1: not a number"),
            (("bulk", "--via", "8080"), "--via 8080: HOST:PORT is needed"),
            (("bulk", "--tcp", "127.0.0.1:1"), "--tcp needs --serve PORT"),
            (("idle",), "idle needs --pid PID"),
            (("rate", "--connections"), "--connections needs a value"),
        ):
            with self.subTest(words):
                self.assertIn(told, self.load(*words, status=1))


class FewPipes(Loads):
    """Of a user who may have hardly any more pages for pipes: bytes are copied then."""

    USER = 54_321

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.as_user = []
        if os.geteuid() == 0:  # whom no limit binds; others may have no way to the build
            support.need("setpriv")
            cls.as_user = ["setpriv", f"--reuid={cls.USER}", f"--regid={cls.USER}", "--clear-groups"]
            cls.folder.chmod(0o777)
            cls.addClassCleanup(setattr, support, "HELLOSCOPE", support.HELLOSCOPE)
            support.HELLOSCOPE = shutil.copy(support.HELLOSCOPE, cls.folder / "helloscope")

    def leave_pages(self, left):
        """Another process of the user's has all pages but `left`."""
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                if os.geteuid() == 0:
                    os.setgroups([])
                    os.setgid(self.USER)
                    os.setuid(self.USER)
                pages = int(Path("/proc/sys/fs/pipe-user-pages-soft").read_text()) - left
                for size in (256, 128, 64, 32, 16):
                    while pages >= size:
                        _, into = os.pipe()
                        fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, size * 4096)
                        pages -= size
            except PermissionError:
                pass  # the user has other pipes already: fewer are left
            finally:
                os.write(tell, b"!")
                signal.pause()
        self.addCleanup(os.waitpid, child, 0)
        self.addCleanup(os.kill, child, signal.SIGKILL)
        self.assertEqual(os.read(told, 1), b"!")
        os.close(told), os.close(tell)

    def test_nothing_is_lost(self):
        # None; one large pipe and a smaller one, as the tee takes two.
        for left in (0, 256 + 128):
            for path in ("tee", "tee-whole"):
                with self.subTest(path, left=left):
                    self.leave_pages(left)
                    proxy = self.proxy("--data-path", path, before=self.as_user)
                    self.lengths_match((), "--via", f"127.0.0.1:{proxy.port}", proxy=proxy)
                    self.doCleanups()


if __name__ == "__main__":
    unittest.main()
