"""HTTP semantics through a plain forward proxy, a row each: what is sent, what the origin does,
what both ends must see, and where Squid 5.7 (Debian 12, `via on`, no cache) does otherwise.

In what is sent and wanted, {o} is the origin's host:port. `wants`, and what Squid does, have the
keys of test_http_semantics.Seen.
"""
import socket
from dataclasses import dataclass, field

from scripted import answers, greet, once, response

NGINX, APACHE = "nginx", "apache"


@dataclass
class Row:
    name: str
    send: object  # bytes, a tuple of bytes to be sent one by one, or a dialogue: a function of Talk
    origin: object = greet  # a script, NGINX or APACHE
    wants: dict = field(default_factory=dict)
    squid: tuple = ()  # (what it does otherwise, {key: what is seen then}); None: not tried
    methods: tuple = ("GET",)  # of the answers to be read
    verdict: str = None  # helloscope's

    def __post_init__(self):
        self.wants = {"status": 200, "whole": True, "then": "usable"} | self.wants


class one_of(tuple):
    """Any of these will do."""


class starts(str):
    """Text that begins so."""


class has(str):
    """A list of tokens with this one."""


def head(line, **fields):
    """A head with Host; `X_Y="z"` adds X-Y: z, and Host=None leaves Host away."""
    lines = [line]
    for name, value in ({"Host": "{o}"} | fields).items():
        lines += [] if value is None else [f"{name.replace('_', '-')}: {value}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def get(path="/", version="1.1", **fields):
    return head(f"GET http://{{o}}{path} HTTP/{version}", **fields)


def post(body, **fields):
    return head("POST http://{o}/post HTTP/1.1", **fields) + body


def posted(name, body, origin=greet, squid=(), fields={}, **wants):
    """A POST, by its body and its fields."""
    return Row(name, post(body, **fields), origin, wants, squid, methods=("POST",))


VIA = starts("1.1 ")
HELLO_WORLD = b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"  # chunked
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
EITHER = one_of(("usable", "closed"))

REQUEST_LINES = [
    Row("GET", get("/some/path?query=1&b=%20", User_Agent="mine/1", X_Mine="a, b"), wants={
        "reason": "OK", "body": b"hello", "field:Via": VIA, "origin:field:Via": VIA,
        "origin:line": "GET /some/path?query=1&b=%20 HTTP/1.1", "origin:field:Host": "{o}",
        "origin:field:User-Agent": "mine/1", "origin:field:X-Mine": "a, b", "origin:count": 1,
    }),
    Row("GET, nginx", get("/file"), NGINX, {"body": b"hello from a file", "field:Via": VIA}),
    Row("GET, Apache", get("/file"), APACHE, {"body": b"hello from a file", "field:Via": VIA}),
    Row("a range, nginx", get("/file", Range="bytes=6-9"), NGINX,
        {"status": 206, "body": b"from", "field:Content-Range": "bytes 6-9/17"}),
    Row("an empty path", get(""), wants={"origin:line": "GET / HTTP/1.1"}),
    Row("an empty path with a query", get("?a=1"), wants={"origin:line": "GET /?a=1 HTTP/1.1"}),
    Row("Host differs from the target: the target wins", get("/x", Host="other.test"),
        wants={"origin:line": "GET /x HTTP/1.1", "origin:field:Host": "{o}"}),
    Row("the scheme in capitals", head("GET HTTP://{o}/x HTTP/1.1"),
        wants={"origin:line": "GET /x HTTP/1.1"}),
    Row("characters that only some escape", get("/a;b|c{}^`\"<>\\"), wants={
        "status": one_of((200, 400)), "then": EITHER}),
    Row("a method of one's own", head("PURGE-ALL http://{o}/x HTTP/1.1"), methods=("PURGE-ALL",),
        wants={"origin:line": "PURGE-ALL /x HTTP/1.1"}),
    Row("a method in small letters is another method", head("get http://{o}/x HTTP/1.1"),
        wants={"origin:line": "get /x HTTP/1.1"},
        squid=("makes it GET", {"origin:line": "GET /x HTTP/1.1"})),
    Row("OPTIONS of the server", head("OPTIONS http://{o} HTTP/1.1"), methods=("OPTIONS",),
        wants={"origin:line": "OPTIONS * HTTP/1.1"},
        squid=("asks for the path / (RFC 9112, 3.2.4, wants *)",
               {"origin:line": "OPTIONS / HTTP/1.1"})),
    Row("OPTIONS of the server, Apache", head("OPTIONS http://{o} HTTP/1.1"), APACHE,
        methods=("OPTIONS",)),
    Row("OPTIONS of a path", head("OPTIONS http://{o}/ HTTP/1.1"), methods=("OPTIONS",),
        wants={"origin:line": "OPTIONS / HTTP/1.1"}),
    Row("a later minor version", get(version="1.2"), wants={"origin:line": "GET / HTTP/1.1"}),
    Row("an error of the origin's is passed on, nginx", get("/none"), NGINX, {"status": 404}),
]  # fmt: skip


def in_single_bytes(talk):
    talk.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in get("/x").replace(b"{o}", talk.at.encode()):
        talk.send(b"%c" % byte)
    talk.answer()


FIELDS = [
    Row("a name of every character that is allowed", get(**{"X!#$%&'*+-.^`|~1": '"a, \\"b"'}),
        wants={"origin:field:X!#$%&'*+-.^`|~1": '"a, \\"b"'}),
    Row("a value in Latin-1", get(X_Latin="\u00fc"), wants={"origin:field:X-Latin": "\u00fc"}),
    Row("white space around a value", get(X_Mine=" \t a b\t "),
        wants={"origin:field:X-Mine": "a b"}),
    Row("an empty value", get(X_Mine=""), wants={"origin:field:X-Mine": ""}),
    Row("the order of a field's values", get(X_A="1")[:-2] + b"X-B: 0\r\nX-A: 2\r\n\r\n",
        wants={"origin:field:X-A": "1, 2"}),
    Row("Set-Cookie twice", get(),
        once(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n"),
        {"field:Set-Cookie": "a=1, b=2"}),
    Row("an origin's own reason phrase", get(), answers(response("200 Quite fine (really)")),
        {"reason": "Quite fine (really)"},
        squid=("writes the usual one", {"reason": "OK"})),
    Row("an empty reason phrase", get(),
        answers(b"HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello"),
        {"body": b"hello"}),
    Row("a status that nobody knows", get(), answers(response("299 Odd")),
        {"status": 299, "reason": "Odd"},
        squid=("writes a reason of its own", {"reason": "Unassigned"})),
    Row("Connection: keep-alive", get(Connection="keep-alive", Keep_Alive="timeout=9"),
        wants={"origin:field:Keep-Alive": None}),
    Row("Connection: close", get(Connection="close"),
        wants={"field:Connection": has("close"), "then": "closed"}),
    Row("a field that Connection names", get(Connection="X-Hop, other", X_Hop="1", X_Stays="2"),
        wants={"origin:field:X-Hop": None, "origin:field:X-Stays": "2"}),
    Row("Connection names Host and Via", get(Connection="Host, Via"),
        wants={"origin:field:Host": "{o}", "origin:field:Via": VIA}),
    posted("Connection names Content-Length", b"hello",
           fields={"Content_Length": "5", "Connection": "Content-Length"},
           **{"origin:body": b"hello"}),
    Row("Proxy-Connection", get(Proxy_Connection="keep-alive"),
        wants={"origin:field:Proxy-Connection": None}),
    Row("Proxy-Connection: close", get(Proxy_Connection="close"),
        wants={"origin:field:Proxy-Connection": None, "then": EITHER}),
    Row("TE: trailers", get(TE="trailers", Connection="TE"),
        wants={"origin:field:TE": one_of((None, "trailers"))}),
    Row("Proxy-Authorization", get(Proxy_Authorization="Basic dXNlcjpwYXNz"),
        wants={"origin:field:Proxy-Authorization": None}),
    Row("Authorization", get(Authorization="Basic dXNlcjpwYXNz"),
        wants={"origin:field:Authorization": "Basic dXNlcjpwYXNz"}),
    Row("Via of a proxy before", get(Via="1.0 fred"),
        wants={"origin:field:Via": starts("1.0 fred, 1.1 ")}),
    Row("Via of a proxy behind", get(), answers(response(Via="1.1 gw")),
        {"field:Via": starts("1.1 gw, 1.1 ")}),
    Row("Max-Forwards is counted for OPTIONS",
        head("OPTIONS http://{o}/ HTTP/1.1", Max_Forwards="5"),
        methods=("OPTIONS",), wants={"origin:field:Max-Forwards": "4"}),
    Row("Max-Forwards: 0 is answered here", head("OPTIONS http://{o}/ HTTP/1.1", Max_Forwards="0"),
        methods=("OPTIONS",),
        wants={"status": one_of((200, 204, 501)), "origin:count": 0, "then": EITHER}),
    Row("Connection: close of the origin's", get(), once(response(Connection="close")),
        {"body": b"hello"}),
    Row("fields that the origin's Connection names", get(),
        answers(response(Connection="X-Hop", X_Hop="1", X_Stays="2", Keep_Alive="timeout=9")),
        {"field:X-Hop": None, "field:X-Stays": "2", "field:Keep-Alive": None}),
    Row("a head in single bytes", in_single_bytes, wants={"body": b"hello"}),
    Row("a head of 15 KiB", get(X_Long="x" * 15 * 1024),
        wants={"origin:field:X-Long": "x" * 15 * 1024}),
    Row("a long path", get("/" + "x" * 8000), wants={"origin:line": f"GET /{'x' * 8000} HTTP/1.1"}),
]  # fmt: skip


def in_turn(talk):
    other = talk.another(answers(response(body=b"other")))
    for at in (talk.at, other.at, talk.at, other.at):
        talk.send(get().replace(b"{o}", at.encode()))
        talk.answer()


def to_ipv6(talk):
    origin = talk.another(answers(response(body=b"by IPv6")), "::1")
    talk.send(get().replace(b"{o}", origin.at.encode()))
    talk.answer()
    talk.facts["Host"] = origin.requests[0].get("Host") == origin.at


def by_name(talk):
    at = talk.at.replace("127.0.0.1", "localhost").encode()
    talk.send(get().replace(b"{o}", at))
    talk.answer()
    talk.facts["Host"] = talk.origin.requests[0].get("Host") == at.decode()


def never_answers(visit):
    visit.request()
    visit.rest()


def closes_its_half(talk):
    talk.send(get())
    talk.connection.shutdown(socket.SHUT_WR)
    talk.answer()


def many_times(talk, times=50):
    for _ in range(times):
        talk.send(get())
        talk.answer()


def twice(talk):
    many_times(talk, 2)


def get_then_tunnel(talk):
    talk.send(get())
    talk.answer()
    talk.send(b"CONNECT {o} HTTP/1.1\r\nHost: {o}\r\n\r\n")
    talk.answers.append(talk.incoming.head())
    talk.send(b"GET /inside HTTP/1.1\r\nHost: {o}\r\n\r\n")
    talk.answer()


def slow_then_fast(visit):
    """The first answer waits a moment, in which a proxy could pass on the second request."""
    while (request := visit.request()) is not None:
        if "/1" in request.line:
            visit.nothing_for(0.2)
        visit.send(response(body=request.line.split()[1].encode()))


UNTIL_CLOSE = once(b"HTTP/1.1 200 OK\r\n\r\nuntil the end")

PERSISTENCE = [
    Row("pipelined requests are answered in order", get("/1") + get("/2") + get("/3"),
        slow_then_fast, {"statuses": [200] * 3, "bodies": [b"/1", b"/2", b"/3"]},
        methods=("GET",) * 3),
    Row("pipelined, nginx", get("/file") + get("/none") + get("/204"), NGINX,
        {"statuses": [200, 404, 204]}, methods=("GET",) * 3),
    Row("pipelined, Apache", get("/file") + get("/none") + get("/file"), APACHE,
        {"statuses": [200, 404, 200]}, methods=("GET",) * 3),
    Row("a pipelined POST and a GET", post(b"hello", Content_Length="5") + get("/2"),
        wants={"statuses": [200, 200], "origin:body": b"hello"}, methods=("POST", "GET")),
    Row("an empty line before a request", get("/1") + b"\r\n" + get("/2"),
        wants={"statuses": [200, 200]}, methods=("GET",) * 2),
    Row("several origins on one connection", in_turn,
        wants={"statuses": [200] * 4, "bodies": [b"hello", b"other"] * 2}),
    Row("fifty requests on one connection", many_times, wants={"statuses": [200] * 50}),
    Row("a tunnel behind a request", get_then_tunnel, wants={"statuses": [200] * 3}),
    Row("a thousand pipelined requests", get("/x" * 20) * 1000, methods=("GET",) * 1000,
        wants={"statuses": [200] * 1000}),
    Row("a request behind Connection: close", get("/1", Connection="close") + get("/2"),
        wants={"then": "closed", "origin:count": 1}),
    # Before or after the connection to the origin stands. An answer that is quicker is passed on.
    Row("a client that closes its half is gone", closes_its_half, never_answers,
        {"status": one_of(("closed", "reset")), "whole": one_of(("closed", "reset")),
         "then": "closed"}, verdict="client-gave-up"),
    Row("an IPv6 literal", to_ipv6, wants={"body": b"by IPv6", "Host": True}),
    Row("a name", by_name, wants={"body": b"hello", "Host": True}),
    Row("HTTP/1.0", get(version="1.0"),
        wants={"then": "closed", "origin:field:Via": starts("1.0 ")}),
    Row("HTTP/1.0 without Host", get(version="1.0", Host=None),
        wants={"then": "closed", "origin:field:Host": "{o}"}),
    Row("HTTP/1.0 with keep-alive", get(version="1.0", Connection="keep-alive"),
        wants={"then": EITHER}),
    Row("an HTTP/1.0 origin, body until it closes", get(),
        once(b"HTTP/1.0 200 OK\r\n\r\nuntil the end"),
        {"body": b"until the end", "field:Via": starts("1.0 "), "then": EITHER},
        squid=("says 1.1 in Via", {"field:Via": VIA})),
    Row("an HTTP/1.1 origin, body until it closes", get(), UNTIL_CLOSE,
        {"body": b"until the end", "then": EITHER}),
    Row("body until close, to HTTP/1.0", get(version="1.0"), UNTIL_CLOSE,
        {"body": b"until the end", "framing": "close", "then": "closed"}),
    Row("the origin closed without having said so", twice, once(response()),
        {"statuses": [200, 200]},
        squid=("does not try again if it comes at that moment",
               {"statuses": one_of(([200, 200], [200, 502]))})),
]  # fmt: skip


def put(path, body=HELLO_WORLD, **fields):
    return head(f"PUT http://{{o}}{path} HTTP/1.1", **fields) + body


def request(method, path="/", **fields):
    return head(f"{method} http://{{o}}{path} HTTP/1.1", **fields)


TRAILERS = CHUNKED + b"Trailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: abc\r\n\r\n"
SINCE = "Fri, 14 Jul 2017 02:40:00 GMT"  # of the file, in test_http_semantics
DROPS_TRAILERS = "drops trailers"

BODIES = [
    Row("HEAD", request("HEAD"), answers(b"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n"),
        {"field:Content-Length": "12345", "body": b""}, methods=("HEAD",)),
    Row("HEAD, nginx", request("HEAD", "/file"), NGINX, {"field:Content-Length": "17"},
        methods=("HEAD",)),
    Row("HEAD, Apache", request("HEAD", "/file"), APACHE, {"field:Content-Length": "17"},
        methods=("HEAD",)),
    Row("HEAD of what would be chunked", request("HEAD"), answers(CHUNKED + b"\r\n"),
        squid=("closes behind it", {"then": "closed"}), methods=("HEAD",)),
    Row("204", get(), answers(b"HTTP/1.1 204 No Content\r\n\r\n"),
        {"status": 204, "field:Content-Length": None, "field:Transfer-Encoding": None}),
    Row("204, nginx", get("/204"), NGINX, {"status": 204, "field:Transfer-Encoding": None}),
    Row("304 with Content-Length", get(If_None_Match='"a"'),
        answers(b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 12345\r\n\r\n'),
        {"status": 304, "field:ETag": '"a"', "body": b""}),
    Row("304, nginx", get("/file", If_Modified_Since=SINCE), NGINX, {"status": 304}),
    Row("304, Apache", get("/file", If_Modified_Since=SINCE), APACHE, {"status": 304}),
    posted("POST with Content-Length", b"hello\0\r\n\r\nworld", fields={"Content_Length": "15"},
           **{"origin:body": b"hello\0\r\n\r\nworld", "origin:field:Content-Length": "15"}),
    posted("POST of nothing", b"", fields={"Content_Length": "0"},
           **{"origin:body": b"", "origin:field:Content-Length": "0"}),
    posted("POST without a length", b"", **{"origin:body": b""}),
    posted("POST, chunked", HELLO_WORLD, fields={"Transfer_Encoding": "chunked"},
           **{"origin:body": b"hello world"}),
    Row("POST, chunked, in single bytes",
        (post(b"", Transfer_Encoding="chunked"), *(b"%c" % byte for byte in HELLO_WORLD)),
        wants={"origin:body": b"hello world"}, methods=("POST",)),
    posted("Transfer-Encoding: Chunked", HELLO_WORLD, fields={"Transfer_Encoding": "Chunked"},
           **{"origin:body": b"hello world"}),
    posted("chunk extensions", b'5;a=b;c="d;\\"e"\r\nhello\r\n0;x\r\n\r\n',
           fields={"Transfer_Encoding": "chunked"}, **{"origin:body": b"hello"}),
    posted("a chunk extension of 10 KB", b"5;a=" + b"x" * 10_000 + b"\r\nhello\r\n0\r\n\r\n",
           fields={"Transfer_Encoding": "chunked"}, **{"origin:body": b"hello"}),
    posted("zeros before a chunk size", b"00000005\r\nhello\r\n000\r\n\r\n",
           fields={"Transfer_Encoding": "chunked"}, **{"origin:body": b"hello"}),
    Row("GET with a body", get(Content_Length="5") + b"hello", wants={"origin:body": b"hello"},
        squid=("wants none", {"status": 411, "then": "closed", "origin:body": "nothing arrived"})),
    Row("PUT, nginx", put("/put/a", b"hello", Content_Length="5"), NGINX, {"status": 201},
        methods=("PUT",)),
    Row("PUT, chunked, nginx", put("/put/b", Transfer_Encoding="chunked"), NGINX, {"status": 201},
        methods=("PUT",)),
    Row("PUT, chunked, Apache", put("/put/c", Transfer_Encoding="chunked"), APACHE,
        {"status": 201}, methods=("PUT",)),
    Row("a chunked response", get(), answers(CHUNKED + b"\r\n" + HELLO_WORLD),
        {"body": b"hello world"}),
    Row("a chunked response to HTTP/1.0", get(version="1.0"),
        answers(CHUNKED + b"\r\n" + HELLO_WORLD),
        {"body": b"hello world", "field:Transfer-Encoding": None, "then": "closed"}),
    Row("an empty chunked response", get(), answers(CHUNKED + b"\r\n0\r\n\r\n"), {"body": b""}),
    Row("trailers of a response", get(TE="trailers", Connection="TE"), answers(TRAILERS),
        {"body": b"hello", "trailers": [("X-Sum", "abc")]},
        squid=(DROPS_TRAILERS, {"trailers": []})),
    Row("trailers, nginx", get("/trailers", TE="trailers", Connection="TE"), NGINX,
        {"body": b"hello from a file", "trailers": [("X-Sum", "abc")]},
        squid=(DROPS_TRAILERS, {"trailers": []})),
    Row("trailers to HTTP/1.0", get(version="1.0"), answers(TRAILERS),
        {"body": b"hello", "then": "closed"}),
    posted("trailers of a request", b"5\r\nhello\r\n0\r\nX-Sum: abc\r\n\r\n",
           fields={"Transfer_Encoding": "chunked", "Trailer": "X-Sum"},
           **{"origin:body": b"hello", "origin:trailers": [("X-Sum", "abc")]},
           squid=(DROPS_TRAILERS, {"origin:trailers": []})),
]  # fmt: skip

GOOD = REQUEST_LINES + FIELDS + PERSISTENCE + BODIES
