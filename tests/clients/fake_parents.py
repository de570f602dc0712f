"""Parent proxies that go wrong in a way that a row says, and what the client must then be told.

One parent plays all rows of a table: the name that it is asked for says which, rN.test.
"""
import socket
from dataclasses import dataclass, field

from scripted import Scripted


@dataclass
class Failure:
    """What a parent does, and what comes of it at both fronts and in the recording."""

    name: str = ""
    script: object = None  # plays the visit once the parent has been asked for the target
    status: int = 0  # of the answer to CONNECT
    reason: str = ""  # of it; {p} is the parent's URL
    verdict: str = ""
    error: str = ""  # of Proxy-Status, and …
    reply: int = 0  # … what SOCKS5 has for it
    fields: dict = field(default_factory=dict)  # of the answer to CONNECT


def says(*pieces):
    """Bytes, then the end."""
    return lambda visit: visit.send(*pieces)


def says_and_waits(*pieces):
    """Bytes, then nothing until the other side leaves."""

    def script(visit):
        visit.send(*pieces)
        visit.rest()

    return script


def resets(visit):
    visit.reset()


def floods(visit):
    """An error page without an end."""
    visit.send(b"HTTP/1.1 403 Forbidden\r\n\r\n")
    while True:
        visit.send(b"x" * 65536)


def error(status, body=b"", *fields):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def number_of(target):
    """Of rN.test:PORT or http://rN.test/; 0 of anything else."""
    name = target.split("//")[-1].split(".")[0]
    return int(name[1:]) if name.startswith("r") else 0


def http_parent(rows):
    def script(visit):
        if (head := visit.head()) is not None:
            rows[number_of(head.line.split(" ")[1])].script(visit)

    return Scripted(script)


# SOCKS5 (RFC 1928, RFC 1929) ----------------------------------------------------------------------

REPLY = b"\5%c\0\1\0\0\0\0\0\0"
NO_LOGIN, PASSWORD = 0, 2


def greeting(visit):
    """The methods that are offered."""
    visit.incoming.exactly(1)
    return visit.incoming.exactly(visit.incoming.exactly(1)[0])


def login(visit):
    visit.incoming.exactly(1)
    return tuple(visit.incoming.exactly(visit.incoming.exactly(1)[0]).decode() for _ in range(2))


def request(visit):
    """How the target is named, and the target."""
    kind = visit.incoming.exactly(4)[3]
    if kind == 3:
        how, host = "name", visit.incoming.exactly(visit.incoming.exactly(1)[0]).decode()
    else:
        how, family, size = {1: ("ipv4", socket.AF_INET, 4), 4: ("ipv6", socket.AF_INET6, 16)}[kind]
        host = socket.inet_ntop(family, visit.incoming.exactly(size))
    return how, f"{host}:{int.from_bytes(visit.incoming.exactly(2), 'big')}"


def socks_parent(rows, method=NO_LOGIN):
    """Notes what it is offered and asked: ("offers", methods), ("login", …), ("request", …)."""

    def script(visit):
        note = visit.server.note
        note(("offers", greeting(visit)))
        visit.send(b"\5%c" % method)
        if method == PASSWORD:
            note(("login", *login(visit)))
            visit.send(b"\1\0")
        asked = request(visit)
        note(("request", *asked))
        rows[number_of(asked[1])].script(visit)

    return Scripted(script)
