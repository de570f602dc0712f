#!/usr/bin/env python3
"""HTTP semantics of a plain forward proxy: each row of http_rows through helloscope and through Squid.

usage: test_http_semantics.py HELLOSCOPE [unittest arguments]
"""
import contextlib
import hashlib
import json
import os
import socket

import support
from http_rows import APACHE, GOOD, NGINX, has, one_of, starts
from http_rows_bad import BAD
from http_rows_in_time import IN_TIME
from http_wire import Cut, Garbled, Incoming, Message
from peers import Apache, PlainNginx, Squid
from scripted import Scripted, greet

PATIENCE = 10  # seconds for an answer
ROWS = GOOD + IN_TIME + BAD


DIALOGUE = ("Host", "first", "mirrored", "at the end", "streamed", "end")  # facts that dialogues note


class Talk:
    """One connection to the proxy and what came of it; a row's dialogue speaks through it."""

    def __init__(self, stack, proxy, origin):
        self.stack, self.origin, self.at = stack, origin, origin.at
        self.connection = stack.enter_context(socket.create_connection(("127.0.0.1", proxy), PATIENCE))
        self.port = self.connection.getsockname()[1]
        self.incoming = Incoming(self.connection)
        self.answers = []
        self.facts = {}  # what a dialogue wants compared besides
        self.left = False

    def send(self, *pieces):
        for piece in pieces:
            with contextlib.suppress(ConnectionError):  # the proxy has had enough; it told why
                self.connection.sendall(piece.replace(b"{o}", self.at.encode()))

    def answer(self, method="GET"):
        try:
            self.answers.append(self.incoming.response(method))
        except Cut as cut:
            self.answers.append(cut.how)
        except TimeoutError:
            self.answers.append("silent")
        except Garbled as wrong:
            self.answers.append(f"garbled: {wrong}")
        return self.answers[-1]

    def leave(self):
        """The client has closed: nothing more is to be had from the proxy."""
        self.left = True
        self.answers.append("left")

    def another(self, script, address="127.0.0.1"):
        return self.stack.enter_context(Scripted(script, address))


class Seen:
    """What a row brought, by the names that http_rows uses."""

    def __init__(self, talk, requests, then):
        self.talk, self.requests, self.then = talk, requests, then

    def look(self, key):
        kind, _, name = key.partition(":")
        if kind == "origin":
            return self.at_origin(*name.split(":"))
        if kind == "then" or kind in DIALOGUE:
            return ({"then": self.then} | self.talk.facts).get(kind)
        if kind in ("statuses", "bodies"):
            single = {"statuses": "status", "bodies": "body"}[kind]
            return [one if isinstance(one, str) else getattr(one, single) for one in self.talk.answers]
        answer = self.talk.answers[0] if self.talk.answers else None
        if not isinstance(answer, Message):
            return answer  # "closed", "reset", "silent", "left"
        if kind == "interims":
            return [one.status for one in answer.interim]
        if kind == "sha256":
            return hashlib.sha256(answer.body).hexdigest()
        return answer.get(name) if kind == "field" else getattr(answer, kind)

    def at_origin(self, kind, name=None):
        if kind == "count":
            return len(self.requests)
        if kind == "complete":
            return sum(request.whole for request in self.requests)
        if not self.requests:
            return "nothing arrived"
        request = self.requests[0]
        return request.get(name) if kind == "field" else getattr(request, kind)


def fits(wanted, found):
    if isinstance(wanted, one_of):
        return any(fits(one, found) for one in wanted)
    if isinstance(wanted, starts):
        return isinstance(found, str) and found.startswith(wanted)
    if isinstance(wanted, has):
        return isinstance(found, str) and wanted in [one.strip().lower() for one in found.split(",")]
    return wanted == found


class Through(support.Case):
    """The rows through one proxy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.peers = {
            NGINX: cls.start(PlainNginx(cls, """
                location /204 { return 204; }
                location /put/ { dav_methods PUT; }
                location = /trailers { add_trailer X-Sum abc always; try_files /file =404; }
            """)),
            APACHE: cls.start(Apache(cls, ["dav", "dav_fs"], """
                DavLockDB lock
                <Location /put/>
                    Dav On
                </Location>
            """)),
        }  # fmt: skip
        for peer in cls.peers.values():
            (peer.root / "put").mkdir()
            (peer.root / "file").write_bytes(b"hello from a file")
            os.utime(peer.root / "file", (1_500_000_000, 1_500_000_000))
            os.chmod(peer.root / "put", 0o777)

    def play(self, row):
        with contextlib.ExitStack() as stack:
            origin = self.peers.get(row.origin) or stack.enter_context(Scripted(row.origin))
            talk = Talk(stack, self.port, origin)
            if callable(row.send):
                row.send(talk)
            else:
                talk.send(*([row.send] if isinstance(row.send, bytes) else row.send))
                for method in row.methods:
                    talk.answer(method)
            then = "left" if talk.left else self.afterwards(talk)
        return Seen(talk, getattr(origin, "requests", []), then), origin.at

    def afterwards(self, talk):
        """Whether the connection to the proxy serves another request."""
        with Scripted(greet) as origin:
            talk.send(f"GET http://{origin.at}/again HTTP/1.1\r\nHost: {origin.at}\r\n\r\n".encode())
            try:
                answer = talk.incoming.response()
            except Cut:
                return "closed"
            except TimeoutError:
                return "silent"
            except Garbled as wrong:
                return f"garbled: {wrong}"
            return "usable" if answer.body == b"hello" else f"answered {answer.status}"

    def misses(self, row, wants):
        """What is not as wanted, one line each."""
        seen, at = self.play(row)
        out = []
        for key, wanted in wants.items():
            if isinstance(wanted, str):
                wanted = type(wanted)(wanted.replace("{o}", at))
            found = seen.look(key)
            if not fits(wanted, found):
                out.append(f"{key}: {found!r}, not {wanted!r}")
        return out

    def test_rows(self):
        for row in ROWS:
            self.proxy_of_rows.alive()
            with self.subTest(row.name):
                self.row(row)


class ThroughSquid(Through):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proxy_of_rows = cls.start(Squid(cls))
        cls.port = cls.proxy_of_rows.port

    def row(self, row):
        if not row.squid:
            return self.assertEqual(self.misses(row, row.wants), [])
        _, does = row.squid
        if does is None:
            return None
        self.assertEqual(self.misses(row, row.wants | does), [], "Squid, by its column")
        otherwise = [key for key in does if not fits(row.wants.get(key), does[key])]
        return self.assertTrue(otherwise, "what Squid does would do for us too")


class ThroughHelloscope(Through):
    def setUp(self):
        self.proxy_of_rows = self.proxy("--json")
        self.port = self.proxy_of_rows.port

    def all_over(self):
        """A flow that helloscope's own end cuts short may miss its verdict."""
        told = self.proxy_of_rows.out.read_text()
        return told.count('"event":"flow_opened"') == told.count('"event":"flow_closed"')

    def test_rows(self):
        self.row_of = {}  # by the client's port
        super().test_rows()
        support.wait_for("the end of all flows", self.all_over)
        self.proxy_of_rows.end()
        told = [json.loads(line) for line in self.proxy_of_rows.out.read_text().splitlines()]
        verdicts = {one["flow"]: one["id"] for one in told if one["event"] == "verdict"}
        for flow in (one for one in told if one["event"] == "flow_opened"):
            row = self.row_of[int(flow["client"].rsplit(":")[1])]
            if row.wants["whole"]:
                with self.subTest(row.name, what="verdict"):
                    self.assertEqual(verdicts.get(flow["flow"]), row.verdict)

    def play(self, row):
        seen, at = super().play(row)
        self.row_of[seen.talk.port] = row
        return seen, at

    def row(self, row):
        print(f"    {row.name}: {'Squid ' + row.squid[0] if row.squid else 'as Squid'}", flush=True)
        self.assertEqual(self.misses(row, row.wants), [])


del Through
if __name__ == "__main__":
    support.need("nginx", "apache2", "squid")
    support.main()
