"""What the tests with real clients share: helloscope's commands, servers, a capture, recordings.

A script is started as `test_x.py HELLOSCOPE [unittest arguments]`. Everything lives in a temporary
folder, on loopback, in an environment of its own: a machine may export SSL_CERT_FILE and the like.
Whatever is waited for is looked at until it is there or a deadline has passed.
"""
import base64
import functools
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import verdicts

if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
    sys.exit(f"usage: {sys.argv[0]} HELLOSCOPE [unittest arguments]")
HELLOSCOPE = sys.argv.pop(1)
ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "build" / "clients-cache"  # what is fetched once, such as Bazelisk
PATIENCE = 60  # seconds: a machine may be busy


def skip(reason):
    """Ends the script: as skipped for ctest, as failed where everything has to be there."""
    print(f"skipped: {reason}", flush=True)
    sys.exit(1 if os.environ.get("CI") == "true" else 77)


def need(*programs):
    for program in programs:
        if shutil.which(program, path=PATH) is None:
            skip(f"{program} is not installed: see .ci/packages")


def npm_package(name, version):
    """The folder of a package that npm fetches once. It is moved into place whole, because scripts
    run beside each other."""
    kept = CACHE / f"{name.replace('/', '+')}@{version}"
    if not kept.exists():
        need("npm")
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as fresh:
            done = subprocess.run(
                ["npm", "install", "--prefix", fresh, "--no-save", "--no-audit", "--no-fund",
                 "--ignore-scripts", f"{name}@{version}"], capture_output=True,
            )  # fmt: skip
            if done.returncode != 0:
                skip(f"npm cannot fetch {name}: {done.stderr.decode()}")
            try:
                os.rename(Path(fresh) / "node_modules", kept)
            except OSError:  # another script was faster
                if not kept.exists():
                    raise
    return kept / name


# Debian keeps nginx and tcpdump where a user's PATH may not lead.
PATH = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"


def environment(home, **more):
    """What a client gets: nothing of ours but the way to programs and to the sanitizers' options."""
    out = {"PATH": PATH, "HOME": str(home), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    out |= {name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")
            if name in os.environ}  # fmt: skip
    return out | {name: str(value) for name, value in more.items()}


def wait_for(what, look, patience=PATIENCE):
    """What `look` returns as soon as it is something."""
    deadline = time.monotonic() + patience
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience} s for {what}")
        time.sleep(0.005)
    return seen


class Process:
    """A program in the background. Its output goes to files, so that it never waits for a reader."""

    def __init__(self, folder, words, env, stdout=None, **options):
        self.words = [str(word) for word in words]
        self.out = stdout or folder / f"{Path(self.words[0]).name}-{os.urandom(4).hex()}.out"
        self.err = self.out.with_suffix(".err")
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(
                self.words, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env, **options
            )

    def alive(self):
        assert self.process.poll() is None, f"{self.words} ended:\n{self.err.read_text()}"

    def ports_from(self, file):
        def look():
            self.alive()
            return file.exists() and file.read_text()

        return [int(line) for line in wait_for(f"{file.name} of {self.words[:2]}", look).splitlines()]

    def port_from(self, file):
        return self.ports_from(file)[0]

    def stop(self, number=signal.SIGTERM):
        """Ends it and says how it ended."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{self.words} did not end at a signal") from None


class Ended(AssertionError):
    """A program ended with another status than it had to."""


class Case(unittest.TestCase):
    """A temporary folder, a CA with test chains, and what is started and ended around a test."""

    names = ["registry.test"]

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="helloscope-clients-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.env = environment(cls.folder)
        cls.certs = cls.make_certs()
        cls.ca = cls.certs / "ca.pem"

    @classmethod
    def make_certs(cls):
        """Their folder."""
        folder = cls.folder / "certs"
        cls.helloscope("certs", "--out", folder, *sum((["--name", n] for n in cls.names), []))
        return folder

    @classmethod
    def run_program(cls, *words, status=0, env=None, **options):
        """Runs to the end. `status`: what it has to end with, None if the caller looks itself."""
        options.setdefault("stdin", subprocess.DEVNULL)
        if "input" in options:
            del options["stdin"]
        done = subprocess.run(
            [str(word) for word in words], capture_output=True, env=env or cls.env,
            timeout=2 * PATIENCE, **options,
        )  # fmt: skip
        if status is not None and done.returncode != status:
            told = done.stderr.decode(errors="replace")
            raise Ended(f"{words[:3]}… ended with {done.returncode}, not {status}:\n{told}")
        return done

    @classmethod
    def helloscope(cls, *words, **options):
        return cls.run_program(HELLOSCOPE, *words, **options)

    @classmethod
    def start(cls, process):
        cls.addClassCleanup(process.stop)
        return process

    @classmethod
    def serve(cls, *words):
        """`helloscope serve` with the chains of this case; the port it listens on."""
        file = cls.folder / f"serve-{os.urandom(4).hex()}.port"
        started = Process(
            cls.folder,
            [HELLOSCOPE, "serve", "-q", "--certs", cls.certs, "--listen", "127.0.0.1:0",
             "--port-file", file, *words], cls.env,
        )  # fmt: skip
        return cls.start(started).port_from(file)

    @classmethod
    def new_site(cls):
        """A folder to be served. `body` is in it already."""
        cls.site = cls.folder / "site"
        cls.site.mkdir()
        cls.body = os.urandom(200_000)
        (cls.site / "body").write_bytes(cls.body)

    @classmethod
    def serve_site(cls, more=""):
        """nginx with the site and the chain of this case."""
        chain, key = cls.certs / "leaf.pem", cls.certs / "leaf.key"
        return cls.start(Nginx(cls, cls.site, chain, key, more))

    def java_trusts(self):
        """The properties by which a Java program trusts the CA of this case. JKS is a format that
        older Javas, such as Bazel's own, can read too."""
        store = {"trustStore": self.path("trusted.jks"), "trustStorePassword": "changeit"}
        if not store["trustStore"].exists():
            self.run_program(
                "keytool", "-importcert", "-noprompt", "-file", self.ca, "-alias", "ca",
                "-storetype", "JKS", "-keystore", store["trustStore"],
                "-storepass", store["trustStorePassword"],
            )  # fmt: skip
        return [f"-Djavax.net.ssl.{name}={value}" for name, value in store.items()]

    def path(self, name):
        """A name in a folder that no other test writes to."""
        folder = self.folder / self.id().rsplit(".", 1)[1]
        folder.mkdir(exist_ok=True)
        return folder / name

    def proxy(self, *words, **options):
        return Proxy(self, words, **options)

    def watch(self, origins, *words):
        return Watch(self, origins, words)

    def each_way(self, origins, test, hosts=None):
        """Calls `test` with a function that runs a client and returns what it printed, and its flows:
        once by `helloscope run -- CLIENT`, once by itself, where it has to be told of the proxy by
        `setting`: its first words, or more environment, with {} for the URL."""
        for way in (self.around, self.standing):
            with self.subTest(way.__name__):
                test(functools.partial(way, origins, hosts))

    def around(self, origins, hosts, *command, setting, **options):
        watch = self.watch(origins)
        return watch.run(*command, **options).stdout, watch.flows(hosts)

    def standing(self, origins, hosts, *command, setting, **options):
        watch = self.watch(origins)
        url = watch.proxy().url
        if isinstance(setting, dict):
            told = {name: value.format(url) for name, value in setting.items()}
            options["env"] = options.get("env", self.env) | told
        else:
            command = (command[0], *(word.format(url) for word in setting), *command[1:])
        return self.run_program(*command, **options).stdout, watch.flows(hosts)


class Proxy(Process):
    """A standing `helloscope run`, which records to a file unless `words` say otherwise. `before`:
    words before the command, such as those that lead into a namespace."""

    def __init__(self, case, words, env=None, ways_in=("--listen", "127.0.0.1:0"), before=()):
        self.case = case
        port_file = case.folder / f"run-{os.urandom(4).hex()}.port"
        self.recording = port_file.with_suffix(".pcapng")
        words = [*before, HELLOSCOPE, "run", *ways_in, "--port-file", port_file,
                 "--record", self.recording, *words]  # fmt: skip
        super().__init__(case.folder, words, env or case.env)
        case.addCleanup(self.stop)
        self.ports = self.ports_from(port_file)  # that of each way in, in the order of the words
        self.port = self.ports[0]
        self.url = f"http://127.0.0.1:{self.port}"

    def end(self):
        """Ends it well; the report that it wrote."""
        status = self.stop(signal.SIGINT)
        told = self.err.read_text()
        assert status == 0, f"ended with {status}:\n{told}"
        return told

    def flows(self):
        """The flows of the recording; the proxy has ended by then."""
        return flows_of(self.case, self.recording)


class Nginx(Process):
    """A real server with HTTP/2, and without TLS at `plain_port`. It inherits sockets that listen
    already: no port to be guessed, nothing to wait for."""

    def __init__(self, case, folder, certificate, key, more=""):
        with (
            socket.create_server(("127.0.0.1", 0)) as listener,
            socket.create_server(("127.0.0.1", 0)) as plain,
        ):
            self.port, self.plain_port = (one.getsockname()[1] for one in (listener, plain))
            conf = folder / "nginx.conf"
            user = "user root;" if os.geteuid() == 0 else ""  # the folder is the user's alone
            conf.write_text(f"""
                {user} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;
                events {{ worker_connections 512; }}
                http {{
                    access_log off;
                    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
                    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
                    scgi_temp_path {folder}/scgi;
                    server {{
                        listen 127.0.0.1:{self.port} ssl http2;
                        listen 127.0.0.1:{self.plain_port};
                        ssl_certificate {certificate}; ssl_certificate_key {key};
                        ssl_protocols TLSv1.2 TLSv1.3;
                        root {folder};
                        {more}
                    }}
                }}""")
            fds = [one.fileno() for one in (listener, plain)]
            super().__init__(
                folder, ["nginx", "-e", "stderr", "-p", folder, "-c", conf],
                case.env | {"NGINX": "".join(f"{fd};" for fd in fds)}, pass_fds=fds,
            )  # fmt: skip


def need_to_capture():
    need("tcpdump", "tshark")
    if AS_ROOT is None:
        skip("tcpdump needs root, or sudo without a password")


def as_root():
    """What runs a program as root, or None."""
    if os.geteuid() == 0:
        return []
    words = ["sudo", "-n"]
    if shutil.which("sudo") and subprocess.run([*words, "true"], capture_output=True).returncode == 0:
        return words
    return None


AS_ROOT = as_root()


class Capture(Process):
    """tcpdump on loopback: what passed the given ports from start to end, every packet of it."""

    def __init__(self, case, *ports):
        self.marker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.marker.bind(("127.0.0.1", 0))
        case.addCleanup(self.marker.close)
        marked = self.marker.getsockname()[1]
        # To stdout: tcpdump drops its rights before it opens a file. Without --immediate-mode, whose
        # buffer holds few packets: the datagram at the end makes sure of the last one.
        super().__init__(
            case.folder,
            [*AS_ROOT, "tcpdump", "-U", "-n", "-B", 65536, "-i", "lo", "-w", "-",
             f"udp port {marked} or tcp port {' or '.join(map(str, ports))}"],
            case.env, stdout=case.folder / f"capture-{os.urandom(4).hex()}.pcap",
        )  # fmt: skip
        self.file = self.out
        case.addCleanup(self.stop)

        def listens():
            self.alive()
            return b"listening on lo" in self.err.read_bytes()

        wait_for("tcpdump to listen", listens)

    def stop(self, number=signal.SIGINT):
        if AS_ROOT and self.process.poll() is None:
            subprocess.run([*AS_ROOT, "kill", f"-{int(number)}", str(self.process.pid)])
            return self.process.wait(PATIENCE)
        return super().stop(number)

    def end(self):
        """The file, once a datagram sent behind everything else is in it."""
        mark = os.urandom(16)
        self.marker.sendto(mark, self.marker.getsockname())
        with open(self.file, "rb") as file:
            last = b""

            def arrived():
                nonlocal last
                self.alive()
                new = file.read()
                found, last = mark in last + new, (last + new)[-len(mark) :]
                return found

            wait_for("the capture's last packet", arrived)
        self.stop()
        told = self.err.read_text()
        assert "\n0 packets dropped by kernel" in told, told
        return self.file


class Watch:
    """Clients on their way to some origins, {"HOST:PORT": port on loopback}, seen twice: recorded by
    helloscope, and captured at the origins' ports. `words` go to each `helloscope run`."""

    def __init__(self, case, origins, words=()):
        self.case, self.proxies, self.recordings = case, [], []
        connect_to = (["--connect-to", f"{at}:127.0.0.1:{port}"] for at, port in origins.items())
        self.words = [*words, *sum(connect_to, [])]
        self.ports = sorted(set(origins.values()))
        self.capture = self.start_capture()

    def start_capture(self):
        return Capture(self.case, *self.ports)

    def run(self, *command, **options):
        """`helloscope run -- COMMAND` to its end."""
        self.recordings.append(self.case.folder / f"watch-{os.urandom(4).hex()}.pcapng")
        return self.case.helloscope(
            "run", "--record", self.recordings[-1], *self.words, "--", *command, **options
        )

    def proxy(self, *words):
        """A standing `helloscope run`."""
        self.proxies.append(self.case.proxy(*self.words, *words))
        self.recordings.append(self.proxies[-1].recording)
        return self.proxies[-1]

    def flows(self, hosts=None):
        """Ends everything. All flows, or those to `hosts`, in the order in which they were recorded:
        none came to grief, and the ClientHello of each is the one that tshark reads from the wire."""
        flows = self.ended(hosts)
        ours = {flow.local_port: hello for flow, hello in self.went_well(flows)}
        wire = hellos_on_the_wire(self.case, self.capture.end(), *self.ports)
        assert flows and ours == wire, f"recorded {ours}, on the wire {wire}"
        return flows

    def ended(self, hosts=None):
        """Ends every proxy; the flows, whatever became of them."""
        for proxy in self.proxies:
            proxy.end()
        return [flow for file in self.recordings for flow in flows_of(self.case, file).values()
                if hosts is None or flow.host in hosts]  # fmt: skip

    def went_well(self, flows):
        """Those with TLS, each with its (bytes of the first ClientHello's record, server name)."""
        for flow in flows:
            assert flow.verdict is None, flow.all("verdict")
            if flow.all("record"):
                assert flow.version in ("1.2", "1.3") and flow.one("flow_closed")["to_client"] > 0
                yield flow, (flow.hello_on_the_wire, flow.sni)


def hellos_on_the_wire(case, capture, *ports, by="tcp.srcport"):
    """{client's port: (bytes of the first ClientHello's record, server name)}, by tshark; `by`: by what
    else connections are told apart."""
    decode = sum((["-d", f"tcp.port=={port},tls"] for port in ports), [])
    seen = tshark(
        case, capture, "tls.handshake.type == 1", by, "tls.record.length",
        "tls.handshake.extensions_server_name", more=decode,
    )  # fmt: skip
    return {key: (5 + int(records[0]), names[0] if names else None)
            for (key,), records, names in reversed(seen)}  # fmt: skip


class Flow:
    """One flow of a recording, as its events tell."""

    def __init__(self, events):
        self.events = events

    def all(self, name, **fields):
        return [one for one in self.events if one["event"] == name
                and all(one.get(field) == value for field, value in fields.items())]  # fmt: skip

    def one(self, name, **fields):
        found = self.all(name, **fields)
        assert len(found) == 1, f"{len(found)} events {name} {fields}"
        return found[0]

    @property
    def port(self):
        """Of ours, at which the client came in."""
        return int(self.one("flow_opened")["listener"].rsplit(":", 1)[1])

    @property
    def front(self):
        """By which the client asked."""
        return self.all("requested")[0]["front"]

    @property
    def host(self):
        """That the client asked for, if it came so far."""
        asked = self.all("requested")
        return asked[0].get("host") if asked else None

    @property
    def hello(self):
        """The ClientHello, or the first of two."""
        return self.all("handshake", type="client_hello")[0]["client_hello"]

    @property
    def hello_on_the_wire(self):
        """Bytes of the first record from the client, its header included."""
        return 5 + self.all("record", dir="to_server")[0]["length"]

    @property
    def sni(self):
        return self.hello.get("server_name", {}).get("host")

    @property
    def version(self):
        """What was agreed on, as in "1.3"."""
        chosen = self.all("handshake", type="server_hello")[-1]["server_hello"]["version"]
        return {"0x0301": "1.0", "0x0302": "1.1", "0x0303": "1.2", "0x0304": "1.3"}[chosen]

    @property
    def local_port(self):
        """Of the server leg, as text: what finds the flow in a capture."""
        return self.one("connected")["local"].rsplit(":", 1)[1]

    @property
    def verdict(self):
        return verdicts.standing(self.events)


def flows_of(case, recording):
    """The flows of a recording by number, read as a user would; none may lack anything."""
    told = case.helloscope("report", "--json", recording).stdout
    by_number = {}
    for line in told.splitlines():
        event = json.loads(line)
        by_number.setdefault(event["flow"], []).append(event)
    about = Flow(by_number.pop(0))
    assert not about.all("lost"), about.all("lost")
    flows = {number: Flow(events) for number, events in sorted(by_number.items())}
    for number, flow in flows.items():
        counts = [len(flow.all(name)) for name in ("flow_opened", "flow_closed", "requested", "connected")]
        most = counts[2] if flow.all("requested", front="http") else 1  # requests may be many
        whole = counts[:2] == [1, 1] and max(counts) <= max(1, most)
        assert whole, f"flow {number}: {counts}: {json.dumps(flow.events, indent=1)}"
    return flows


def tshark(case, file, shown, *fields, more=()):
    """The fields of each packet that the filter shows; a field's values are a list."""
    words = sum((["-e", field] for field in fields), [])
    told = case.run_program(
        "tshark", "-n", "-r", file, "-Y", shown, *more, "-T", "fields", "-E", "separator=/t",
        "-E", "occurrence=a", "-E", "aggregator=;", *words,
    ).stdout.decode()  # fmt: skip
    return [[one.split(";") if one else [] for one in line.split("\t")] for line in told.splitlines()]


def fill(case, listener):
    """Makes the queue of a bound socket full: the kernel drops what else wants to connect."""
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    for _ in range(4):
        waiting = socket.socket()
        waiting.setblocking(False)
        waiting.connect_ex(listener.getsockname())
        case.addCleanup(waiting.close)


def ask(port, request):
    """Sends bytes to the proxy; the open socket, for the caller to read and close."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.sendall(request)
    return connection


def connect_through(port, target, early=b""):
    """A tunnel to HOST:PORT, `early` sent with the request; fails unless the answer is 200."""
    head = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n"
    connection = ask(port, head.encode() + early)
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        assert byte, f"closed after {answer!r}"
        answer += byte
    assert b" 200 " in answer.split(b"\r\n")[0], answer
    return connection


def tls_through(port, target, ca, configure=lambda context: None):
    context = ssl.create_default_context(cafile=str(ca))
    configure(context)
    tunnel = connect_through(port, target)
    return context.wrap_socket(tunnel, server_hostname=target.rsplit(":", 1)[0])


def basic(user, password):
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def main():
    unittest.main(module="__main__")
