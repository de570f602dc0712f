#!/usr/bin/env python3
"""Flows that go well, of many kinds, through a proxy.

usage: healthy_client.py PROXY long|short CERTS AT_ONCE <JOBS

JOBS is a list of [kind, version], version being 1.2 or 1.3. What became of each is printed as a line of
JSON, or as two where a kind takes two flows: kind, version, the port that it came from, and an error if
there was one. On a long way transfers are smaller.
"""
import concurrent.futures
import json
import socket
import ssl
import struct
import sys
import time
from pathlib import Path

# The server's ports, by what they want of a client.
USUAL, OTHER_GROUP, CERTIFICATE, MAY_HAVE_CERTIFICATE, LATE_FLIGHT = 2443, 2444, 2445, 2446, 2447
NAME = "registry.test"
PATIENCE = 120  # seconds, for a network that loses much
A_WHILE = 2.6  # seconds, in which nothing moves and nothing is wrong
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class Flow:
    """A tunnel to a port of the server, and TLS in it."""

    def __init__(self, version, port=USUAL, protocols=("http/1.1",), certificate=False, session=None, pieces=None):
        self.version = version
        context = ssl.create_default_context(cafile=str(CERTS / "ca.pem"))
        context.minimum_version = context.maximum_version = VERSIONS[version]
        context.set_alpn_protocols(protocols)
        if certificate:
            context.load_cert_chain(CERTS / "visitor.pem", CERTS / "visitor.key")
        if session:
            context = session.context
        self.context = context
        host, at = PROXY.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(at)), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = self.socket.getsockname()[1]
        self.tunnel(f"{NAME}:{port}")
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=NAME,
                                    session=session and session.session)  # fmt: skip
        self.do(self.tls.do_handshake, pieces)

    def tunnel(self, target):
        self.socket.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            if not byte:
                raise ConnectionError(f"closed after {answer!r}")
            answer += byte
        if b" 200 " not in answer.split(b"\r\n")[0]:
            raise ConnectionError(answer.decode())

    def do(self, what, pieces=None, *words):
        while True:
            try:
                done = what(*words)
            except ssl.SSLWantReadError:
                self.flush(pieces)
                got = self.socket.recv(1 << 16)
                if not got:
                    self.incoming.write_eof()
                self.incoming.write(got)
            else:
                self.flush(pieces)
                return done

    def flush(self, pieces=None):
        out = self.outgoing.read()
        if not pieces:
            return self.socket.sendall(out)
        size, pause = pieces
        for at in range(0, len(out), size):
            self.socket.sendall(out[at : at + size])
            time.sleep(pause)

    def write(self, data):
        for at in range(0, len(data), 1 << 14):
            self.do(self.tls.write, None, data[at : at + (1 << 14)])

    def read(self, size=1 << 16):
        """Empty where the server has ended."""
        try:
            return self.do(self.tls.read, None, size)
        except ssl.SSLZeroReturnError:
            return b""

    def page(self, path="/", body=b"", between=lambda: None):
        """Asks, and reads the whole answer."""
        method = "POST" if body else "GET"
        self.write(f"{method} {path} HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        told = b""
        while b"\r\n\r\n" not in told:
            told += self.some()
        head, _, rest = told.partition(b"\r\n\r\n")
        assert b" 200 " in head.split(b"\r\n")[0], head
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        left = int(fields[b"content-length"]) - len(rest)
        while left > 0:
            between()
            left -= len(self.some())

    def some(self):
        got = self.read()
        if not got:
            raise ConnectionError("closed in an answer")
        return got

    def say_goodbye(self):
        try:
            self.tls.unwrap()
        except ssl.SSLError:  # it wants the server's as well
            pass
        self.flush()

    def close(self, politely=True):
        if politely:
            self.say_goodbye()
        self.socket.close()


# ---- HTTP/2 by hand, as far as one request needs it
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, GOAWAY, WINDOW_UPDATE = 0, 1, 4, 7, 8
END_STREAM, ACKNOWLEDGED, END_OF_BOTH = 1, 1, 5


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def h2_page(flow):
    name = NAME.encode()
    fields = b"\x82\x84\x87\x41" + bytes([len(name)]) + name  # GET / of this name, by HPACK's static table
    flow.write(PREFACE + frame(SETTINGS, 0, 0) + frame(HEADERS, END_OF_BOTH, 1, fields))
    said, ended = b"", False
    while not ended:
        said += flow.some()
        while len(said) >= 9 and len(said) >= (size := 9 + int.from_bytes(said[:3], "big")):
            kind, flags, stream = said[3], said[4], int.from_bytes(said[5:9], "big")
            said = said[size:]
            if kind == SETTINGS and not flags & ACKNOWLEDGED:
                flow.write(frame(SETTINGS, ACKNOWLEDGED, 0))
            ended = ended or (kind in (DATA, HEADERS) and stream == 1 and bool(flags & END_STREAM))
    flow.write(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 4096)))  # the client has the last word


# ---- kinds: each a function that makes flows
def page(version, port=USUAL, **how):
    flow = Flow(version, port, **how)
    flow.page()
    flow.close()
    yield flow


def keep_alive(version):
    flow = Flow(version)
    for _ in range(5):
        flow.page()
    flow.close()
    yield flow


def idle(version):
    flow = Flow(version)
    for _ in range(2):
        flow.page()
        time.sleep(A_WHILE)
    flow.close()
    yield flow


def server_closes(version):
    flow = Flow(version)
    flow.page()
    while flow.read():
        pass
    flow.close()
    yield flow


def large(version):
    flow = Flow(version)
    flow.page("/body" if LONG_WAY else "/large")
    flow.close()
    yield flow


def upload(version):
    flow = Flow(version)
    flow.page("/take", b"x" * (100_000 if LONG_WAY else 1_000_000))
    flow.close()
    yield flow


def resumed(version):
    first = Flow(version)
    first.page()  # a ticket of TLS 1.3 comes with it
    first.session = first.tls.session
    first.close()
    yield first
    second = Flow(version, session=first)
    assert second.tls.session_reused, "not resumed"
    second.page()
    second.close()
    yield second


def open_close(version, politely=True):
    flow = Flow(version)
    flow.close(politely)
    yield flow


def slowly(version):
    """The server sends for three seconds."""
    flow = Flow(version)
    flow.page("/slowly")
    flow.close()
    yield flow


def late(version):
    """The server thinks for a while before it answers."""
    flow = Flow(version)
    flow.page("/late")
    flow.close()
    yield flow


def slow_reader(version):
    """The client does not read for a while: all that is between them fills up."""
    flow = Flow(version)
    pauses = iter([A_WHILE])
    flow.page("/body" if LONG_WAY else "/large", between=lambda: time.sleep(next(pauses, 0)))
    flow.close()
    yield flow


def reset_at_the_end(version):
    flow = Flow(version)
    flow.page()
    flow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    flow.close(politely=False)
    yield flow


def h2(version, politely=True):
    flow = Flow(version, protocols=("h2", "http/1.1"))
    h2_page(flow)
    time.sleep(A_WHILE)
    if politely:
        flow.write(frame(GOAWAY, 0, 0, bytes(8)))
    flow.close(politely)
    yield flow


KINDS = {
    "page": page,
    "keep-alive": keep_alive,
    "idle": idle,
    "server-closes": server_closes,
    "large": large,
    "upload": upload,
    "resumed": resumed,
    "open-close": open_close,
    "open-drop": lambda version: open_close(version, politely=False),
    "retry": lambda version: page(version, OTHER_GROUP),
    "certificate": lambda version: page(version, CERTIFICATE, certificate=True),
    "no-certificate": lambda version: page(version, MAY_HAVE_CERTIFICATE),
    "slowly": slowly,
    "late": late,
    "late-flight": lambda version: page(version, LATE_FLIGHT),
    "slow-reader": slow_reader,
    "dribbled-hello": lambda version: page(version, pieces=(100, 0.1)),
    "reset-at-the-end": reset_at_the_end,
    "h2": h2,
    "h2-drop": lambda version: h2(version, politely=False),
}


def visit(job):
    kind, version = job
    told = []
    try:
        for flow in KINDS[kind](version):
            told.append({"kind": kind, "version": version, "port": flow.port})
    except (OSError, AssertionError, ConnectionError) as error:
        told.append({"kind": kind, "version": version, "port": 0, "error": f"{type(error).__name__}: {error}"})
    for one in told:
        print(json.dumps(one), flush=True)


if __name__ == "__main__":
    PROXY, LONG_WAY, CERTS = sys.argv[1], sys.argv[2] == "long", Path(sys.argv[3])
    with concurrent.futures.ThreadPoolExecutor(int(sys.argv[4])) as pool:
        for done in pool.map(visit, json.load(sys.stdin)):
            pass
