"""Rows of HTTP semantics that two parsers could read in two ways: requests are refused with 400
before the origin has one, responses become 502 or are cut where they go wrong.
"""
from http_rows import CHUNKED, EITHER, Row, get, head, one_of, post, request
from scripted import answers, greet, once, response

REFUSED = {"status": 400, "then": "closed", "origin:complete": 0}


def refused(name, raw, squid=(), methods=("GET",), origin=greet, **wants):
    return Row(name, raw, origin, REFUSED | wants, squid, methods, "front-refused")


def passes(how, then="usable", complete=1, **more):
    """Squid lets the request through, having read it its way."""
    return (how, {"status": 200, "then": then, "origin:complete": complete} | more)


def says(status, how="says it with another status", **more):
    return (how, {"status": status} | more)


def passes_answer(how):
    return (how, {"status": 200})


ANY_SPACE = "splits the line at any white space"
AS_0_9 = "takes it for HTTP/0.9"
BARE_LF = "takes bare LF for CRLF"
TARGETS_HOST = "puts the target in its place (RFC 9112, 3.2: 400)"
UNFOLDS = "joins the lines"
RESETS = ("resets without an answer", {"status": "reset", "whole": "reset"})


def leaves(visit):
    """Closes as soon as somebody is there."""


def line(text):
    return f"{text}\r\nHost: {{o}}\r\n\r\n".encode("latin-1")


def target(text):
    return line(f"GET {text} HTTP/1.1")


TARGETS = [
    refused("origin-form", target("/")),
    refused("asterisk-form", line("OPTIONS * HTTP/1.1"), squid=says(501)),
    refused("authority-form of GET", target("{o}")),
    refused("https in absolute-form", target("https://{o}/"), origin=leaves,
            squid=says(503, "speaks TLS to the origin", then="usable")),
    refused("an unknown scheme", target("gopher2://{o}/"), squid=says(501)),
    refused("ftp", target("ftp://{o}/"), origin=leaves,
            squid=says(502, "speaks FTP to the origin", then="usable")),
    refused("userinfo", target("http://user:pass@{o}/"), squid=passes("makes it Authorization")),
    refused("an empty user", target("http://@{o}/"), squid=passes("drops it")),
    refused("no host", target("http:///path")),
    refused("a port without a host", target("http://:80/"),
            squid=says(403, "takes '' for a name", then="usable")),
    refused("no slashes", target("http:{o}/")),
    refused("one slash", target("http:/{o}/")),
    refused("port 0", target("http://127.0.0.1:0/")),
    refused("port 65536", target("http://127.0.0.1:65536/")),
    refused("a port with a sign", target("http://127.0.0.1:+80/"),
            squid=says(503, "reads it as 80", then="usable")),
    refused("a port in letters", target("http://127.0.0.1:http/")),
    refused("an open bracket", target("http://[::1/"),
            squid=says(503, "takes it for a name", then="usable")),
    refused("a name with a space in percent", target("http://a%20b/"),
            squid=says(403, "asks DNS for it", then="usable")),
    refused("a fragment", target("http://{o}/path#fragment"), squid=passes("drops it")),
    refused("a control character", target("http://{o}/\x01")),
    refused("DEL", target("http://{o}/\x7f")),
    refused("beyond ASCII", target("http://{o}/\u00fc"), squid=passes("escapes it")),
]  # fmt: skip

LINES = [
    refused("two spaces before the target", line("GET  http://{o}/ HTTP/1.1"),
            squid=passes(ANY_SPACE)),
    refused("two spaces before the version", line("GET http://{o}/  HTTP/1.1"),
            squid=passes(ANY_SPACE)),
    refused("a space behind the version", line("GET http://{o}/ HTTP/1.1 "),
            squid=passes(AS_0_9, then="closed")),
    refused("a tab instead of a space", line("GET\thttp://{o}/\tHTTP/1.1"),
            squid=passes(ANY_SPACE)),
    refused("a space in the target", line("GET http://{o}/a b HTTP/1.1"),
            squid=passes("escapes it")),
    refused("a space before the method", line(" GET http://{o}/ HTTP/1.1")),
    refused("no version", line("GET http://{o}/"), squid=passes(AS_0_9, then="closed")),
    refused("http/1.1 in small letters", line("GET http://{o}/ http/1.1"),
            squid=passes(AS_0_9, then="closed")),
    refused("HTTP/1.10", line("GET http://{o}/ HTTP/1.10"), squid=says(505)),
    refused("HTTP/2.0", line("GET http://{o}/ HTTP/2.0"), squid=says(505)),
    refused("a method that is no token", line("GE{T http://{o}/ HTTP/1.1")),
    refused("bare LF behind the request line", b"GET http://{o}/ HTTP/1.1\nHost: {o}\r\n\r\n",
            squid=passes(BARE_LF)),
    refused("bare LF everywhere", b"GET http://{o}/ HTTP/1.1\nHost: {o}\n\n",
            squid=passes(BARE_LF)),
]  # fmt: skip

FIELDS = [
    refused("no Host in HTTP/1.1", get(Host=None), squid=passes(TARGETS_HOST)),
    refused("two Hosts", get()[:-2] + b"Host: {o}\r\n\r\n", squid=passes(TARGETS_HOST)),
    refused("a Host with a space", get(Host="a b"), squid=passes(TARGETS_HOST)),
    refused("a Host with userinfo", get(Host="user@{o}"), squid=passes(TARGETS_HOST)),
    refused("obs-fold", get(X_A="1\r\n 2"), squid=passes(UNFOLDS)),
    refused("obs-fold with a tab", get(X_A="1\r\n\t2"), squid=passes(UNFOLDS)),
    refused("obs-fold on the first field", b"GET http://{o}/ HTTP/1.1\r\n X: 1\r\nHost: {o}\r\n\r\n",
            squid=passes("drops the line")),
    refused("a space before the colon", get(**{"X-A ": "1"})),
    refused("a field without a name", get(**{"": "1"})),
    refused("a field without a colon", b"GET http://{o}/ HTTP/1.1\r\nHost: {o}\r\nX-A\r\n\r\n"),
    refused("a name that is no token", get(**{"X(A)": "1"})),
    refused("bare LF in a field", get(X_A="1\nX-B: 2"), squid=passes(BARE_LF)),
    refused("bare CR in a value", get(X_A="1\rX-B: 2"), squid=passes("makes it a space")),
    refused("NUL in a value", get(X_A="1\0")),
    refused("NUL in a name", get(**{"X\0A": "1"})),
    refused("a control character in a value", get(X_A="1\x01"), squid=passes("passes it on")),
    refused("a head over 16 KiB", get(X_A="x" * 20_000), status=one_of((400, 431)),
            squid=passes("takes up to 64 KiB")),
    refused("a head over 1 MiB", get(X_A="x" * (1 << 20)), status=one_of((400, 431))),
    refused("a path over 16 KiB", get("/" + "x" * 20_000), status=one_of((400, 414, 431))),
    refused("a thousand fields over 16 KiB", get(**{f"X_{n}": "12345678" for n in range(1500)}),
            status=one_of((400, 431)), squid=passes("takes up to 64 KiB")),
]  # fmt: skip

# What may hide another request: its bytes must never be read as one.
HIDDEN = b"GET http://{o}/hidden HTTP/1.1\r\nHost: {o}\r\n\r\n"


def smuggled(name, body, squid=(), wants={}, **fields):
    """A POST whose end depends on which field is believed, and a request behind it."""
    return refused(name, post(body, **fields) + HIDDEN, squid, ("POST",), **wants)


UNKNOWN_CODING = {"status": one_of((400, 501))}
CHUNK_THEN = b"5\r\nhello\r\n0\r\n\r\n"


def two(first, second):
    """Two fields in this order, as bytes behind the Host."""
    return b"POST http://{o}/ HTTP/1.1\r\nHost: {o}\r\n" + first + b"\r\n" + second + b"\r\n\r\n"


def smuggled_raw(name, head, body, squid=(), **wants):
    return refused(name, head + body + HIDDEN, squid, ("POST",), **wants)


FRAMING = [
    smuggled_raw("Content-Length and Transfer-Encoding",
                 two(b"Content-Length: 5", b"Transfer-Encoding: chunked"), CHUNK_THEN,
                     squid=passes("drops Content-Length", complete=2)),
    smuggled_raw("Transfer-Encoding and Content-Length",
                 two(b"Transfer-Encoding: chunked", b"Content-Length: 5"), CHUNK_THEN,
                     squid=passes("drops Content-Length", complete=2)),
    smuggled_raw("two Content-Lengths that differ",
                 two(b"Content-Length: 5", b"Content-Length: 6"), b"hello", squid=says(411)),
    smuggled_raw("two Content-Lengths that are the same",
                 two(b"Content-Length: 5", b"Content-Length: 5"), b"hello",
                     squid=passes("takes the one for the other", complete=2)),
    smuggled("a list of Content-Lengths that differ", b"hello", Content_Length="5, 6",
             squid=says(411)),
    smuggled("a list of the same Content-Length", b"hello", Content_Length="5, 5",
             squid=passes("takes the one for the other", complete=2)),
    smuggled("Content-Length: +5", b"hello", Content_Length="+5", squid=says(411)),
    smuggled("Content-Length: -5", b"hello", Content_Length="-5", squid=says(411)),
    smuggled("Content-Length: 5 5", b"hello", Content_Length="5 5", squid=says(411)),
    smuggled("Content-Length: 0x5", b"hello", Content_Length="0x5", squid=says(411)),
    smuggled("Content-Length: 5;", b"hello", Content_Length="5;", squid=says(411)),
    smuggled("Content-Length: five", b"hello", Content_Length="five", squid=says(411)),
    smuggled("Content-Length of nothing", b"hello", Content_Length="", squid=says(411)),
    smuggled("Content-Length above 2^64", b"hello", Content_Length="18446744073709551621",
             squid=says(411)),
    smuggled("Transfer-Encoding: xchunked", CHUNK_THEN, Transfer_Encoding="xchunked",
             wants=UNKNOWN_CODING),
    smuggled("Transfer-Encoding: chunked, identity", CHUNK_THEN,
             Transfer_Encoding="chunked, identity",
             squid=says(501)),
    smuggled("Transfer-Encoding: identity, chunked", CHUNK_THEN,
             Transfer_Encoding="identity, chunked", wants=UNKNOWN_CODING),
    smuggled("Transfer-Encoding: identity", CHUNK_THEN, Transfer_Encoding="identity",
             squid=passes("reads the body as the next request", then="answered 400")),
    smuggled("Transfer-Encoding: chunked, chunked", CHUNK_THEN,
             Transfer_Encoding="chunked, chunked",
             squid=says(501)),
    smuggled_raw("Transfer-Encoding twice",
                 two(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"), CHUNK_THEN,
                     squid=says(501)),
    smuggled("Transfer-Encoding: gzip, chunked", CHUNK_THEN, Transfer_Encoding="gzip, chunked",
             wants=UNKNOWN_CODING),
    smuggled('Transfer-Encoding: "chunked"', CHUNK_THEN, Transfer_Encoding='"chunked"',
             squid=says(501)),
    smuggled("Transfer-Encoding: a vertical tab and chunked", CHUNK_THEN,
             Transfer_Encoding="\x0bchunked",
             squid=passes("trims it as if it were a space", complete=2)),
    smuggled("Transfer-Encoding of nothing", CHUNK_THEN, Transfer_Encoding="", squid=says(501)),
    smuggled("Transfer-Encoding: chunked;q=1", CHUNK_THEN, Transfer_Encoding="chunked;q=1",
             squid=says(501)),
    smuggled_raw("Transfer-Encoding with a space before the colon",
                 two(b"Content-Length: 5", b"Transfer-Encoding : chunked"), b"hello"),
    smuggled_raw("Transfer-Encoding in a folded line",
                 two(b"Content-Length: 5", b"X-A: 1\r\n Transfer-Encoding: chunked"), b"hello",
                     squid=passes(UNFOLDS, complete=2)),
    smuggled_raw("Transfer-Encoding behind a bare CR",
                 two(b"Content-Length: 5", b"X-A: 1\rTransfer-Encoding: chunked"), b"hello",
                     squid=passes("makes it a space", complete=2)),
    smuggled_raw("Transfer-Encoding in HTTP/1.0",
                 b"POST http://{o}/ HTTP/1.0\r\nHost: {o}\r\nTransfer-Encoding: chunked\r\n\r\n",
                 CHUNK_THEN,
            squid=passes("takes it (RFC 9112, 6.1: faulty)", then="closed")),
]  # fmt: skip


def chunks(name, body, squid=(), **wants):
    """A chunked POST that goes wrong in its body: the origin may have its head, never all of it."""
    return smuggled(name, body, squid, wants, Transfer_Encoding="chunked")


CHUNKS = [
    chunks("chunk size 0x5", b"0x5\r\nhello\r\n0\r\n\r\n", squid=RESETS),
    chunks("an empty chunk size", b"\r\nhello\r\n0\r\n\r\n", squid=RESETS),
    chunks("a chunk size with a sign", b"+5\r\nhello\r\n0\r\n\r\n", squid=RESETS),
    chunks("a negative chunk size", b"-5\r\nhello\r\n0\r\n\r\n", squid=RESETS),
    chunks("a chunk size of letters", b"five\r\nhello\r\n0\r\n\r\n", squid=RESETS),
    chunks("a chunk size with a space before it", b" 5\r\nhello\r\n0\r\n\r\n", squid=RESETS),
    chunks("a chunk size above 2^64", b"10000000000000005\r\nhello\r\n0\r\n\r\n", squid=RESETS),
    chunks("a chunk size with an underscore", b"0_5\r\nhello\r\n0\r\n\r\n", squid=RESETS),
    chunks("bare LF behind a chunk size", b"5\nhello\r\n0\r\n\r\n", squid=RESETS),
    chunks("bare CR behind a chunk size", b"5\rhello\r\n0\r\n\r\n", squid=RESETS),
    chunks("bare LF in a chunk extension", b"5;a\nb\r\nhello\r\n0\r\n\r\n", squid=RESETS),
    chunks("NUL in a chunk extension", b"5;a\0b\r\nhello\r\n0\r\n\r\n", squid=RESETS),
    chunks("a chunk extension without a semicolon", b"5 a=b\r\nhello\r\n0\r\n\r\n", squid=RESETS),
    chunks("a chunk extension of 1 MiB", b"5;a=" + b"x" * (1 << 20) + b"\r\nhello\r\n0\r\n\r\n",
           squid=("waits for more, and is not asked", None)),
    chunks("no CRLF behind a chunk", b"5\r\nhello0\r\n\r\n", squid=RESETS),
    chunks("bare LF behind a chunk", b"5\r\nhello\n0\r\n\r\n", squid=RESETS),
    chunks("more in a chunk than its size", b"5\r\nhello world\r\n0\r\n\r\n", squid=RESETS),
    chunks("obs-fold in a trailer", b"0\r\nX-A: 1\r\n 2\r\n\r\n",
           squid=passes("drops trailers unread", complete=2)),
    chunks("a trailer of 100 KB", b"0\r\nX-A: " + b"x" * 100_000 + b"\r\n\r\n",
           status=one_of((400, 431)), squid=passes("drops trailers unread", then="answered 400")),
    chunks("a space before the colon of a trailer", b"0\r\nX-A : 1\r\n\r\n",
           squid=passes("drops trailers unread", complete=2)),
    chunks("bare LF behind a trailer", b"0\r\nX-A: 1\n\r\n",
           squid=passes("drops trailers unread", complete=2)),
    chunks("a trailer without a colon", b"0\r\nX-A\r\n\r\n",
           squid=passes("drops trailers unread", complete=2)),
]  # fmt: skip

# Origins ------------------------------------------------------------------------------------------

BAD_GATEWAY = {"status": 502, "then": EITHER}
HEAD = b"HTTP/1.1 200 OK\r\n"


def unanswered(name, script):
    return Row(name, get(), script, BAD_GATEWAY, verdict="http-unanswered")


def bad_gateway(name, *said, squid=()):
    return Row(name, get(), once(*said), BAD_GATEWAY, squid, verdict="http-unanswered")


def closes(visit):
    visit.request()


def resets(visit):
    visit.request()
    visit.reset()


ORIGINS = [
    unanswered("an origin that closes at once", leaves),
    unanswered("an origin that closes behind the request", closes),
    unanswered("an origin that resets behind the request", resets),
    Row("an origin that is not there", head("GET http://127.0.0.1:1/ HTTP/1.1"),
        wants=BAD_GATEWAY, squid=("says 503", {"status": 503}), verdict="connect-refused"),
    bad_gateway("garbage", b"\x16\x03\x03\0\x05hello",
                squid=passes_answer("takes it for HTTP/0.9")),
    bad_gateway("a banner of another protocol", b"220 mail.test ESMTP\r\n",
                squid=passes_answer("takes it for HTTP/0.9")),
    bad_gateway("half a head", b"HTTP/1.1 200 OK\r\nContent-Le"),
    bad_gateway("half a status line", b"HTTP/1.1 2"),
    bad_gateway("only an interim answer", b"HTTP/1.1 100 Continue\r\n\r\n"),
    bad_gateway("a status of two digits", b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
    bad_gateway("a status of four digits", b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
    bad_gateway("a status below 100", b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"),
    bad_gateway("HTTP/2.0 in the answer", b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
                squid=passes_answer("reads it as 1.1")),
    bad_gateway("a head of 1 MiB", HEAD + b"X-A: " + b"x" * (1 << 20) + b"\r\n\r\n"),
    bad_gateway("two Content-Lengths",
                HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
    bad_gateway("a Content-Length that is none", HEAD + b"Content-Length: five\r\n\r\nhello"),
    bad_gateway("a negative Content-Length", HEAD + b"Content-Length: -5\r\n\r\nhello"),
    bad_gateway("Content-Length and Transfer-Encoding, answered",
                CHUNKED + b"Content-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            squid=passes_answer("drops Content-Length")),
    bad_gateway("a Transfer-Encoding that nobody knows",
                HEAD + b"Transfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    bad_gateway("obs-fold in the answer", HEAD + b"X-A: 1\r\n 2\r\nContent-Length: 5\r\n\r\nhello",
                squid=passes_answer(UNFOLDS)),
    bad_gateway("a space before a colon in the answer",
                HEAD + b"X-A : 1\r\nContent-Length: 5\r\n\r\nhello",
            squid=passes_answer("drops the space (RFC 9112, 5.1)")),
    bad_gateway("bare LF in the answer", b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
                squid=passes_answer(BARE_LF)),
    bad_gateway("NUL in the answer", HEAD + b"X-A: 1\0\r\nContent-Length: 5\r\n\r\nhello"),
    bad_gateway("bare CR in the answer", HEAD + b"X-A: 1\rX-B: 2\r\nContent-Length: 5\r\n\r\nhello",
                squid=passes_answer("makes it a space")),
    Row("a bad chunk size in the answer", get(), once(CHUNKED + b"\r\n5\r\nhello\r\nxyz\r\n"),
        {"body": one_of((b"", b"hello")), "whole": False, "then": "closed"}),
    Row("no CRLF behind a chunk of the answer", get(), once(CHUNKED + b"\r\n5\r\nhelloXX0\r\n\r\n"),
        {"body": one_of((b"", b"hello")), "whole": False, "then": "closed"}),
]  # fmt: skip


def twice(talk):
    for _ in range(2):
        talk.send(get())
        talk.answer()


EVIL = response(body=b"evil!")

def speaks_unasked(visit):
    """Says more when its answer has long been passed on, and nobody has asked again."""
    while visit.request():
        visit.send(response())
        visit.nothing_for(0.1)
        visit.send(EVIL)
        visit.server.note("unasked")


def when_it_has_spoken(talk):
    for number in (1, 2):
        talk.send(get())
        talk.answer()
        talk.origin.wait("more than an answer", lambda: len(talk.origin.notes) >= number)


# What an origin says beyond its answer is nobody's answer.
BEYOND = [
    Row("more, a moment later", when_it_has_spoken, speaks_unasked,
        {"statuses": [200, 200], "bodies": [b"hello", b"hello"]}),
    Row("more than Content-Length says", twice, answers(response() + EVIL),
        {"statuses": [200, 200], "bodies": [b"hello", b"hello"]}),
    Row("more behind the last chunk", twice,
        answers(CHUNKED + b"\r\n5\r\nhello\r\n0\r\n\r\n" + EVIL),
        {"statuses": [200, 200], "bodies": [b"hello", b"hello"]}),
    Row("a body behind 204", twice,
        answers(b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"),
        {"statuses": [204, 204], "status": 204}),
    Row("a body behind HEAD", request("HEAD"), answers(response()), {"body": b""},
        methods=("HEAD",)),
]  # fmt: skip

BAD = TARGETS + LINES + FIELDS + FRAMING + CHUNKS + ORIGINS + BEYOND
