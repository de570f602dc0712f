#!/usr/bin/env python3
"""A ClientHello of each real client's size, split at a position and made into two records at a
position: openssl (TLS 1.2, TLS 1.3) and nginx complete the handshake and answer, whatever the position
is, and each hello leaves as helloscope was asked.

Positions are sampled, and the servers take turns; with HELLOSCOPE_EVERY_POSITION=1 each server gets all,
from 1 to the hello's end.

usage: test_shape_positions.py HELLOSCOPE [unittest arguments]
"""
import itertools
import json
import multiprocessing
import os
import signal
import socket
import ssl
import subprocess
import threading

import shapes
import support

# Bazelisk with and without its post-quantum share, Go 1.19, apt, git, npm, Node 20, openssl, Bazel,
# Java (two), curl, Node 24 (two), Firefox, Chromium (least and most).
SIZES = [1493, 271, 279, 390, 402, 371, 386, 319, 447, 462, 480, 517, 1590, 1605, 1896, 1985, 2017]
SHAPES = {"s": "split", "r": "records"}  # by the first letter of a host
EVERY = bool(os.environ.get("HELLOSCOPE_EVERY_POSITION"))
NAME = "registry.test"
# <openssl/ssl.h>; Python has no names for them. Without these extensions a hello can be small.
OP_NO_EXTENDED_MASTER_SECRET, OP_TLSEXT_PADDING, OP_NO_ENCRYPT_THEN_MAC = 1 << 0, 1 << 4, 1 << 19


def context(ca, size):
    """One whose hello has exactly `size` bytes on the wire: names of protocols that nobody speaks make
    it as long as it has to be."""
    made = ssl.create_default_context(cafile=str(ca))
    made.options &= ~OP_TLSEXT_PADDING
    made.options |= OP_NO_EXTENDED_MASTER_SECRET | OP_NO_ENCRYPT_THEN_MAC | ssl.OP_NO_TICKET
    made.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256")
    protocols = ["http/1.1"]
    made.set_alpn_protocols(protocols)
    missing = size - len(hello(made))
    while missing > 0:
        one = min(missing, 256) - (missing == 257)  # no name is empty
        protocols.append("x" * (one - 1))
        missing -= one
    made.set_alpn_protocols(protocols)
    assert len(hello(made)) == size, f"{len(hello(made))} bytes, not {size}"
    return made


def hello(of):
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        of.wrap_bio(coming, going, server_hostname=NAME).do_handshake()
    except ssl.SSLWantReadError:
        return going.read()


def positions(size):
    last = size - 1
    if EVERY:
        return range(1, last + 1)
    near = {1, 2, 4, 5, 6, 9, 10, 43, 44, last - 1, last, 1448}
    return sorted(at for at in near | set(range(17 + size % 7, last, 307)) if at <= last)


def places(size):
    """(host that is routed to the shape, the writes, the records made anew)"""
    for at in positions(size):
        yield f"s{at}.test", [at, size - at], None
        message = size - shapes.HEADER
        if at < message:
            yield f"r{at}.test", [size + shapes.HEADER], [at, message - at]


class Client:
    """What a worker process needs for its connections."""

    contexts = {}

    @classmethod
    def begin(cls, ca, proxy):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        cls.contexts = {size: context(ca, size) for size in SIZES}
        cls.proxy = proxy

    @classmethod
    def connect(cls, job):
        """Nothing, or what went wrong."""
        size, target = job
        try:
            tunnel = support.connect_through(cls.proxy, target)
            with cls.contexts[size].wrap_socket(tunnel, server_hostname=NAME) as connection:
                connection.sendall(b"GET /small HTTP/1.0\r\n\r\n")
                answer = connection.recv(12)
                while connection.recv(1 << 16):
                    pass
            return "" if answer.startswith(b"HTTP/1.") else f"{size} {target}: answered {answer}"
        except (OSError, AssertionError) as error:
            return f"{size} {target}: {error}"


class Told:
    """The events of a proxy that tell how hellos were sent, as they come."""

    wanted = [f'"event":"{name}"'.encode() for name in ("requested", "shaped", "segmented")]

    def __init__(self, pipe):
        self.by_flow, self.pipe = {}, pipe
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        for line in self.pipe:
            if any(name in line[:60] for name in self.wanted):
                event = json.loads(line)
                self.by_flow.setdefault(event["flow"], {})[event["event"]] = event


class Positions(support.Case):
    names = [NAME]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_site()
        (cls.site / "small").write_bytes(b"small")
        cls.servers = {
            "nginx": cls.serve_site().port,
            "openssl-tls1.2": cls.openssl("-tls1_2"),
            "openssl-tls1.3": cls.openssl("-tls1_3"),
        }

    @classmethod
    def openssl(cls, version):
        begin = "-----BEGIN"
        _, _, *more = (cls.certs / "leaf.pem").read_text().split(begin)
        (cls.folder / "issuers.pem").write_text("".join(begin + one for one in more))
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        started = cls.start(support.Process(
            cls.folder,
            ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", cls.certs / "leaf.pem",
             "-cert_chain", cls.folder / "issuers.pem", "-key", cls.certs / "leaf.key", version,
             "-www", "-quiet"], cls.env,
        ))  # fmt: skip

        def listens():
            started.alive()
            with socket.socket() as looking:
                return looking.connect_ex(("127.0.0.1", port)) == 0

        support.wait_for("openssl s_server", listens)
        return port

    def start_proxy(self, hosts):
        config = self.path("routes.toml")
        config.write_text("".join(
            f"[[route]]\nhost = '{host}'\nshape = '{SHAPES[host[0]]}:{host[1:-5]}'\n" for host in hosts
        ))  # fmt: skip
        port_file = self.path(f"port-{os.urandom(4).hex()}")
        ways = (["--connect-to", f":{number}:127.0.0.1:{port}"]
                for number, port in enumerate(self.servers.values(), 1))  # fmt: skip
        words = [support.HELLOSCOPE, "run", "--config", config, "--no-record", "--json", "--no-report",
                 "-q", "--listen", "127.0.0.1:0", "--port-file", port_file, *sum(ways, [])]  # fmt: skip
        proxy = subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=self.env,
        )  # fmt: skip
        self.addCleanup(proxy.kill)
        port = support.wait_for("the proxy's port", lambda: port_file.exists() and port_file.read_text())
        return proxy, int(port)

    def test_every_server_takes_every_position(self):
        wanted = {}  # by (host, port of the request, size): how its hello must leave
        every = range(1, len(self.servers) + 1)
        turns = itertools.cycle(every)
        for size in SIZES:
            for host, writes, records in places(size):
                for number in every if EVERY else [next(turns)]:
                    wanted[host, number, size] = (writes, records)
        hosts = sorted({host for host, _, _ in wanted})
        for start in range(0, len(hosts), 400):  # routes are looked through from the first to the last
            some = set(hosts[start : start + 400])
            self.check({key: how for key, how in wanted.items() if key[0] in some}, some)
        print(f"{len(wanted)} handshakes", flush=True)

    def check(self, wanted, hosts):
        jobs = [(size, f"{host}:{number}") for host, number, size in wanted]
        proxy, port = self.start_proxy(hosts)
        told = Told(proxy.stdout)
        with multiprocessing.Pool(4, Client.begin, (self.ca, port)) as clients:
            wrong = [one for one in clients.imap_unordered(Client.connect, jobs, 16) if one]
        proxy.send_signal(signal.SIGINT)
        self.assertEqual(proxy.wait(support.PATIENCE), 0)
        told.thread.join()
        proxy.stdout.close()
        self.assertEqual(wrong[:10], [], f"{len(wrong)} of {len(jobs)}")

        for flow in told.by_flow.values():
            asked, sent, left = flow["requested"], flow["shaped"], flow["segmented"]
            records = sent.get("records")
            size = sum(sent["writes"]) - (shapes.HEADER if records else 0)
            writes = wanted.pop((asked["host"], asked["port"], size))
            self.assertEqual((sent["writes"], records), writes)
            self.assertEqual((left["writes"], left["segments"]), (len(writes[0]),) * 2, flow)
            self.assertNotIn("note", sent)
        self.assertEqual(wanted, {})


if __name__ == "__main__":
    support.need("nginx", "openssl")
    support.main()
