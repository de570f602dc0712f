"""HTTP/1.1 messages as bytes on a socket, for tests that must see exactly what was sent.

Heads are read strictly (CRLF alone ends a line) and kept raw: nothing is repaired on the way.
"""
import socket
from dataclasses import dataclass, field


class Garbled(Exception):
    """What arrived is not the HTTP that it should be."""


class Cut(Exception):
    """The peer closed, or reset, before the end; `got` is what of the part had arrived."""

    def __init__(self, how, got=b""):
        super().__init__(f"{how} after {got[-200:]!r}")
        self.how, self.got = how, got


@dataclass
class Message:
    """One request or response. `whole`: False if the peer left before its end."""

    line: str = ""
    fields: list = field(default_factory=list)
    body: bytes = b""
    trailers: list = field(default_factory=list)
    whole: bool = True
    interim: list = field(default_factory=list)  # the 1xx before a response
    framing: str = "none"  # "length", "chunked", "close"

    @property
    def status(self):
        return int(self.line.split(" ")[1])

    @property
    def reason(self):
        return self.line.split(" ", 2)[2]

    def all(self, name):
        return [value for known, value in self.fields if known.lower() == name.lower()]

    def get(self, name):
        """Every value of the field as one list, or None."""
        return ", ".join(self.all(name)) if self.all(name) else None

    def tokens(self, name):
        return [one.strip().lower() for one in (self.get(name) or "").split(",")]


class Incoming:
    """What a socket brings, cut where the caller wants it."""

    def __init__(self, connection):
        self.connection = connection
        self.waiting = b""
        self.raw = bytearray()  # everything, for tests that look at the bytes; not of big bodies

    def more(self):
        """Reads once; "" or how the connection ended."""
        try:
            piece = self.connection.recv(262144)
        except ConnectionResetError:
            return "reset"
        if len(self.raw) < 100_000:
            self.raw += piece
        self.waiting += piece
        return "" if piece else "closed"

    def until(self, mark):
        searched = 0
        while (at := self.waiting.find(mark, max(0, searched - len(mark)))) < 0:
            searched = len(self.waiting)
            if ended := self.more():
                raise Cut(ended, self.waiting)
        out, self.waiting = self.waiting[: at + len(mark)], self.waiting[at + len(mark) :]
        return out

    def exactly(self, size):
        pieces = [self.waiting[:size]]
        self.waiting = self.waiting[size:]
        missing = size - len(pieces[0])
        while missing:
            if ended := self.more():
                raise Cut(ended, b"".join(pieces))
            pieces.append(self.waiting[:missing])
            self.waiting = self.waiting[missing:]
            missing -= len(pieces[-1])
        return b"".join(pieces)

    def rest(self):
        """Everything up to the end; how it ended."""
        while not (ended := self.more()):
            pass
        out, self.waiting = self.waiting, b""
        return out, ended

    def head(self):
        """The next head as a message without its body, or None where the peer is done."""
        try:
            text = self.until(b"\r\n\r\n")
        except Cut as cut:
            if cut.got or cut.how == "reset":
                raise
            return None
        lines = text[:-4].decode("latin-1").split("\r\n")
        return Message(lines[0], [parse_field(line) for line in lines[1:]])

    def chunks(self, into):
        """A chunked body and its trailer section (RFC 9112 section 7.1)."""
        pieces = []
        try:
            while size := int(self.until(b"\r\n").split(b";")[0], 16):
                pieces.append(self.exactly(size))
                if (end := self.exactly(2)) != b"\r\n":
                    raise Garbled(f"{end!r} behind a chunk")
            while (line := self.until(b"\r\n")) != b"\r\n":
                into.trailers.append(parse_field(line[:-2].decode("latin-1")))
        except Cut as cut:
            into.whole = False
            pieces.append(cut.got if pieces else b"")
        into.body, into.framing = b"".join(pieces), "chunked"

    def body(self, into):
        """The body of `into` by its framing, of a request or of a response that has one."""
        if into.tokens("Transfer-Encoding")[-1] == "chunked":
            return self.chunks(into)
        if (length := into.get("Content-Length")) is None:
            return None
        into.framing = "length"
        try:
            into.body = self.exactly(int(length))
        except Cut as cut:
            into.body, into.whole = cut.got, False
        return None

    def response(self, method="GET"):
        """The next final response, with the interim ones before it."""
        interim = []
        while (head := self.head()) and 100 <= head.status < 200 and head.status != 101:
            interim.append(head)
        if head is None:
            raise Cut("closed")
        head.interim = interim
        tunnel = method == "CONNECT" and 200 <= head.status < 300
        if method == "HEAD" or tunnel or head.status in (101, 204, 304):
            return head
        self.body(head)
        if head.framing == "none":
            head.framing = "close"
            head.body, ended = self.rest()
            head.whole = ended == "closed"
        return head


def parse_field(line):
    name, colon, value = line.partition(":")
    if not colon or name != name.strip() or not name:
        raise Garbled(f"not a field: {line!r}")
    return name, value.strip(" \t")


def reset(connection):
    """Closes so that the peer gets RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()
