"""Other people's servers and proxies, each a private instance: its own configuration, log, pid file
and loopback port, in a folder of the test, in the foreground. Nothing of the system's is touched.
"""
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import types
from pathlib import Path

from support import PATH, Process, skip, wait_for


def free_port():
    """A port below those that the kernel gives to clients, so that it stays free until it is used."""
    while True:
        port = random.randint(12000, 31999)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Peer(Process):
    """A program that listens on `self.port` once it is made; the folder is its user's."""

    user = None  # whom it becomes, if we are root

    def __init__(self, case, name, *options):
        self.folder = Path(case.folder) / f"{name}-{os.urandom(4).hex()}"
        self.folder.mkdir(mode=0o755)
        case.folder.chmod(0o755)
        self.port = free_port()
        words = self.prepare(*options)
        if self.user and os.geteuid() == 0:
            for path in [self.folder, *self.folder.rglob("*")]:
                shutil.chown(path, self.user)
        super().__init__(self.folder, words, case.env)
        wait_for(f"{name} to listen", self.listens)
        self.at = f"127.0.0.1:{self.port}"

    def listens(self):
        self.alive()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def write(self, name, text):
        path = self.folder / name
        path.write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n")
        return path


class Squid(Peer):
    """Without a cache, allowing everything to loopback. `more`: lines before `http_access`."""

    user = "proxy"

    def __init__(self, case, more="", port_line="http_port 127.0.0.1:{port}"):
        super().__init__(case, "squid", more, port_line)

    def prepare(self, more, port_line):
        conf = self.write("squid.conf", f"""
            {port_line.format(port=self.port)}
            cache deny all
            via on
            forwarded_for delete
            acl loopback dst 127.0.0.0/8 ::1
            {more}
            http_access allow loopback
            http_access deny all
            access_log none
            cache_log {self.folder}/cache.log
            dns_nameservers 127.0.0.1
            dns_timeout 1 seconds
            cache_store_log none
            pid_filename {self.folder}/squid.pid
            coredump_dir {self.folder}
            shutdown_lifetime 0 seconds
            max_filedescriptors 1024
            pinger_enable off
            visible_hostname squid.test
        """)
        return ["squid", "-N", "-n", "t" + os.urandom(4).hex(), "-f", conf]

    def stop(self, number=signal.SIGINT):  # at SIGTERM it takes a second more
        return super().stop(number)


class Apache(Peer):
    """Files of `self.root`; `modules` and `more` lines make it something else."""

    user = "www-data"

    def __init__(self, case, modules=(), more=""):
        super().__init__(case, "apache", modules, more)

    def prepare(self, modules, more):
        self.root = self.folder / "files"
        self.root.mkdir()
        load = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
                         for name in ("mpm_event", "authz_core", *modules))  # fmt: skip
        conf = self.write("apache.conf", f"""
            {load}
            ServerRoot {self.folder}
            ServerName apache.test
            Listen 127.0.0.1:{self.port}
            PidFile {self.folder}/apache.pid
            ErrorLog /dev/stderr
            DocumentRoot {self.root}
            User {self.user}
            Group {self.user}
            ServerLimit 1
            StartServers 1
            ThreadsPerChild 16
            MaxRequestWorkers 16
            DefaultRuntimeDir {self.folder}
            {more}
        """)
        return ["apache2", "-DFOREGROUND", "-d", self.folder, "-f", conf]


class PlainNginx(Peer):
    """Files of `self.root` over HTTP/1.1 without TLS; `more`: what a server block may hold."""

    def __init__(self, case, more=""):
        super().__init__(case, "nginx", more)

    def prepare(self, more):
        self.root = self.folder / "files"
        self.root.mkdir()
        user = "user root;" if os.geteuid() == 0 else ""
        temporary = "".join(f"{kind}_temp_path {self.folder}/{kind};"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
        conf = self.write("nginx.conf", f"""
            {user} daemon off; worker_processes 1; pid {self.folder}/nginx.pid; error_log stderr;
            events {{ worker_connections 256; }}
            http {{
                access_log off; {temporary}
                server {{ listen 127.0.0.1:{self.port}; root {self.root}; {more} }}
            }}
        """)
        return ["nginx", "-e", "stderr", "-p", self.folder, "-c", conf]


def with_hosts(case, hosts, words):
    """A program whose /etc/hosts is another, in a mount namespace of its own: {name: address}."""
    file = Path(case.folder) / f"hosts-{os.urandom(4).hex()}"
    file.write_text("".join(f"{address} {name}\n" for name, address in hosts.items()))
    own = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *own, "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"',
            file, *words]  # fmt: skip


def need_own_hosts():
    """Skips the script where a mount namespace is not to be had."""
    with tempfile.TemporaryDirectory() as folder:
        words = with_hosts(types.SimpleNamespace(folder=folder), {}, ["true"])
        done = subprocess.run(words, env={"PATH": PATH}, capture_output=True)
    if done.returncode != 0:
        skip(f"no namespace with another /etc/hosts: {done.stderr.decode()}")


class Tinyproxy(Peer):
    """`more`: lines of its configuration, such as BasicAuth or Upstream."""

    def __init__(self, case, hosts, more=""):
        super().__init__(case, "tinyproxy", hosts, more)

    def prepare(self, hosts, more):
        conf = self.write("tinyproxy.conf", f"""
            Listen 127.0.0.1
            Port {self.port}
            Timeout 60
            MaxClients 50
            LogLevel Info
            {more}
        """)
        return with_hosts(self, hosts, ["tinyproxy", "-d", "-c", conf])


class Mitmdump(Peer):
    """Opens every TLS connection; `self.ca` is whom its clients would have to trust."""

    def __init__(self, case, hosts, origin_ca):
        super().__init__(case, "mitmdump", hosts, origin_ca)
        self.ca = self.folder / "mitmproxy-ca-cert.pem"

    def prepare(self, hosts, origin_ca):
        return with_hosts(self, hosts, [
            "mitmdump", "--listen-host", "127.0.0.1", "-p", self.port,
            "--set", f"confdir={self.folder}", "--set", f"ssl_verify_upstream_trusted_ca={origin_ca}",
        ])  # fmt: skip


class Dante(Peer):
    """A SOCKS server. `more`: rules that come before the one that allows everything."""

    def __init__(self, case, hosts, more=""):
        super().__init__(case, "dante", hosts, more)

    def prepare(self, hosts, more):
        conf = self.write("danted.conf", f"""
            logoutput: stderr
            internal: lo port = {self.port}
            external: lo
            clientmethod: none
            socksmethod: none
            client pass {{ from: 127.0.0.0/8 to: 127.0.0.0/8 }}
            {more}
            socks pass {{ from: 127.0.0.0/8 to: 0.0.0.0/0 }}
        """)
        return with_hosts(self, hosts, ["danted", "-f", conf, "-p", self.folder / "danted.pid"])


class Haproxy(Peer):
    """A TCP load balancer. `conf`: frontends and backends; in it {port} is where it listens."""

    def __init__(self, case, conf):
        super().__init__(case, "haproxy", conf)

    def prepare(self, conf):
        conf = self.write("haproxy.cfg", f"""
            global
                maxconn 100
            defaults
                mode tcp
                timeout connect 30s
                timeout client 30s
                timeout server 30s
            {conf.format(port=self.port)}
        """)
        return ["haproxy", "-db", "-f", conf]
