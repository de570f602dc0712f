"""Relays to be measured: helloscope, those of others in their best clothes, and none at all.

Each run starts its relay anew, on one core, as an unprivileged user, on loopback, and ends it: so
every run finds the same, and none has pipes that count against another's limit.
"""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NOBODY = 65534
PATIENCE = 30  # seconds, until a relay listens or has ended
MOST_TUNNELS = 9200  # what 20,000 files allow a relay, with pipes for the busy ones


def as_nobody(*words):
    """Root may have larger pipes and more files than users have."""
    if os.geteuid() != 0:
        return list(words)
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *words]


def on_core(core, *words):
    """`core` as taskset takes it: a number, or several."""
    return ["taskset", "-c", str(core), *words]


def start(words, **how):
    """In a session of its own, which root puts before all other work of the machine."""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, start_new_session=True, **how)
    if os.geteuid() == 0:
        os.setpriority(os.PRIO_PROCESS, process.pid, -20)
        try:
            Path(f"/proc/{process.pid}/autogroup").write_text("-20")
        except OSError:  # a kernel without autogroups, or the process has ended
            pass
    return process


def given_away(path):
    """To whom as_nobody becomes."""
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)
    return path


def folder_for_nobody():
    folder = Path(tempfile.mkdtemp(prefix="helloscope-bench-"))
    folder.chmod(0o755)
    return given_away(folder)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    """Asks the kernel: a connection would be a flow to the relay."""
    wanted = f"0100007F:{port:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if words[1] == wanted and words[3] == "0A":
            return True
    return False


class Relay:
    """A relay of some kind: `words` makes its command line, `way` is how the load asks for it."""

    name = ""
    program = ""
    way = "--via"  # CONNECT; "--tcp": a fixed target
    cores = None  # those of the bench

    def words(self, folder, port, target):
        raise NotImplementedError

    def missing(self):
        if shutil.which(self.program, path=PATH) is None:
            return f"{self.program} is not installed"
        return None


class Running:
    """A relay between its start and its end. `leads_to` is the port of the load's server."""

    def __init__(self, relay, core, environment=None):
        self.relay = relay
        self.folder = folder_for_nobody()
        self.port = free_port()
        self.leads_to = free_port()
        self.log = self.folder / "log"
        words = relay.words(self.folder, self.port, self.leads_to)
        with self.log.open("wb") as log:
            self.process = start(
                as_nobody(*on_core(relay.cores or core, *words)), stdout=log, stderr=log, cwd=self.folder,
                env={"PATH": PATH, "HOME": str(self.folder), "LC_ALL": "C.UTF-8",
                     **(environment or {})},
            )  # fmt: skip
        try:
            self.wait_until_it_listens()
        except BaseException:
            self.end()
            raise

    def wait_until_it_listens(self):
        limit = time.monotonic() + PATIENCE
        while not listens(self.port):
            if self.process.poll() is not None or time.monotonic() > limit:
                text = self.log.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{self.relay.name} does not listen: {text}")
            time.sleep(0.02)

    def load_words(self):
        return [self.relay.way, f"127.0.0.1:{self.port}", "--serve", str(self.leads_to),
                "--pid", str(self.process.pid)]  # fmt: skip

    def stop(self):
        """What it wrote stays, until end()."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def end(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


class Direct:
    """No relay: both ends on the load's core."""

    name = "direct"

    def missing(self):
        return None


class Helloscope(Relay):
    def __init__(self, binary, name="helloscope", recording=True, options=(), cores=None):
        self.binary, self.name, self.recording = Path(binary), name, recording
        self.options, self.cores = options, cores

    def words(self, folder, port, target):
        recordings = folder / "recordings"
        recordings.mkdir()
        given_away(recordings)
        record = ["--record", str(recordings)] if self.recording else ["--no-record"]
        return [str(self.binary), "run", "--listen", f"127.0.0.1:{port}", *record,
                "--max-flows", str(MOST_TUNNELS), *self.options]  # fmt: skip

    def missing(self):
        return None if self.binary.exists() else f"{self.binary} is not there"


class Haproxy(Relay):
    """`mode` http takes real CONNECTs and passes them on to its server, which is ours."""

    program = "haproxy"

    def __init__(self, name, mode, tuning=(), splice=True):
        self.name, self.mode, self.tuning, self.splice = name, mode, tuning, splice
        self.way = "--via" if mode == "http" else "--tcp"

    def words(self, folder, port, target):
        config = folder / "haproxy.cfg"
        splicing = ("option splice-auto", "option splice-request", "option splice-response")
        config.write_text("\n".join([
            "global", " nbthread 1", f" maxconn {MOST_TUNNELS}", " maxpipes 700",
            *(f" {line}" for line in self.tuning),
            "defaults", f" mode {self.mode}", " timeout connect 10s", " timeout client 1h",
            " timeout server 1h", " timeout tunnel 1h",
            *(f" {line}" for line in splicing if self.splice),
            "listen relay", f" bind 127.0.0.1:{port}", f" server load 127.0.0.1:{target}", "",
        ]))  # fmt: skip
        return ["haproxy", "-db", "-f", str(config)]


class Nginx(Relay):
    program = "nginx"
    way = "--tcp"
    module = Path("/usr/lib/nginx/modules/ngx_stream_module.so")

    def __init__(self, name, buffers="16k"):
        self.name, self.buffers = name, buffers

    def missing(self):
        if not self.module.exists():
            return "libnginx-mod-stream is not installed"
        return super().missing()

    def words(self, folder, port, target):
        config = folder / "nginx.conf"
        config.write_text(f"""
            load_module {self.module};
            daemon off; master_process off; worker_rlimit_nofile 20000;
            pid {folder}/pid; error_log stderr;
            events {{ worker_connections 19800; }}
            stream {{ server {{
                listen 127.0.0.1:{port} backlog=4096; proxy_pass 127.0.0.1:{target};
                proxy_buffer_size {self.buffers}; proxy_timeout 1h;
            }} }}""")
        return ["nginx", "-e", "stderr", "-c", str(config)]


class Squid(Relay):
    name = program = "squid"

    def words(self, folder, port, target):
        config = folder / "squid.conf"
        config.write_text(f"""
http_port 127.0.0.1:{port}
http_access allow localhost
http_access deny all
cache deny all
access_log none
cache_log {folder}/cache.log
cache_store_log none
pid_filename none
coredump_dir {folder}
netdb_filename none
shutdown_lifetime 0 seconds
max_filedescriptors 19990
pinger_enable off
""")
        return ["squid", "-N", "-f", str(config)]


class Tinyproxy(Relay):
    name = program = "tinyproxy"

    def words(self, folder, port, target):
        config = folder / "tinyproxy.conf"
        config.write_text(f"Port {port}\nListen 127.0.0.1\nMaxClients 1000\nTimeout 3600\n"
                          f"Allow 127.0.0.1\nLogLevel Critical\n")  # fmt: skip
        return ["tinyproxy", "-d", "-c", str(config)]


class Mitmproxy(Relay):
    name, program = "mitmproxy", "mitmdump"

    def words(self, folder, port, target):
        return ["mitmdump", "-q", "--listen-host", "127.0.0.1", "-p", str(port),
                "--ignore-hosts", ".*", "--set", f"confdir={folder}"]  # fmt: skip


BIG_PIPES = ("tune.pipesize 1048576",)
HAPROXY_HTTP = Haproxy("haproxy http, 1 MiB pipes", "http", BIG_PIPES)
HAPROXY_TCP = Haproxy("haproxy tcp, 64 KiB pipes", "tcp")
HAPROXY_TCP_BIG = Haproxy("haproxy tcp, 1 MiB pipes", "tcp", BIG_PIPES)
OTHERS = (
    Haproxy("haproxy tcp, copying", "tcp", splice=False),
    Nginx("nginx stream"),
    Nginx("nginx stream, 128 KiB", "128k"),
    Squid(),
    Tinyproxy(),
    Mitmproxy(),
)
