#!/usr/bin/env python3
"""A TLS server that misbehaves, at sockets that listen already.

usage: odd_server.py FD,FD,… CERT KEY SITE WHEN WHAT

WHEN looks at the ClientHello (or `at-once`, before there is one), WHAT is done then. To other clients it
is a good server: a handshake, and the files of SITE by HTTP/1.1.
"""
import contextlib
import re
import select
import socket
import ssl
import struct
import sys
import threading
import time
from pathlib import Path

DATA_SEGS_IN, RCV_MSS = 152, 20  # offsets in struct tcp_info of <linux/tcp.h>


class Hello:
    """What came of a client so far. It stays in the socket, for a handshake to read."""

    def __init__(self, connection):
        self.bytes, self.records, self.whole = b"", 0, False
        wanted = 5
        while not self.whole:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, wanted)
            select.select([connection], [], [])
            before, self.bytes = self.bytes, connection.recv(1 << 16, socket.MSG_PEEK)
            if len(self.bytes) == len(before):
                break  # closed
            wanted = self.look() or len(self.bytes) + 1
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        self.segments = struct.unpack_from("I", told, DATA_SEGS_IN)[0]
        self.longest_segment = struct.unpack_from("I", told, RCV_MSS)[0]

    def look(self):
        """How many bytes there have to be to know more."""
        self.records, message, at = 0, b"", 0
        while at + 5 <= len(self.bytes) and self.bytes[at] == 0x16:
            end = at + 5 + int.from_bytes(self.bytes[at + 3 : at + 5], "big")
            self.records += 1
            message += self.bytes[at + 5 : end]
            if len(message) >= 4 and len(message) >= 4 + int.from_bytes(message[1:4], "big"):
                self.whole = True
                return 0
            if end > len(self.bytes):
                return end
            at = end
        if at < len(self.bytes) and self.bytes[at] != 0x16:
            self.whole = True  # no TLS
        return at + 5

    @property
    def first_record(self):
        return 5 + int.from_bytes(self.bytes[3:5], "big")


# WHEN: does it misbehave?
WHEN = {
    "always": lambda hello, _: True,
    # As if it read once and took that for all.
    "several-segments": lambda hello, _: hello.segments > 1,
    # As if the first segment had to hold the first record; what follows in other records may follow.
    "record-in-several-segments": lambda hello, _: hello.segments > 1
    and (hello.records == 1 or hello.first_record > hello.longest_segment),
    "several-records": lambda hello, _: hello.records > 1,
    "longer-than": lambda hello, size: len(hello.bytes) > int(size),
    "holds": lambda hello, text: bytes.fromhex(text) in hello.bytes,
    "names": lambda hello, name: name.encode() in hello.bytes,
}


def hang(connection):
    """Reads on, so that the kernel acknowledges everything."""
    while connection.recv(1 << 16):
        pass


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def close(connection):
    connection.recv(1 << 16)  # unread bytes would make it a reset


def say(connection, text):
    connection.recv(1 << 16)
    connection.sendall(text)
    connection.shutdown(socket.SHUT_WR)
    hang(connection)


def alert(connection, code):
    say(connection, bytes([0x15, 3, 3, 0, 2, 2, int(code)]))


WHAT = {
    "hang": hang,
    "reset": reset,
    "close": close,
    "alert": alert,
    "http": lambda c: say(c, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    "ssh": lambda c: say(c, b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
}


class Served:
    """TLS over a connection, its bytes sent as told."""

    def __init__(self, server, connection, send):
        self.connection, self.send = connection, send
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = server.context.wrap_bio(self.incoming, self.outgoing, server_side=True)

    def do(self, what, *words):
        while True:
            try:
                done = what(*words)
            except ssl.SSLWantReadError:
                self.flush()
            except ssl.SSLError:
                self.flush()  # an alert
                raise
            else:
                self.flush()
                return done
            got = self.connection.recv(1 << 16)
            if not got:
                raise ConnectionError("closed in a handshake")
            self.incoming.write(got)

    def flush(self):
        if out := self.outgoing.read():
            self.send(self.connection, out)


def at_once(connection, out):
    connection.sendall(out)


def trickle(size, pause):
    def send(connection, out):
        for at in range(0, len(out), size):
            connection.sendall(out[at : at + size])
            time.sleep(pause)

    return send


class Server:
    def __init__(self, cert, key, site, when, what):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(cert, key)
        self.context.set_alpn_protocols(["http/1.1"])
        self.site = Path(site)
        self.when, self.when_word = (when.split(":") + [None])[:2]
        self.what, *self.what_words = what.split(":")

    def visit(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        send = at_once
        with connection:
            hello = None if self.when == "at-once" else Hello(connection)
            if hello and not hello.whole:
                return
            if hello is None or WHEN[self.when](hello, self.when_word):
                if self.what == "late":
                    time.sleep(float(self.what_words[0]))
                elif self.what == "trickle":
                    send = trickle(int(self.what_words[0]), float(self.what_words[1]))
                else:
                    return WHAT[self.what](connection, *self.what_words)
            self.serve(Served(self, connection, send))

    def serve(self, served):
        served.do(served.tls.do_handshake)
        served.send = at_once
        head = b""
        while b"\r\n\r\n" not in head:
            got = served.do(served.tls.read, 1 << 14)
            if not got:
                return
            head += got
        path = self.site / re.sub(r"[^\w./-]|\.\.", "", head.split()[1].decode()).lstrip("/")
        found = path.is_file()
        body = path.read_bytes() if found else b"hello\n"
        status = "200 OK" if found or path == self.site else "404 Not Found"
        fields = f"Content-Length: {len(body)}\r\nConnection: close"
        served.do(served.tls.write, f"HTTP/1.1 {status}\r\n{fields}\r\n\r\n".encode() + body)
        with contextlib.suppress(ssl.SSLWantReadError):
            served.tls.unwrap()  # close_notify
        served.flush()
        served.connection.shutdown(socket.SHUT_WR)
        hang(served.connection)

    def listen(self, listener):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self.safely, args=(connection,), daemon=True).start()

    def safely(self, connection):
        try:
            self.visit(connection)
        except (OSError, ssl.SSLError) as error:  # clients go as they like
            print(error, file=sys.stderr, flush=True)


def main():
    fds, *words = sys.argv[1:]
    server = Server(*words)
    listeners = [socket.socket(fileno=int(fd)) for fd in fds.split(",")]
    for one in listeners:
        one.setblocking(True)
        threading.Thread(target=server.listen, args=(one,)).start()


if __name__ == "__main__":
    main()
