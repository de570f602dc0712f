"""Rows of HTTP semantics in which the order of things counts: what comes before a body is over,
what streams, what is switched, and who leaves in the middle.
"""
import hashlib
import os

from http_rows import CHUNKED, EITHER, Row, get, post, put
from http_wire import reset
from scripted import answers, once, response

BIG = os.urandom(1 << 20).replace(b"{", b"}") * 50  # no {o} to be filled in
SMALLER = BIG[: 5 << 20]


def sha256(content):
    return hashlib.sha256(content).hexdigest()


NOT_WHOLE = {"whole": False, "then": "closed"}

# Expect and interim answers -----------------------------------------------------------------------


def waits_for_100(talk):
    """The body goes out when 100 has come, as curl does it."""
    talk.send(put("/", b"", Content_Length="5", Expect="100-continue"))
    interim = talk.incoming.head()
    talk.facts["first"] = interim.status
    if interim.status == 100:
        talk.send(b"hello")
        talk.answer()
    else:
        talk.incoming.body(interim)
        talk.answers.append(interim)


def continues(visit):
    if (request := visit.head()).get("Expect"):
        visit.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    visit.body(request)
    visit.send(response())


def refuses_at_once(status):
    def script(visit):
        visit.head()
        visit.send(response(status, body=b"no", Connection="close"))

    return script


def interims(*heads):
    return answers(b"".join(heads) + response())


EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"

EXPECTING = [
    Row("Expect: 100-continue", waits_for_100, continues,
        {"first": 100, "origin:body": b"hello", "origin:field:Expect": "100-continue"}),
    Row("Expect: 100-continue, 417 at once", waits_for_100,
        refuses_at_once("417 Expectation Failed"),
        {"first": 417, "status": 417, "body": b"no", "then": "closed"}),
    Row("Expect: 100-continue, 401 at once", waits_for_100, refuses_at_once("401 Unauthorized"),
        {"first": 401, "status": 401, "body": b"no", "then": "closed"}),
    Row("Expect: 100-continue, body sent all the same",
        put("/", b"hello", Content_Length="5", Expect="100-continue"), continues,
        {"origin:body": b"hello"}, methods=("PUT",)),
    Row("100 that nobody asked for", post(b"hello", Content_Length="5"),
        interims(b"HTTP/1.1 100 Continue\r\n\r\n"), {"body": b"hello"}, methods=("POST",)),
    Row("103 before the answer", get(), interims(EARLY_HINTS),
        {"interims": [103], "body": b"hello"}),
    Row("several interim answers", get(), interims(EARLY_HINTS, b"HTTP/1.1 102 Processing\r\n\r\n"),
        {"interims": [103, 102], "body": b"hello"}),
    Row("103 is not for HTTP/1.0", get(version="1.0"), interims(EARLY_HINTS),
        {"interims": [], "body": b"hello", "then": "closed"}),
]  # fmt: skip

# Upgrade ------------------------------------------------------------------------------------------


SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"


def upgrades(talk):
    """To a protocol of bytes, of which some come with the 101; then the client's half is closed."""
    talk.send(get(Connection="Upgrade", Upgrade="mirror/1"))
    if talk.answer().status == 101:
        talk.send(b"\0there\r\n\r\n")
        talk.facts["mirrored"] = talk.incoming.exactly(len(b"early\0there\r\n\r\n"))
        talk.connection.shutdown(1)
        talk.facts["at the end"] = talk.incoming.rest()


def mirrors(visit):
    request = visit.request()
    if request.get("Upgrade") is None:
        return visit.send(response())
    visit.send(SWITCHING + b"Upgrade: mirror/1\r\n\r\nearly")
    while not visit.incoming.more():
        visit.send(visit.incoming.waiting)
        visit.incoming.waiting = b""
    return visit.send(b"bye")


UPGRADES = [
    Row("Upgrade", upgrades, mirrors,
        {"status": 101, "field:Upgrade": "mirror/1", "mirrored": b"early\0there\r\n\r\n",
         "at the end": (b"bye", "closed"), "then": "closed"},
        squid=("drops Upgrade unless it is told not to",
               {"status": 200, "field:Upgrade": None, "mirrored": None, "at the end": None,
                "then": "usable"})),
    Row("Upgrade that the origin does not want", get(Connection="Upgrade", Upgrade="mirror/1"),
        wants={"body": b"hello"}),
    Row("Upgrade without Connection is not for the origin", get(Upgrade="mirror/1"),
        wants={"origin:field:Upgrade": None}),
    Row("101 that nobody asked for", get(),
        answers(SWITCHING + b"Upgrade: x\r\n\r\n"),
        {"status": 502, "then": EITHER}, verdict="http-unanswered"),
]  # fmt: skip

# Streaming ----------------------------------------------------------------------------------------


def streams_down(talk):
    """Each piece of a response is there before the origin has the next."""
    talk.send(get())
    talk.incoming.head()
    whole = b""
    while len(whole) < 15:
        size = int(talk.incoming.until(b"\r\n"), 16)
        whole += talk.incoming.exactly(size + 2)[:-2]
        talk.origin.note(len(whole))
    talk.facts["streamed"] = whole
    talk.facts["end"] = talk.incoming.exactly(5)


def one_after_the_other(visit):
    visit.request()
    visit.send(CHUNKED + b"\r\n")
    for number in range(3):
        visit.send(b"5\r\npiece\r\n")
        seen = (number + 1) * 5
        visit.server.wait("the piece to be seen", lambda: seen in visit.server.notes)
    visit.send(b"0\r\n\r\n")


def streams_up(talk):
    """Each piece of a request is at the origin before the client sends the next."""
    talk.send(post(b"", Content_Length="15"))
    for number in range(3):
        talk.send(b"piece")
        size = 5 * (number + 1)
        talk.origin.wait("the piece to arrive", lambda: size in talk.origin.notes)
    talk.answer("POST")


def tells_what_arrives(visit):
    visit.head()
    size = 0
    while size < 15:
        size += len(visit.incoming.exactly(1))
        visit.server.note(size)
    visit.send(response())


def answers_early(visit):
    """The answer comes when the body has begun; then the rest of the body is read."""
    request = visit.head()
    visit.incoming.exactly(5)
    visit.send(response())
    visit.incoming.exactly(int(request.get("Content-Length")) - 5)
    visit.server.note("the rest")


def answered_early(talk):
    talk.send(post(b"hello", Content_Length="11"))
    talk.answer("POST")
    talk.send(b" world")


def rejects_early(visit):
    visit.head()
    visit.incoming.exactly(5)
    visit.send(response("413 Content Too Large", body=b"no", Connection="close"))


def rejected_early(talk):
    """A client that stops sending at an error, and one that would go on for long."""
    talk.send(post(b"hello", Content_Length=str(1 << 30)))
    talk.answer("POST")


def hashes(visit):
    while (request := visit.request()) is not None:
        visit.send(response(body=sha256(request.body).encode()))


def in_chunks(content, size):
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


STREAMS = [
    Row("a response streams", streams_down, one_after_the_other,
        {"status": None, "whole": None, "streamed": b"piece" * 3, "end": b"0\r\n\r\n"}),
    Row("a request streams", streams_up, tells_what_arrives),
    Row("an answer before the body is over", answered_early, answers_early,
        {"body": b"hello", "then": EITHER}),
    Row("an error before the body is over", rejected_early, rejects_early,
        {"status": 413, "body": b"no", "then": "closed"}),
    Row("50 MiB up", post(BIG, Content_Length=str(len(BIG))), hashes,
        {"body": sha256(BIG).encode()}, methods=("POST",)),
    Row("50 MiB down", get(), answers(response(body=BIG)), {"sha256": sha256(BIG)}),
    Row("5 MiB up, chunked", post(in_chunks(SMALLER, 7777), Transfer_Encoding="chunked"), hashes,
        {"body": sha256(SMALLER).encode()}, methods=("POST",)),
    Row("5 MiB down, chunked", get(), answers(CHUNKED + b"\r\n" + in_chunks(SMALLER, 100_000)),
        {"sha256": sha256(SMALLER)}),
    Row("5 MiB down, until close", get(), once(b"HTTP/1.1 200 OK\r\n\r\n", SMALLER),
        {"sha256": sha256(SMALLER), "then": EITHER}),
]  # fmt: skip

# Who leaves ---------------------------------------------------------------------------------------


def leaves_while_sending(talk):
    talk.send(post(b"hello", Content_Length="11"))
    talk.origin.wait("the request", lambda: talk.origin.requests)
    talk.connection.close()
    talk.origin.wait("the origin to see it", lambda: "cut" in talk.origin.notes)
    talk.leave()


def leaves_while_waiting(talk):
    talk.send(get())
    talk.origin.wait("the request", lambda: talk.origin.requests)
    reset(talk.connection)
    talk.origin.wait("the origin to see it", lambda: "cut" in talk.origin.notes)
    talk.leave()


def sees_the_client_leave(visit):
    request = visit.request()
    if not request.whole or visit.incoming.more():
        visit.server.note("cut")


def sends_until_cut(visit):
    visit.request()
    try:
        # The client may be gone before the first of it.
        visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            visit.send(b"x" * 65536)
    except OSError:
        visit.server.note("cut")


def resets(*pieces):
    def script(visit):
        visit.request()
        visit.send(*pieces)
        visit.nothing_for(0.05)  # what was sent is on its way before the RST that discards it
        visit.reset()

    return script


def left(name, dialogue, script):
    seen = {"status": "left", "whole": "left", "then": "left"}
    return Row(name, dialogue, script, seen, verdict="client-gave-up")


PART = response(body=b"part of it and more")[:-9]

LEAVING = [
    left("the client leaves in the middle of its body", leaves_while_sending, sees_the_client_leave),
    left("the client leaves before the answer", leaves_while_waiting, sees_the_client_leave),
    left("the client leaves in the middle of the answer", leaves_while_waiting, sends_until_cut),
    Row("the origin leaves in the middle of a body", get(), once(PART),
        NOT_WHOLE | {"body": b"part of it"}),
    Row("the origin resets in the middle of a body", get(), resets(PART),
        NOT_WHOLE | {"body": b"part of it"}),
    Row("the origin leaves in the middle of a chunk", get(), once(CHUNKED + b"\r\n5\r\nhe"),
        NOT_WHOLE | {"body": b"he"}),
    Row("the origin leaves between two chunks", get(), once(CHUNKED + b"\r\n5\r\nhello\r\n"),
        NOT_WHOLE | {"body": b"hello"}),
    Row("the origin leaves in the middle of its trailers", get(),
        once(CHUNKED + b"\r\n5\r\nhello\r\n0\r\nX-Su"), NOT_WHOLE | {"body": b"hello"}),
    Row("the origin resets a body until close", get(), resets(b"HTTP/1.1 200 OK\r\n\r\npart"),
        NOT_WHOLE | {"body": b"part"}),
]  # fmt: skip

IN_TIME = EXPECTING + UPGRADES + STREAMS + LEAVING
