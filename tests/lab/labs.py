"""Labs for tests and for the command line: networks with something broken, started and driven from
outside.

    with Lab("mtu1400", helloscope=PROGRAM) as lab:
        proxy = lab.helloscope("--heal")
        done = lab.run("client", ["curl", "https://registry.test/body"], env=lab.client_env(proxy))
        print(proxy.end())
        for event in proxy.events(): …

Nothing of a lab has a name on the machine, so any number of them run beside each other. They end with
`with`, with this process, and with its death.
"""
import functools
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))
import certificates
import hosts
import scenarios
import verdicts

HERE = Path(__file__).resolve().parent
MESSAGE = 1 << 17
INSIDE = Path("/run/lab")  # a folder that only a lab sees, and that goes with it
PROXY_PORT = 8484
PROXY_URL = f"http://{hosts.PROXY}:{PROXY_PORT}"
# Where Debian keeps nginx, ip and nft.
PATH = os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin"
PATIENCE = 60


class Impossible(Exception):
    """Why this machine cannot have a lab."""


def delay_program(helloscope):
    """It is built beside helloscope."""
    return Path(helloscope).resolve().parent / "lab_delay"


def needs():
    return ["unshare", "setpriv", "mount", "ip", "nft", "iptables", "ip6tables", "nginx", "openssl"]


@functools.lru_cache(None)
def namespaces():
    """The words before a program that lead it into namespaces of its own, which end with it."""
    missing = [one for one in needs() if not shutil.which(one, path=PATH)]
    if missing:
        raise Impossible(f"not installed: {' '.join(missing)} (Debian: util-linux iproute2 nftables iptables "
                         "nginx openssl)")  # fmt: skip
    own = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    with_user = [own[0], "--user", "--map-root-user", *own[1:]]
    said = []
    for words in ([own] if os.geteuid() == 0 else []) + [with_user]:
        # What a lab does first, and a container may forbid.
        done = subprocess.run([*words, "sh", "-c", "mount -t tmpfs none /run && ip netns add try"],
                              capture_output=True, env=os.environ | {"PATH": PATH}, timeout=PATIENCE)  # fmt: skip
        if done.returncode == 0:
            return words
        said.append(done.stderr.decode().strip())
    raise Impossible(f"no namespaces of our own: {said[-1]}{why_not()}")


def why_not():
    """What usually forbids user namespaces, if it does so here."""
    switches = {
        "user/max_user_namespaces": (lambda value: value == 0, "is 0: sysctl user.max_user_namespaces=10000"),
        "kernel/unprivileged_userns_clone": (lambda value: value == 0,
                                             "is 0: sysctl kernel.unprivileged_userns_clone=1"),
        "kernel/apparmor_restrict_unprivileged_userns": (
            lambda value: value == 1, "is 1: sysctl kernel.apparmor_restrict_unprivileged_userns=0"),
    }  # fmt: skip
    for name, (forbids, advice) in switches.items():
        file = Path("/proc/sys", name)
        if file.exists() and forbids(int(file.read_text())):
            return f" (/proc/sys/{name} {advice}, as root; or start the lab as root)"
    return " (in a container: it has to be started with --privileged)"


class Lab:
    """A scenario that runs. `wan`: rtt, jitter (ms), loss (%) and rate (kbit/s) beside its own; `files`:
    more for the server to give, {path: source}; `certs`: made before by certificates.make(); `limit`:
    seconds after which all that runs in it is killed."""

    def __init__(self, scenario, *, helloscope, family=4, wan=None, seed=1, files=None, certs=None, limit=None):
        self.scenario = scenarios.BY_NAME[scenario]
        self.watchdog = threading.Timer(limit, lambda: self.process.kill()) if limit else None
        self.program, self.family = Path(helloscope).resolve(), family
        self.asked = {
            "scenario": scenario, "family": family, "wan": wan or {}, "seed": seed,
            "files": {str(at): str(source) for at, source in (files or {}).items()},
            "certs": certs and str(certs), "helloscope": str(self.program),
            "delay_program": str(delay_program(self.program)),
        }  # fmt: skip
        if (self.scenario.wan or wan) and not delay_program(self.program).exists():
            raise Impossible(f"{delay_program(self.program)} is not built: cmake --build … --target lab_delay")
        self.replies, self.ended, self.news = queue.Queue(), {}, threading.Condition()
        self.desk = threading.Lock()
        self.programs = []

    def __enter__(self):
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        words = [*namespaces(), sys.executable, "-B", HERE / "inside.py", str(theirs.fileno())]
        env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        self.process = subprocess.Popen(words, pass_fds=[theirs.fileno()], env=env | {"PATH": PATH},
                                        stdin=subprocess.DEVNULL)  # fmt: skip
        theirs.close()
        if self.watchdog:
            self.watchdog.daemon = True
            self.watchdog.start()
        self.control.send(json.dumps(self.asked).encode())
        self.control.settimeout(PATIENCE)
        told = self.receive()
        self.control.settimeout(None)
        if "error" in told:
            self.__exit__()
            raise RuntimeError(f"lab {self.scenario.name}: {told['error']}")
        self.certs = Path(told["ready"])  # as seen inside
        threading.Thread(target=self.listen, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.control.shutdown(socket.SHUT_RDWR)  # which is the sign for it
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()  # --kill-child: with it goes all that is in the lab
            self.process.wait()
        if self.watchdog:
            self.watchdog.cancel()
        self.control.close()
        for one in self.programs:
            one.close()

    def receive(self):
        try:
            said = self.control.recv(MESSAGE)
        except TimeoutError:
            return {"error": f"it said nothing for {PATIENCE} s"}
        except ConnectionResetError:  # it was killed before it read what we asked
            said = b""
        return json.loads(said) if said else {"error": "it ended"}

    def listen(self):
        while True:
            told = self.receive()
            if "ended" in told:
                with self.news:
                    self.ended[told["ended"]] = told["status"]
                    self.news.notify_all()
                continue
            self.replies.put(told)
            if told.get("error") == "it ended":
                with self.news:
                    self.ended["all"] = True
                    self.news.notify_all()
                return

    def ask(self, what, fds=(), **more):
        with self.desk:
            try:
                socket.send_fds(self.control, [json.dumps({"do": what, **more}).encode()], list(fds))
                told = self.replies.get(timeout=PATIENCE)
            except (BrokenPipeError, ConnectionResetError):
                raise RuntimeError("the lab has ended") from None
            except queue.Empty:
                raise RuntimeError(f"the lab did not {what} for {PATIENCE} s") from None
        if "error" in told:
            error = {"FileNotFoundError": FileNotFoundError, "PermissionError": PermissionError}
            raise error.get(told.get("kind"), RuntimeError)(told["error"])
        return told

    def start(self, host, words, *, env, stdin, stdout, stderr, cwd=None, own_session=True):
        """A program on that host; what is returned can be waited for and signalled."""
        told = self.ask("run", [stdin, stdout, stderr], host=host, words=[str(one) for one in words],
                        env={name: str(value) for name, value in env.items()},
                        cwd=str(cwd or os.getcwd()), own_session=own_session)  # fmt: skip
        return Running(self, told["pid"])

    def background(self, host, words, *, env=None, stdin=b"", stderr=None):
        """The same, with its output in files, and its errors where they shall go."""
        return Program(self, host, words, self.plain_env() if env is None else env, stdin, stderr)

    def read(self, path):
        """The text of a small file of the lab's; empty where there is none."""
        return self.ask("read", path=str(path))["text"]

    def run(self, host, words, *, env=None, timeout=PATIENCE, stdin=b""):
        """To its end; status is None when it had to be killed because the time was over."""
        program = self.background(host, words, env=env, stdin=stdin)
        status = program.wait(timeout)
        if status is None:
            program.kill()
        done = subprocess.CompletedProcess(program.words, status, program.stdout, program.stderr)
        program.close()
        return done

    def forget(self):
        """Has the ends forget what they learned of the path's MTU, by which the next connection would
        begin: what a host has been told once, its SYN tells the other one in an MSS."""
        for host in ("client", "proxy", "server"):
            for family in ("-4", "-6"):
                self.run(host, ["ip", family, "route", "flush", "cache"])

    def plain_env(self):
        """For a client that goes to the server itself; nothing of this machine's but the way to
        programs."""
        env = {"PATH": PATH, "HOME": str(INSIDE), "LC_ALL": "C.UTF-8", "NO_COLOR": "1",
               "XDG_STATE_HOME": str(INSIDE / "state")}  # fmt: skip
        env |= {name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")
                if name in os.environ}  # fmt: skip
        return env | certificates.environment(self.certs)

    def client_env(self, proxy=None):
        """For a client that goes through helloscope."""
        return self.plain_env() | proxy_environment(proxy.url if proxy else PROXY_URL)

    def helloscope(self, *words, folder=None, stderr=None):
        """`helloscope run` on the proxy, with more options of its."""
        return Proxy(self, words, folder, stderr)


def proxy_environment(url):
    return {name: url for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")} | {
        "LAB_PROXY": url.removeprefix("http://")}  # fmt: skip


class Running:
    """A program in a lab."""

    def __init__(self, lab, pid):
        self.lab, self.pid = lab, pid

    @property
    def status(self):
        """As subprocess' returncode."""
        return self.lab.ended.get(self.pid)

    def wait(self, timeout=None):
        """How it ended, or None when it has not in that time."""
        with self.lab.news:
            self.lab.news.wait_for(lambda: self.pid in self.lab.ended or "all" in self.lab.ended, timeout)
        return self.status

    def signal(self, number):
        self.lab.ask("signal", pid=self.pid, number=int(number))


class Program:
    """One in the background, whose output can be read at any time."""

    def __init__(self, lab, host, words, env, stdin=b"", stderr=None):
        self.words = [str(one) for one in words]
        self.files = [tempfile.TemporaryFile() for _ in range(3)]
        self.files[0].write(stdin)
        self.files[0].seek(0)
        fds = dict(zip(("stdin", "stdout", "stderr"), (file.fileno() for file in self.files)))
        if stderr is not None:
            fds["stderr"] = stderr
        self.running = lab.start(host, words, env=env, **fds)
        lab.programs.append(self)

    def wait(self, timeout, look=None):
        """How it ended, or None when the time is over. It may also end when `look` sees something: then it
        is that."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            if seen := look and look():
                return seen
            if self.running.wait(min(left, 0.02) if look else left) is not None:
                break
        return self.running.status

    def kill(self):
        self.running.signal(signal.SIGKILL)
        self.running.wait(PATIENCE)

    def close(self):
        for file in self.files:
            file.close()

    @property
    def stdout(self):
        return self.read(1)

    @property
    def stderr(self):
        return self.read(2)

    def read(self, which):
        fd = self.files[which].fileno()
        return os.pread(fd, os.fstat(fd).st_size, 0)


class Proxy:
    """`helloscope run` on the lab's proxy, without any privileges. It records to `recording`."""

    def __init__(self, lab, words, folder, stderr=None):
        self.lab, self.url, self.stderr = lab, PROXY_URL, stderr
        self.recording = Path(folder or INSIDE) / f"{lab.scenario.name}-{os.urandom(4).hex()}.pcapng"
        port_file = INSIDE / f"{self.recording.stem}.port"
        self.program = lab.background("proxy", [
            *WITHOUT_PRIVILEGES, lab.program, "run", "--listen", f"{hosts.PROXY}:{PROXY_PORT}",
            "--allow-from", hosts.CLIENTS, "--port-file", port_file,
            *([] if {"--no-record", "--record"} & set(words) else ["--record", self.recording]), *lab.scenario.helloscope, *words,
        ], stderr=stderr)  # fmt: skip
        self.wait_for(port_file)

    def wait_for(self, port_file):
        deadline = time.monotonic() + PATIENCE
        while not self.lab.read(port_file):
            ended = self.program.running.status is not None
            if ended or time.monotonic() > deadline:
                raise RuntimeError(f"helloscope does not listen: {self.log}")
            time.sleep(0.005)

    @property
    def log(self):
        """What it has said so far, if nobody else got it."""
        return "" if self.stderr is not None else self.program.stderr.decode()

    def end(self):
        """Ends it well; the report that it wrote."""
        if self.program.running.status is None:
            self.program.running.signal(signal.SIGINT)
        status = self.program.running.wait(PATIENCE)
        if status != 0:
            raise RuntimeError(f"helloscope ended with {status}:\n{self.log}")
        return self.log

    def events(self):
        """Of the whole recording, in order; helloscope may go on running."""
        done = self.lab.run("proxy", [self.lab.program, "report", "--json", self.recording])
        if done.returncode != 0:
            raise RuntimeError(f"no report: {done.stderr.decode()}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def flows(self):
        """{flow: its events}."""
        by_number = {}
        for event in self.events():
            if event["flow"]:
                by_number.setdefault(event["flow"], []).append(event)
        return by_number

    def verdicts(self):
        """The verdict of each flow, None where there is none, in the order of the flows."""
        return [verdicts.standing(events) for events in self.flows().values()]


# Its user has no rights on the machine: it shall not have any here, where everybody is root.
WITHOUT_PRIVILEGES = ["setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]


class Capture:
    """All packets that pass a host's link, by tshark's dumpcap, which needs no more than the lab has."""

    def __init__(self, lab, host, link, folder=None):
        self.lab, self.file = lab, Path(folder or INSIDE) / f"{lab.scenario.name}-{host}-{link}.pcapng"
        self.program = lab.background(host, ["dumpcap", "-q", "-i", link, "-s", "0", "-w", self.file])
        deadline = time.monotonic() + PATIENCE
        while b"File: " not in self.program.stderr:
            if self.program.running.status is not None or time.monotonic() > deadline:
                raise RuntimeError(f"dumpcap: {self.program.stderr.decode()}")
            time.sleep(0.005)

    def end(self):
        self.program.running.signal(signal.SIGINT)
        self.program.running.wait(PATIENCE)
        return self.file

    def segments(self, *fields, shown="tcp.len > 0"):
        """After end(): these fields of tshark's for each packet that the filter shows."""
        words = sum((["-e", one] for one in fields or ("tcp.dstport", "tcp.len")), [])
        done = self.lab.run("client", ["tshark", "-n", "-r", self.file, "-Y", shown, "-T", "fields", *words])
        if done.returncode != 0:
            raise RuntimeError(f"tshark: {done.stderr.decode()}")
        return [line.split("\t") for line in done.stdout.decode().splitlines()]


def openssl_client(server="registry.test:443", hello=None, base=None, words=()):
    """The words of an s_client that ends when the server does; its stdin is REQUEST. `hello`: how long
    its ClientHello shall be, `base`: how long it is by itself, see openssl_hello()."""
    name = server.rsplit(":", 1)[0]
    command = ["openssl", "s_client", "-ign_eof", "-connect", server, "-servername", name, *words]
    if hello:
        command += ["-alpn", protocols(hello - base)]
    return command


REQUEST = b"GET / HTTP/1.1\r\nHost: registry.test\r\nConnection: close\r\n\r\n"


def protocols(size):
    """A list that makes an ALPN extension of `size` bytes; one of it is known to servers."""
    names = ["http/1.1"]
    left = size - 6 - 9  # its type, its length, the list's length; the first name
    assert left >= 2, f"no ALPN extension with http/1.1 has {size} bytes"
    while left:
        take = min(left, 256)
        if left - take == 1:
            take -= 1
        names.append(f"{len(names):02}".ljust(take - 1, "x")[: take - 1])
        left -= take
    return ",".join(names)


def openssl_hello(server_name="registry.test"):
    """How long the hello of s_client is: asked on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        at = f"127.0.0.1:{listener.getsockname()[1]}"
        client = subprocess.Popen(["openssl", "s_client", "-connect", at, "-servername", server_name],
                                  stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        connection, _ = listener.accept()
        with connection:
            header = connection.recv(5, socket.MSG_WAITALL)
        client.kill()
        client.communicate()
    return 5 + int.from_bytes(header[3:5], "big")
