#!/usr/bin/env python3
"""`helloscope run` and `helloscope report` as users meet them: what they say, and how they end.

usage: test_run.py HELLOSCOPE [unittest arguments]
"""
import json
import os
import pty
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))
import support  # noqa: E402
from support import AS_ROOT, HELLOSCOPE, Process, ask, connect_through, wait_for  # noqa: E402

NO_FLOW = "helloscope: no connection came through the proxy. Usual reasons: "


def read_all(connection):
    answer = b""
    while piece := connection.recv(65536):
        answer += piece
    connection.close()
    return answer


def full_listener(case):
    """A port whose queue is full: the kernel drops what else wants to connect."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    case.addCleanup(listener.close)
    for _ in range(4):
        waiting = socket.socket()
        waiting.setblocking(False)
        waiting.connect_ex(listener.getsockname())
        case.addCleanup(waiting.close)
    return listener.getsockname()[1]


def closed_port(case):
    bound = socket.socket()  # without listen(): nobody else gets the port, nobody answers
    bound.bind(("127.0.0.1", 0))
    case.addCleanup(bound.close)
    return bound.getsockname()[1]


class Case(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.serve()
        cls.connect_to = ["--connect-to", f"registry.test:443:127.0.0.1:{cls.server}"]
        cls.good = cls.folder / "good.pcapng"
        done = cls.around("--record", cls.good, *cls.connect_to, command=cls.curl("/bytes/100000"))
        assert done.stdout == b"100000", done.stderr

    @classmethod
    def curl(cls, path, *words):
        return ["curl", "-sS", "--max-time", support.PATIENCE, "--cacert", cls.ca, "-o", "/dev/null",
                "-w", "%{size_download}", *words, f"https://registry.test{path}"]  # fmt: skip

    @classmethod
    def around(cls, *words, command, **options):
        return cls.helloscope("run", *words, "--", *command, **options)

    def row(self, name):
        print(f"    {name}", flush=True)
        return self.subTest(name)

    def fails(self, words, message, status=3, **options):
        """Ends with `status` and says `message`, which is all that it says, in one line."""
        done = self.helloscope(*words, status=status, **options)
        self.assertEqual(done.stderr.decode(), f"helloscope: {message}\n")
        self.assertEqual(done.stdout, b"")


class CannotStart(Case):
    def test_a_port_in_use_is_named_with_its_process_and_costs_no_recording(self):
        proxy = self.proxy()
        at = f"127.0.0.1:{proxy.port}"
        kept = self.path("kept.pcapng")
        kept.write_bytes(self.good.read_bytes())
        words = ["run", "--listen", at, "--record", kept]
        told = (f"run: cannot listen on {at}: the port is in use by helloscope (pid {proxy.process.pid}): "
                "stop it, or choose another port with --listen (port 0 picks a free one)")  # fmt: skip
        for command, status in (([], 3), (["--", "true"], 125)):
            with self.row(f"status {status}"):
                self.fails([*words, *command], told, status=status)
                self.assertEqual(kept.read_bytes(), self.good.read_bytes())

    def test_a_recording_that_was_asked_for_and_cannot_be_written_ends_the_run(self):
        file = self.path("no-folder") / "x.pcapng"
        told = (f"run: cannot record to {file}: No such file or directory: "
                "choose another path with --record, or --no-record")  # fmt: skip
        self.fails(["run", "--listen", "127.0.0.1:0", "--record", file], told)
        self.fails(["run", "--record", file, "--", "true"], told, status=125)

    def test_a_default_folder_that_cannot_be_written_is_said_once(self):
        file = self.path("state")
        file.write_text("")
        env = self.env | {"XDG_STATE_HOME": str(file)}
        done = self.around(command=["sh", "-c", "exit 7"], env=env, status=7)
        told = f"cannot record into {file}/helloscope: Not a directory: flows are not recorded"
        self.assertEqual(done.stderr.decode().count(told), 1, done.stderr)
        self.assertEqual(done.stderr.decode().count("cannot record"), 1, done.stderr)
        self.assertNotIn("recording:", done.stderr.decode())

    def test_a_recording_in_use_is_not_touched(self):
        proxy = self.proxy()
        wait_for("the recording to begin", lambda: proxy.recording.stat().st_size)
        before = proxy.recording.read_bytes()
        told = f"run: cannot record to {proxy.recording}: another helloscope is recording to it"
        self.fails(["run", "--listen", "127.0.0.1:0", "--record", proxy.recording], told)
        self.fails(["run", "--record", proxy.recording, "--", "true"], told, status=125)
        self.assertEqual(proxy.recording.read_bytes(), before)
        proxy.end()

    def test_a_port_file_that_cannot_be_written_ends_the_run(self):
        file = self.path("no-folder") / "port"
        told = f"run: cannot write {file}: No such file or directory"
        self.fails(["run", "--no-record", "--listen", "127.0.0.1:0", "--port-file", file], told)


def blocks_of(content):
    """Type, place and length of each block of a pcapng file."""
    at, out = 0, []
    while at < len(content):
        kind, length = struct.unpack_from("<II", content, at)
        out.append((kind, at, length))
        at += length
    return out


def events_before(content, place):
    """As the report counts them: journal blocks hold events, packet blocks packets."""
    kinds = [kind for kind, at, _ in blocks_of(content) if at < place]
    return f"before it: {kinds.count(9)} events, {kinds.count(6)} packets"


class Report(Case):
    def file(self, name, content):
        path = self.path(name)
        path.write_bytes(content)
        return path

    def test_what_is_no_recording_is_refused_with_the_reason(self):
        foreign = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
        foreign += struct.pack("<IIHHII", 1, 20, 1, 0, 0, 20)
        foreign += struct.pack("<IIIIIII", 6, 36, 0, 0, 0, 4, 4) + b"abcd" + struct.pack("<I", 36)
        begins = "this is not a pcap or pcapng file: it begins with"
        rows = [
            (self.file("empty", b""), "{}: this is not a pcap or pcapng file: it is empty"),
            (self.file("a.zip", b"PK\x03\x04rest"), f"{{}}: {begins} 50 4b 03 04"),
            (self.file("program", b"\x7fELF\x02\x01\x01"), f"{{}}: {begins} 7f 45 4c 46"),
            (self.file("a.txt", b"Hello, world\n"), f"{{}}: {begins} 48 65 6c 6c"),
            (self.file("foreign.pcapng", foreign),
             "{}: this capture holds no helloscope events: it was not written by helloscope run"),
            (self.path("missing"), "cannot read {}: No such file or directory"),
        ]  # fmt: skip
        for path, message in rows:
            with self.row(path.name):
                for words in (["report", path], ["report", "--json", path]):
                    self.fails(words, "report: " + message.format(path))

    def test_a_folder_is_no_recording(self):
        done = self.helloscope("report", self.folder, status=3)
        self.assertEqual(done.stderr.decode(), f"helloscope: report: cannot read {self.folder}: Is a directory\n")

    def test_a_recording_cut_anywhere_shows_what_came_before(self):
        content = self.good.read_bytes()
        blocks = blocks_of(content)
        self.assertGreater(len(blocks), 20)
        known = next(at for kind, at, _ in blocks[9:] if kind == 9)  # the request is recorded by then
        for number in sorted({0, 1, 3, 9, len(blocks) // 2, len(blocks) - 1}):
            _, at, length = blocks[number]
            for cut in (at + 4, at + length // 2, at + length - 1):
                with self.row(f"block {number}, byte {cut}"):
                    file = self.file("cut.pcapng", content[:cut])
                    done = self.helloscope("report", file, status=3)
                    told = f"{file}: the file ends within the block at byte {at}; {events_before(content, at)}"
                    self.assertEqual(done.stderr.decode(), f"helloscope: report: {told}\n")
                    self.assertEqual(b"registry.test:443" in done.stdout, at > known, done.stdout)
            if number > 9:
                with self.row(f"behind block {number}"):
                    whole = self.file("cut.pcapng", content[: at + length])
                    self.assertIn(b"registry.test:443", self.helloscope("report", whole).stdout)

    def test_a_damaged_block_ends_the_reading_and_says_where(self):
        content = self.good.read_bytes()
        blocks = blocks_of(content)
        middle = next(n for n in range(len(blocks) // 2, len(blocks)) if blocks[n][0] == 9)
        _, at, length = blocks[middle]
        rows = {
            "a length that is no multiple of 4": (4, b"\x03\0\0\0", "malformed block_total_length", 4),
            "a length beyond all bounds": (4, b"\xff\xff\xff\x7f", "malformed block_total_length", 4),
            "lengths that differ": (length - 4, b"\0\0\0\0", "malformed block_total_length", length - 4),
        }
        for name, (place, damage, what, where) in rows.items():
            with self.row(name):
                bad = content[: at + place] + damage + content[at + place + len(damage) :]
                file = self.file("bad.pcapng", bad)
                done = self.helloscope("report", file, status=3)
                self.assertEqual(
                    done.stderr.decode(),
                    f"helloscope: report: {file}: in the block at byte {at}: {what} at byte "
                    f"{at + where}; {events_before(content, at)}\n",
                )
                self.assertIn(b"registry.test:443", done.stdout)
        with self.row("an event that is none"):
            bad = content[: at + 12] + b"\xff" * (length - 16) + content[at + length - 4 :]
            file = self.file("bad.pcapng", bad)
            done = self.helloscope("report", file, status=3)
            self.assertIn(f"{file}: in the block at byte {at}: ", done.stderr.decode())
            self.assertIn(events_before(content, at), done.stderr.decode())

    def test_a_file_is_needed(self):
        told = "report: FILE is required\ntry: helloscope report --help"
        self.fails(["report"], told, status=2)

    def test_several_files_are_told_one_by_one(self):
        cut = self.file("cut.pcapng", self.good.read_bytes()[:-1])
        missing = self.path("missing")
        two = self.helloscope("report", self.good, self.good)
        self.assertEqual(two.stdout.decode().count(f"{self.good}:\n"), 2)
        self.assertEqual((two.stdout.count(b"flow 1 "), two.stderr), (2, b""))
        done = self.helloscope("report", missing, cut, self.good, status=3)
        self.assertEqual(re.findall(r"(?m)^(/.*):$", done.stdout.decode()), [str(cut), str(self.good)])
        first, second = done.stderr.decode().splitlines()
        self.assertEqual(first, f"helloscope: report: cannot read {missing}: No such file or directory")
        self.assertIn(f"report: {cut}: the file ends within the block at byte ", second)

    def test_json_is_one_object_a_line(self):
        lines = self.helloscope("report", "--json", self.good).stdout.decode().splitlines()
        events = [json.loads(line) for line in lines]
        self.assertEqual(events[0]["event"], "recording_opened")
        self.assertEqual(len(events), sum(kind == 9 for kind, _, _ in blocks_of(self.good.read_bytes())))
        self.assertEqual(sum(event["event"] == "flow_closed" for event in events), 1)

    def test_a_reader_that_leaves_does_no_harm(self):
        for words in (["report", self.good], ["report", "--json"] + [self.good] * 20):
            with self.row(" ".join(map(str, words[:2]))):
                process = subprocess.Popen(
                    [HELLOSCOPE, *map(str, words)], env=self.env,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                )  # fmt: skip
                self.assertTrue(process.stdout.readline().endswith(b"\n"))
                process.stdout.close()
                told = process.stderr.read().decode()
                process.stderr.close()
                status = process.wait(support.PATIENCE)
                self.assertIn((status, "Broken pipe" in told), {(0, False), (3, True)}, told)
                self.assertNotIn("Sanitizer", told)

    def test_colour_is_for_a_terminal_that_wants_it(self):
        def shown(**more):
            env = {name: value for name, value in self.env.items() if name != "NO_COLOR"}
            ours, theirs = pty.openpty()
            try:
                subprocess.run([HELLOSCOPE, "report", str(self.good)], stdout=theirs,
                               env=env | {"TERM": "xterm"} | more, check=True)  # fmt: skip
                return os.read(ours, 65536)
            finally:
                os.close(ours)
                os.close(theirs)

        self.assertIn(b"\x1b[", shown())
        self.assertNotIn(b"\x1b", shown(NO_COLOR="1"))
        env = {name: value for name, value in self.env.items() if name != "NO_COLOR"}
        self.assertNotIn(b"\x1b", self.helloscope("report", self.good, env=env | {"TERM": "xterm"}).stdout)


class Front(Case):
    def test_each_refusal_names_its_cause_and_has_its_verdict(self):
        proxy = self.proxy("--json", "--front-timeout", "0.3", "--connect-timeout", "0.3")
        refused, full = closed_port(self), full_listener(self)
        itself = f"127.0.0.1:{proxy.port}"

        def connect(target):
            return f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode()

        head = b"CONNECT registry.test:443 HTTP/1.1\r\nX: "
        rows = [
            ("a head over 16 KiB", head + b"a" * 17_000, 431, "http_request_error", "front-refused",
             "the request head is longer than 16384 bytes"),
            ("a head without an end", head, 408, "http_request_error", "front-refused",
             "no whole request head within 0.3 s"),
            ("garbage", b"\x01\x02garbage\r\n\r\n", 400, "http_request_error", "front-refused",
             "this port speaks HTTP and SOCKS: the first bytes are neither"),
            ("GET", b"GET / HTTP/1.1\r\nHost: registry.test\r\n\r\n", 400,
             "http_request_error", "front-refused",
             "this is a proxy, not a web server: set it as the proxy of your client and ask for "
             "http://HOST/"),
            ("a port that is none", connect("a:0"), 400, "http_request_error", "front-refused",
             "CONNECT needs HOST:PORT: malformed port at byte 10"),
            ("a ClientHello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 506, 400,
             "http_request_error", "tls-to-plain-proxy",
             f"this port speaks plain HTTP: set HTTPS_PROXY=http://{itself}"),
            ("no such name", connect("name.invalid:443"), 502, "dns_error", "dns-failure",
             "cannot resolve name.invalid: "),
            ("refused", connect(f"127.0.0.1:{refused}"), 502, "connection_refused", "connect-refused",
             f"cannot connect to 127.0.0.1:{refused}: 127.0.0.1:{refused} refused the connection"),
            ("itself", connect(itself), 502, "proxy_loop_detected", "proxy-loop",
             f"{itself} is this proxy itself: a loop"),
            ("no answer", connect(f"127.0.0.1:{full}"), 504, "connection_timeout", "connect-timeout",
             f"cannot connect to 127.0.0.1:{full}: no answer from 127.0.0.1:{full}"),
        ]  # fmt: skip
        for name, request, status, error, _, reason in rows:
            with self.row(name):
                answer, _, body = read_all(ask(proxy.port, request)).decode().partition("\r\n\r\n")
                line, *fields = answer.split("\r\n")
                fields = dict(field.split(": ", 1) for field in fields)
                said = line.removeprefix(f"HTTP/1.1 {status} ")
                if reason.endswith(": "):  # the C library's words follow
                    self.assertTrue(said.startswith(reason) and len(said) > len(reason), line)
                else:
                    self.assertEqual(said, reason)
                self.assertEqual(fields["Proxy-Status"], f'helloscope; error={error}; details="{said}"')
                self.assertEqual(fields.get("Allow"), "CONNECT" if status == 405 else None)
                self.assertEqual(body, f"helloscope: {said}\n")
                self.assertEqual(fields["Content-Length"], str(len(body)))
                self.assertEqual(fields["Connection"], "close")
        with self.row("nothing at all"):
            self.assertEqual(read_all(ask(proxy.port, b"")), b"")
        proxy.end()
        events = [json.loads(line) for line in proxy.out.read_text().splitlines()]
        verdicts = [event["id"] for event in events if event["event"] == "verdict"]
        self.assertEqual(verdicts, [row[4] for row in rows] + ["client-silent"])
        self.assertEqual([flow.verdict for flow in proxy.flows().values()], verdicts)


class AroundACommand(Case):
    def python(self, text, *words, **options):
        return self.around("--no-record", *words, command=[sys.executable, "-c", text], **options)

    def test_it_ends_as_the_command_did(self):
        file = self.path("not-executable")
        file.write_text("")
        rows = [
            (["true"], 0),
            (["sh", "-c", "exit 7"], 7),
            (["sh", "-c", "kill -KILL $$"], 137),
            (["sh", "-c", "kill -TERM $$"], 143),
        ]
        for command, status in rows:
            with self.row(f"{' '.join(command)}: {status}"):
                done = self.around("--no-record", command=command, status=status)
                self.assertTrue(done.stderr.decode().startswith(NO_FLOW), done.stderr)
        with self.row("not found: 127"):
            self.fails(["run", "--no-record", "--", "no-such-program"],
                       "cannot run no-such-program: not found in PATH", status=127)  # fmt: skip
        with self.row("not executable: 126"):
            self.fails(["run", "--no-record", "--", file],
                       f"cannot run {file}: Permission denied", status=126)  # fmt: skip

    def test_a_parent_that_ignores_children_changes_nothing(self):
        def ignore():
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)

        self.around("--no-record", command=["sh", "-c", "exit 7"], status=7, preexec_fn=ignore)

    def test_sigterm_is_passed_on(self):
        waits = ("import signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, [15]);"
                 "print('ready', flush=True); sys.exit(40 + signal.sigwait([15]))")  # fmt: skip
        dies = "import signal; print('ready', flush=True); signal.pause()"
        for text, status in ((waits, 55), (dies, 143)):
            with self.row(f"ends with {status}"):
                process = Process(
                    self.folder, [HELLOSCOPE, "run", "--no-record", "--", sys.executable, "-c", text],
                    self.env,
                )  # fmt: skip
                self.addCleanup(process.stop, signal.SIGKILL)
                wait_for("the command", lambda: process.alive() or process.out.read_text() == "ready\n")
                self.assertEqual(process.stop(signal.SIGTERM), status)

    def test_stdin_and_stdout_are_the_commands(self):
        body = os.urandom(300_000)
        done = self.around("--no-record", command=["cat"], input=body)
        self.assertEqual(done.stdout, body)

    def test_the_environment_leads_to_the_proxy_and_nowhere_else(self):
        old = {"HTTP_PROXY": "http://old:1", "no_proxy": "registry.test", "NO_PROXY": "*", "KEPT": "1"}
        done = self.around("--no-record", command=["env"], env=self.env | old)
        told = dict(line.split("=", 1) for line in done.stdout.decode().splitlines())
        url = told["HTTPS_PROXY"]
        self.assertRegex(url, r"\Ahttp://127\.0\.0\.1:[1-9]\d*\Z")
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            self.assertEqual((told[name], told[name.lower()]), (url, url))
        self.assertEqual((told["NODE_USE_ENV_PROXY"], told["KEPT"]), ("1", "1"))
        self.assertEqual({"NO_PROXY", "no_proxy"} & set(told), set())

    def test_the_command_inherits_no_socket_and_no_signal_mask(self):
        file = self.path("r.pcapng")
        look = "ls /proc/$$/fd; exec grep -E 'SigBlk|SigIgn' /proc/self/status"
        done = self.around("--record", file, command=["sh", "-c", look])
        *descriptors, blocked, ignored = done.stdout.decode().splitlines()
        self.assertEqual(descriptors, ["0", "1", "2"])
        self.assertEqual(int(blocked.split()[1], 16), 0, blocked)
        self.assertEqual(int(ignored.split()[1], 16) >> (signal.SIGPIPE - 1) & 1, 0, ignored)

    def test_a_daemon_left_behind_keeps_nobody(self):
        text = f"""if True:
            import os, signal, socket
            port = int(os.environ["HTTPS_PROXY"].rsplit(":", 1)[1])
            tunnel = socket.create_connection(("127.0.0.1", port))
            tunnel.sendall(b"CONNECT 127.0.0.1:{self.server} HTTP/1.1\\r\\n\\r\\n")
            assert b" 200 " in tunnel.recv(4096)
            daemon = os.fork()
            if daemon:
                print(daemon, flush=True)
                os._exit(0)
            os.setsid()
            for number in (0, 1, 2):
                os.close(number)
            signal.pause()"""
        done = self.python(text)
        daemon = int(done.stdout)
        os.kill(daemon, 0)  # lives
        os.kill(daemon, signal.SIGKILL)
        self.assertIn(f"127.0.0.1:{self.server}", done.stderr.decode())

    def test_what_is_said_can_be_chosen(self):
        env = self.env | {"XDG_STATE_HOME": str(self.path("state"))}
        folder = self.path("state") / "helloscope"

        def recordings():
            return sorted(folder.glob("*")) if folder.exists() else []

        curl = self.curl("/bytes/1000")
        with self.row("--no-report"):
            done = self.around("--no-report", *self.connect_to, command=curl, env=env)
            self.assertEqual((done.stdout, done.stderr), (b"1000", b""))
            self.assertEqual(len(recordings()), 1)
        with self.row("--no-record"):
            done = self.around("--no-record", *self.connect_to, command=curl, env=env)
            self.assertIn("flow 1 · registry.test:443", done.stderr.decode())
            self.assertNotIn("recording:", done.stderr.decode())
            self.assertEqual(len(recordings()), 1)
        with self.row("-q"):
            done = self.around("-q", "--no-record", *self.connect_to, command=curl, env=env)
            self.assertNotIn(" info ", done.stderr.decode())
            self.assertIn("flow 1 · registry.test:443", done.stderr.decode())
        with self.row("-v"):
            done = self.around("-v", "--no-record", *self.connect_to, command=curl, env=env)
            self.assertIn(" info ", done.stderr.decode())
        with self.row("--json"):
            done = self.around("--json", "--no-record", *self.connect_to, command=curl, env=env)
            self.assertEqual(done.stdout, b"1000")
            events = [json.loads(line)["event"] for line in done.stderr.decode().splitlines()]
            self.assertEqual([events.count(name) for name in ("flow_opened", "flow_closed")], [1, 1])
        with self.row("the recording of the default folder"):
            done = self.around(*self.connect_to, command=curl, env=env)
            last = re.search(r"\nrecording: (.+)\n\Z", done.stderr.decode())[1]
            self.assertIn(Path(last), recordings())
            self.assertRegex(Path(last).name, r"\Ahelloscope-\d{8}T\d{6}Z-\d+\.pcapng\Z")
            self.assertIn(b"registry.test:443", self.helloscope("report", last).stdout)


class Recording(Case):
    def test_nobody_else_can_read_it(self):
        fresh, old = self.path("fresh.pcapng"), self.path("old.pcapng")
        old.write_bytes(b"x" * 100_000)
        old.chmod(0o644)
        for file in (fresh, old):
            with self.row(file.name):
                self.around("--record", file, command=["true"])
                self.assertEqual(file.stat().st_mode & 0o777, 0o600)
                self.assertEqual(self.helloscope("report", file).stdout, b"no flows\n")

    def test_closed_standard_streams_do_not_end_up_in_it(self):
        closing = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
        file = self.path("r.pcapng")
        self.run_program(*closing, HELLOSCOPE, "run", "--record", file, *self.connect_to, "--",
                         *self.curl("/bytes/1000"), status=None)  # fmt: skip
        self.assertNotIn(b"recording: ", file.read_bytes())
        self.assertIn(b"registry.test:443", self.helloscope("report", file).stdout)

    def test_a_kill_during_a_download_leaves_a_readable_file(self):
        proxy = self.proxy(*self.connect_to)
        body = self.path("body")
        words = self.curl("/bytes/200000000", "--limit-rate", "20M", "-x", proxy.url)
        words[words.index("/dev/null")] = body
        curl = Process(self.folder, words, self.env)
        self.addCleanup(curl.stop)

        def runs():
            curl.alive()
            arrived = body.exists() and body.stat().st_size > 1_000_000
            return arrived and proxy.recording.stat().st_size > 5000

        wait_for("the download", runs)
        proxy.process.kill()
        self.assertEqual(proxy.process.wait(support.PATIENCE), -signal.SIGKILL)
        self.assertNotEqual(curl.process.wait(support.PATIENCE), 0)
        done = self.helloscope("report", proxy.recording, status=None)
        self.assertIn(done.returncode, (0, 3), done.stderr)
        self.assertIn("registry.test:443", done.stdout.decode())
        self.assertIn("open, TLS 1.3", done.stdout.decode())
        if shutil.which("tshark", path=support.PATH):
            told = support.tshark(self, proxy.recording, "tls.handshake.type == 1", "frame.number")
            self.assertEqual(len(told), 2)  # on each leg

    def test_a_full_disk_stops_the_recording_and_nothing_else(self):
        folder, copy = self.path("tiny"), self.path("copy.pcapng")
        folder.mkdir()
        mount = f"mount -t tmpfs -o size=64k none '{folder}' || exit 99\n"
        env = [f"{name}={value}" for name, value in self.env.items()]
        root = [*(AS_ROOT or []), "env", "-i", *env, "unshare", "-m", "sh", "-c"]
        if AS_ROOT is None or self.run_program(*root, mount, status=None).returncode:
            reason = "a small file system needs root, unshare -m and the right to mount"
            self.assertNotEqual(os.environ.get("CI"), "true", reason)
            print(f"skipped: {reason}", flush=True)
            self.skipTest(reason)
        text = f"""{mount} "$@"; status=$?; cat '{folder}/r.pcapng' > '{copy}'; exit $status"""
        done = self.run_program(
            *root, text, "sh", HELLOSCOPE, "run", "--record-payload", "all", "--record",
            folder / "r.pcapng", *self.connect_to, "--", *self.curl("/bytes/3000000"),
        )  # fmt: skip
        self.assertEqual(done.stdout, b"3000000")
        self.assertIn(f"cannot write {folder}/r.pcapng: No space left on device", done.stderr.decode())
        self.assertRegex(done.stderr.decode(), r"\n\d+ events and \d+ packets could not be recorded\n")
        self.assertLessEqual(copy.stat().st_size, 65536)
        self.assertIn(b"registry.test:443", self.helloscope("report", copy).stdout)

    def test_a_recording_in_several_files_can_be_read_file_by_file(self):
        def check(folder, least):
            files = list(folder.glob("*.pcapng"))
            self.assertGreaterEqual(len(files), least)
            for file in files:
                self.assertEqual(file.stat().st_mode & 0o777, 0o600)
                self.helloscope("report", file)
                self.helloscope("report", "--json", file)

        for into in ("r.pcapng", ""):
            with self.row(f"by size, into a {'file' if into else 'folder'}"):
                folder = self.path(f"size{into}")
                folder.mkdir()
                done = self.around(
                    "--record", f"{folder}/{into}", "--record-payload", "all", "--record-file-size",
                    50_000, *self.connect_to, command=self.curl("/bytes/400000"),
                )  # fmt: skip
                self.assertEqual(done.stdout, b"400000")
                check(folder, 3)
        with self.row("by age"):
            folder = self.path("age")
            folder.mkdir()
            port_file = folder / "port"
            proxy = Process(
                self.folder, [HELLOSCOPE, "run", "--listen", "127.0.0.1:0", "--port-file", port_file,
                              "--record", f"{folder}/", "--record-file-age", "1"], self.env,
            )  # fmt: skip
            self.addCleanup(proxy.stop)
            port = proxy.port_from(port_file)

            def second():
                connect_through(port, f"127.0.0.1:{self.server}").close()
                return len(list(folder.glob("*.pcapng"))) > 1

            wait_for("a second file", second)
            self.assertEqual(proxy.stop(signal.SIGINT), 0)
            check(folder, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
