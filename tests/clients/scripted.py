"""Servers that say exactly the bytes a test wants said, and keep what they were told.

A script is a function of a Visit, one accepted connection; it runs in a thread of its own. It ends
by returning: then the connection is closed. What it read is in `server.requests`.
"""
import socket
import threading

from http_wire import Cut, Garbled, Incoming, reset

PATIENCE = 30  # seconds: a peer that says nothing is a failure, not a hang


class Visit:
    """One connection to a scripted server."""

    def __init__(self, server, connection):
        self.server, self.connection = server, connection
        self.incoming = Incoming(connection)

    def head(self):
        """The next request's head, kept before its body comes; None: no more requests."""
        request = self.incoming.head()
        if request is not None:
            self.server.keep(request)
        return request

    def body(self, request):
        self.incoming.body(request)
        return request

    def request(self):
        request = self.head()
        return request and self.body(request)

    def send(self, *pieces):
        for piece in pieces:
            self.connection.sendall(piece)

    def reset(self):
        reset(self.connection)

    def nothing_for(self, seconds):
        """Whether nothing comes for that long; what does come is still there to be read."""
        self.connection.settimeout(seconds)
        try:
            return not self.connection.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            return True
        finally:
            self.connection.settimeout(PATIENCE)

    def rest(self):
        return self.incoming.rest()


class Scripted:
    """A listener on loopback that plays `script` with everybody who comes.

    with Scripted(lambda visit: visit.send(b"…")) as server: … server.at …
    """

    def __init__(self, script, address="127.0.0.1"):
        self.script = script
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.listener = socket.create_server((address, 0), family=family, backlog=100)
        self.port = self.listener.getsockname()[1]
        self.at = f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"
        self.requests, self.visits = [], []
        self.notes = []  # what a script wants known, and how it failed
        self.changed = threading.Condition()
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE)
            visit = Visit(self, connection)
            self.visits.append(visit)
            thread = threading.Thread(target=self.play, args=[visit], daemon=True)
            self.threads.append(thread)
            thread.start()

    def play(self, visit):
        try:
            self.script(visit)
        except (Cut, Garbled, OSError, ValueError) as wrong:
            self.note(wrong)
        finally:
            visit.connection.close()

    def note(self, what):
        self.keep(what, self.notes)

    def keep(self, what, where=None):
        with self.changed:
            (self.requests if where is None else where).append(what)
            self.changed.notify_all()

    def wait(self, what, look):
        with self.changed:
            assert self.changed.wait_for(look, PATIENCE), f"waited {PATIENCE} s for {what}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Accepts no more and ends what is open."""
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.threads[0].join(PATIENCE)
        for visit in self.visits:
            try:
                visit.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self.threads:
            thread.join(PATIENCE)


def response(status="200 OK", body=b"hello", **fields):
    """A response with Content-Length; `Content_Type="text/plain"` adds a field."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def greet(visit):
    """Answers every request with 200 and "hello"."""
    answers(response())(visit)


def answers(*each):
    """Reads a request whole, then says the next of `each`; the last one for all that follow."""

    def script(visit):
        left = list(each)
        while (request := visit.request()) and request.whole:
            visit.send(left.pop(0) if len(left) > 1 else left[0])

    return script


def once(*pieces):
    """Reads a request whole, says `pieces`, closes."""

    def script(visit):
        visit.request()
        visit.send(*pieces)

    return script
