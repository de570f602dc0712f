#!/usr/bin/env python3
"""`helloscope run -- COMMAND`: signals, terminals, what is left behind, and the ways of the command's
connections. How it ends and what it says is in test_run.py.

usage: test_run_command.py HELLOSCOPE [unittest arguments]
"""
import fcntl
import os
import pty
import signal
import socket
import sys
import termios
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))
import support  # noqa: E402
from scripted import Scripted, greet  # noqa: E402
from support import HELLOSCOPE, Process, wait_for  # noqa: E402

# Tells each signal that comes, and whether it is the kernel's (a terminal's) or a process'.
TELLER = """if True:
    import signal, sys
    wanted = {signal.Signals[name] for name in sys.argv[1:]}
    signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
    print("ready", flush=True)
    while True:
        got = signal.sigwaitinfo(wanted)
        who = "kernel" if got.si_code == 128 else "process"
        print(signal.Signals(got.si_signo).name, who, flush=True)
        if got.si_signo == signal.SIGUSR1:
            sys.exit(42)"""


class Case(support.Case):
    names = ["registry.test"]

    def run_words(self, *command, words=("--no-record",)):
        return [HELLOSCOPE, "run", *words, "--", *command]

    def around(self, *command, words=("--no-record",), **options):
        return self.helloscope("run", *words, "--", *command, **options)


class Signals(Case):
    def started(self, *command, **options):
        """`run -- COMMAND`, once the command has said "ready"."""
        process = Process(self.folder, self.run_words(*command), self.env, **options)
        self.addCleanup(process.stop, signal.SIGKILL)
        wait_for("the command", lambda: process.alive() or "ready\n" in process.out.read_text())
        return process

    def test_each_that_is_sent_to_us_is_passed_on_once(self):
        names = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2", "SIGCONT", "SIGWINCH"]
        process = self.started(sys.executable, "-c", TELLER, *names, "SIGUSR1")
        told = "ready\n"
        for name in names + ["SIGINT", "SIGINT"]:  # a second Ctrl-C is as good as the first
            with self.subTest(name):
                process.process.send_signal(signal.Signals[name])
                told += f"{name} process\n"
                wait_for(name, lambda: process.alive() or process.out.read_text() == told)
        self.assertEqual(process.stop(signal.SIGUSR1), 42)
        self.assertEqual(process.out.read_text(), told + "SIGUSR1 process\n")

    def test_a_command_that_dies_of_one_is_told_as_a_shell_tells_it(self):
        dies = "import signal; print('ready', flush=True); signal.pause()"
        for name in ("SIGINT", "SIGHUP", "SIGQUIT"):
            with self.subTest(name):
                # Python's own handler of SIGINT would end it otherwise.
                text = "import signal; signal.signal(2, signal.SIG_DFL); " + dies
                process = self.started(sys.executable, "-c", text, cwd=self.folder)
                self.assertEqual(process.stop(signal.Signals[name]), 128 + signal.Signals[name])
                self.assertIn("no connection came through the proxy", process.err.read_text())
        for name in ("SEGV", "ABRT", "PIPE", "ALRM", "USR1"):
            with self.subTest(name):
                status = 128 + signal.Signals[f"SIG{name}"]
                self.around("sh", "-c", f"ulimit -c 0; kill -{name} $$", status=status)

    def test_one_that_comes_as_it_starts_is_not_lost(self):
        """From the first thread on it is the command's, even if that is not there yet."""
        for _ in range(5):
            process = Process(self.folder, self.run_words("sleep", "60"), self.env)
            self.addCleanup(process.stop, signal.SIGKILL)
            threads = Path(f"/proc/{process.process.pid}/task")
            wait_for("a thread", lambda: process.alive() or len(list(threads.iterdir())) > 1)
            process.process.send_signal(signal.SIGTERM)
            self.assertEqual(process.process.wait(support.PATIENCE), 128 + signal.SIGTERM)

    def test_who_was_told_to_ignore_a_hangup_ignores_it(self):
        def nohup():
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

        text = "import signal; print('ready', flush=True); signal.pthread_sigmask(0, [15]); signal.sigwait([15])"
        process = self.started(sys.executable, "-c", text, preexec_fn=nohup)
        process.process.send_signal(signal.SIGHUP)
        self.assertEqual(process.stop(signal.SIGTERM), 0)
        # Without a command: it is there for a client afterwards.
        words = [HELLOSCOPE, "run", "--no-record", "--listen", "127.0.0.1:0", "--port-file", self.path("port")]
        process = Process(self.folder, words, self.env, preexec_fn=nohup)
        self.addCleanup(process.stop, signal.SIGKILL)
        port = process.port_from(self.path("port"))
        process.process.send_signal(signal.SIGHUP)
        with support.ask(port, b"GET / HTTP/1.1\r\n\r\n") as connection:
            self.assertTrue(connection.recv(100).startswith(b"HTTP/1.1 400 "))
        self.assertEqual(process.stop(signal.SIGINT), 0)


class Terminal(Case):
    """A terminal, whose foreground is helloscope and its command."""

    def start(self, *command):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)

        def take_terminal():
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.said = b""
        self.terminal = ours
        words = [str(word) for word in self.run_words(*command)]
        process = support.subprocess.Popen(
            words, env=self.env | {"TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True, preexec_fn=take_terminal,
        )  # fmt: skip
        os.close(theirs)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def read_until(self, words):
        while words not in self.said:
            try:
                piece = os.read(self.terminal, 65536)
            except OSError:  # everybody has closed it
                piece = b""
            self.assertTrue(piece, f"it ended before {words!r}:\n{self.said.decode()}")
            self.said += piece

    def type(self, text):
        os.write(self.terminal, text)

    def end(self, process):
        """What it ended with; everything that was said by then is in `said`."""
        while True:
            try:
                piece = os.read(self.terminal, 65536)
            except OSError:
                return process.wait(support.PATIENCE)
            self.said += piece

    def test_a_ctrl_c_reaches_the_command_once(self):
        process = self.start(sys.executable, "-c", TELLER, "SIGINT", "SIGQUIT", "SIGUSR1")
        self.read_until(b"ready\r\n")
        for number, (key, name) in enumerate([(b"\x03", b"INT"), (b"\x1c", b"QUIT"), (b"\x03", b"INT")]):
            self.type(key)
            self.read_until(b"SIG%s kernel\r\n" % name)
            self.assertEqual(self.said.count(b" kernel\r\n"), number + 1)
            self.said = self.said.replace(b"SIG%s kernel" % name, b"told kernel")
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(self.end(process), 42)
        self.assertEqual((self.said.count(b" kernel"), self.said.count(b" process")), (3, 1))

    def test_a_ctrl_c_that_ends_the_command_ends_with_the_report(self):
        process = self.start("sh", "-c", "echo ready; sleep 60")
        self.read_until(b"ready\r\n")
        self.type(b"\x03")
        self.assertEqual(self.end(process), 128 + signal.SIGINT)
        self.assertIn(b"no connection came through the proxy", self.said)

    def test_a_closed_terminal_ends_the_command(self):
        process = self.start(sys.executable, "-c", TELLER, "SIGUSR1")
        self.read_until(b"ready\r\n")
        process.send_signal(signal.SIGHUP)  # as a terminal that closes; to the leader of its session
        self.assertEqual(process.wait(support.PATIENCE), 128 + signal.SIGHUP)

    def test_the_command_has_the_terminal(self):
        text = "import os; print([os.isatty(n) for n in (0, 1, 2)], os.tcgetpgrp(0) == os.getpgrp(), input())"
        process = self.start(sys.executable, "-c", text)
        self.type(b"typed\n")
        self.assertEqual(self.end(process), 0)
        self.assertIn(b"[True, True, True] True typed\r\n", self.said)

    def test_stopped_and_continued(self):
        """Ctrl-Z, as a shell's job control does it."""
        process = self.start(sys.executable, "-c", TELLER, "SIGCONT", "SIGUSR1")
        self.read_until(b"ready\r\n")
        os.kill(process.pid, signal.SIGSTOP)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status))
        os.kill(process.pid, signal.SIGCONT)
        self.read_until(b"SIGCONT process\r\n")
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(self.end(process), 42)


class LeftBehind(Case):
    def test_a_child_that_outlives_the_command_holds_nobody_up(self):
        """It has the command's streams open, and the port is free again."""
        text = 'echo "$HTTPS_PROXY"; sleep 600 & echo $!; exit 5'
        process = Process(self.folder, self.run_words("sh", "-c", text), self.env)
        self.addCleanup(process.stop, signal.SIGKILL)
        self.assertEqual(process.process.wait(support.PATIENCE), 5)
        url, child = process.out.read_text().splitlines()
        os.kill(int(child), signal.SIGTERM)  # it lives
        self.assertIn("no connection came through the proxy", process.err.read_text())
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])))

    def test_a_child_that_a_shell_does_not_wait_for_uses_the_proxy_while_it_is_there(self):
        server = self.serve()
        connect_to = ["--connect-to", f"registry.test:443:127.0.0.1:{server}"]
        text = 'curl -sS --cacert "$0" https://registry.test/slow/100 & wait'
        done = self.around("sh", "-c", text, self.ca, words=["--no-record", *connect_to])
        self.assertIn("flow 1 · registry.test:443", done.stderr.decode())


class Ways(Case):
    """How the command's connections go, by the true curl."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tls = cls.serve()
        cls.plain = Scripted(greet)
        cls.addClassCleanup(cls.plain.stop)
        cls.to_server = ["--resolve", f"registry.test:{cls.tls}:127.0.0.1",
                         "--resolve", f"registry.test:{cls.plain.port}:127.0.0.1"]  # fmt: skip
        cls.https = f"https://registry.test:{cls.tls}/bytes/5"
        cls.http = f"http://registry.test:{cls.plain.port}/"

    def curl(self, *words):
        return ["curl", "-sS", "--max-time", support.PATIENCE, "--cacert", self.ca, *words]

    def recorded(self, *command, words=(), status=0, **options):
        """Its flows, and how it went."""
        file = self.path(f"{os.urandom(4).hex()}.pcapng")
        done = self.around(*command, words=["--record", file, *self.to_server, *words],
                           status=status, **options)  # fmt: skip
        return list(support.flows_of(self, file).values()), done

    def test_urls_with_and_without_tls(self):
        flows, done = self.recorded(*self.curl(self.https, self.http))
        self.assertTrue(done.stdout.endswith(b"hello"))
        self.assertEqual([flow.one("requested")["front"] for flow in flows], ["connect", "http"])
        exchanged = flows[1].one("exchanged")
        self.assertEqual((exchanged["method"], exchanged["status"], exchanged["response_bytes"]), ("GET", 200, 5))
        self.assertEqual([flow.verdict for flow in flows], [None, None])

    def test_each_variable_of_the_command_leads_through(self):
        rows = [
            ("http_proxy", self.http, "http"),
            ("HTTPS_PROXY", self.https, "connect"),
            ("https_proxy", self.https, "connect"),
            ("ALL_PROXY", self.http, "http"),
            ("all_proxy", self.https, "connect"),
        ]
        every = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
        for name, url, front in rows:
            with self.subTest(name):
                others = sum((["-u", other] for other in every if other != name), [])
                flows, _ = self.recorded("env", *others, *self.curl(url))
                self.assertEqual([flow.one("requested")["front"] for flow in flows], [front])

    def test_a_command_that_ignores_the_proxy_is_told_of(self):
        for words in (["--noproxy", "*"], ["-x", ""]):
            with self.subTest(words):
                direct = ["--resolve", f"registry.test:{self.tls}:127.0.0.1"]
                flows, done = self.recorded(*self.curl(*words, *direct, self.https))
                self.assertEqual((flows, len(done.stdout)), ([], 5))
                told = done.stderr.decode()
                self.assertTrue(told.startswith("helloscope: no connection came through the proxy."), told)
                self.assertIn("ignores HTTPS_PROXY", told)

    def test_the_proxy_of_our_environment_is_the_parent_of_the_commands_connections(self):
        parent = self.proxy("--via", "direct", *self.to_server)
        names = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "ALL_PROXY")
        for name in names:
            with self.subTest(name):
                plain = name.lower() == "http_proxy"
                url = self.http if plain or name == "ALL_PROXY" else self.https
                flows, done = self.recorded(*self.curl(url), env=self.env | {name: parent.url})
                self.assertEqual(len(done.stdout), 5)
                routed = flows[0].one("routed")
                self.assertEqual((routed["parents"], routed["source"]), ([parent.url], name))
                self.assertEqual(flows[0].one("connected")["address"], f"127.0.0.1:{parent.port}")
                self.assertIsNone(flows[0].verdict)
        parent.end()
        self.assertEqual(len(parent.flows()), len(names))

    def test_our_no_proxy_is_obeyed_and_the_command_does_not_see_it(self):
        parent = self.proxy("--via", "direct")
        env = self.env | {"HTTPS_PROXY": parent.url, "HTTP_PROXY": parent.url}
        text = 'test -z "${NO_PROXY+set}${no_proxy+set}" && exec "$@"'
        for more in ({"NO_PROXY": "registry.test"}, {"no_proxy": "*"}):
            for url in (self.https, self.http):
                with self.subTest(more, url=url):
                    flows, done = self.recorded("sh", "-c", text, "sh", *self.curl(url), env=env | more)
                    self.assertEqual(len(done.stdout), 5)
                    routed = flows[0].one("routed")
                    self.assertEqual((routed.get("parents", []), routed["source"]), ([], *more))
        parent.end()
        self.assertEqual(parent.flows(), {})

    def test_a_parent_that_is_not_there_is_the_commands_failure(self):
        with socket.socket() as bound:  # nobody listens
            bound.bind(("127.0.0.1", 0))
            parent = "http://127.0.0.1:{}".format(bound.getsockname()[1])
            flows, done = self.recorded(*self.curl(self.https), env=self.env | {"HTTPS_PROXY": parent}, status=56)
        self.assertEqual([flow.verdict for flow in flows], ["parent-unreachable"])
        self.assertIn(parent, done.stderr.decode())

    def test_ways_in_of_ones_own(self):
        """The variables lead to the first port that is a proxy, beside what else was asked for."""
        at = f"registry.test:{self.tls}"
        env = ["sh", "-c", 'echo "$HTTPS_PROXY"; exec "$@"', "sh"]
        rows = [
            (["--reverse", at], r"http://127\.0\.0\.1:\d+"),
            (["--transparent", "redirect@127.0.0.1:0"], r"http://127\.0\.0\.1:\d+"),
            (["--listen", "[::1]:0"], r"http://\[::1\]:\d+"),
            (["--listen", "0.0.0.0:0", "--allow-from", "192.0.2.1"], r"http://127\.0\.0\.1:\d+"),
            (["--listen-tls", "127.0.0.1:0", "--certs", self.certs], r"https://127\.0\.0\.1:\d+"),
            (["--listen-tls", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--certs", self.certs],
             r"http://127\.0\.0\.1:\d+"),
        ]  # fmt: skip
        for words, url in rows:
            with self.subTest(words):
                flows, done = self.recorded(*env, *self.curl("--proxy-insecure", self.https), words=words)
                told, _, body = done.stdout.partition(b"\n")
                self.assertRegex(told.decode(), rf"\A{url}\Z")
                self.assertEqual((len(flows), len(body)), (1, 5))

    def test_ports_of_several_ways_in_are_in_the_port_file_in_their_order(self):
        at = f"registry.test:{self.tls}"
        file = self.path("ports")
        words = ["--reverse", at, "--transparent", "redirect@127.0.0.1:0", "--listen-tls", "127.0.0.1:0",
                 "--listen", "127.0.0.1:0", "--listen", "[::1]:0", "--certs", self.certs,
                 "--port-file", file]  # fmt: skip
        text = 'cat "$0"; echo "$HTTPS_PROXY"'
        _, done = self.recorded("sh", "-c", text, file, words=words)
        *ports, url = done.stdout.decode().split()
        self.assertEqual(len(ports), 5)
        self.assertEqual(url, f"http://127.0.0.1:{ports[0]}")


if __name__ == "__main__":
    support.need("curl")
    unittest.main(verbosity=2)
