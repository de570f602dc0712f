"""What parents answer that is not the tunnel, and what the client is told of it, word for word.

Behind each row: status and reason phrase of the answer to CONNECT (the phrase behind "parent URL "),
the verdict, the error of Proxy-Status, the reply to a SOCKS5 client.
"""
from fake_parents import REPLY, Failure, error, floods, resets, says, says_and_waits

REFUSED = ("parent-refused", "http_request_denied", 2)
AUTH = ("parent-auth", "http_request_denied", 2)
GARBLED = ("parent-garbled", "http_protocol_error", 1)
SILENT = ("parent-silent", "http_response_timeout", 1)
BASIC = 'Proxy-Authenticate: Basic realm="corp"'


def refuses(status, reason, body=b"no", *fields, **more):
    """An error of the parent's own: its status and its words are passed on."""
    return Failure(
        f"{status} {reason}".strip(), says(error(f"{status} {reason}", body, *fields)), status,
        f"answered {status}" + (f": {reason}" if reason else ""), *REFUSED, body=body, **more,
    )  # fmt: skip


def asks_for_login(name, reason, *fields, **wanted):
    return Failure(name, says(error(f"407 {reason}", b"no", *fields)), 407,
                   f"answered 407: {reason}", *AUTH, fields=wanted)  # fmt: skip


def garbled(name, script, why):
    return Failure(name, script, 502, f"answered what is not HTTP: {why}", *GARBLED)


HTTP = [
    refuses(403, "Forbidden by policy", b"<h1>Blocked: games</h1>", "Content-Type: text/html",
            fields={"Content-Type": "text/html"}),
    refuses(403, ""),
    refuses(400, "Bad Request"),
    refuses(404, "Not Found"),
    refuses(429, "Slow down"),
    refuses(500, "Oops"),
    refuses(502, "Cannot resolve it"),
    refuses(503, "Service Unavailable"),
    refuses(504, "Gateway Timeout"),
    refuses(599, "Odd"),
    refuses(302, "Found", b"", "Location: http://login.test/"),
    refuses(403, "Ünï", b"no"),
    asks_for_login("407", "Proxy Authentication Required", BASIC,
                   **{"Proxy-Authenticate": 'Basic realm="corp"'}),
    asks_for_login("407 with three schemes", "Log in", "Proxy-Authenticate: Negotiate",
                   "Proxy-Authenticate: NTLM", BASIC,
                   **{"Proxy-Authenticate": 'Negotiate, NTLM, Basic realm="corp"'}),
    asks_for_login("407 without a scheme", "Log in"),
    Failure("403 whose page never ends", floods, 403, "answered 403: Forbidden", *REFUSED),
    Failure("403 whose page does not come", says_and_waits(
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\n"), 403, "answered 403: Forbidden", *REFUSED),
    garbled("garbage", says(b"\0\1\2\3garbage\r\n\r\n"), "malformed status-line at byte 0"),
    garbled("a TLS alert", says(b"\x15\3\3\0\2\2\x46"), "malformed status-line at byte 0"),
    garbled("another protocol", says(b"SSH-2.0-OpenSSH_9.2\r\n"), "malformed status-line at byte 0"),
    garbled("another version", says(b"HTTP/2.0 200 OK\r\n\r\n"), "unsupported HTTP-version at byte 0"),
    garbled("a status of two digits", says(b"HTTP/1.1 20 OK\r\n\r\n"), "malformed status-code at byte 9"),
    garbled("bare LF", says(b"HTTP/1.1 200 OK\n\n"), "malformed bare LF at byte 15"),
    garbled("a head without an end", says_and_waits(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000),
            "too long head at byte 16384"),
    Failure("half a head, then the end", says(b"HTTP/1.1 200 OK\r\nX: "), 502,
            "closed in the middle of its answer", *GARBLED),
    Failure("half a status line, then the end", says(b"HTTP/1.1 2"), 502,
            "closed in the middle of its answer", *GARBLED),
    Failure("half a head, then nothing", says_and_waits(b"HTTP/1.1 200 OK\r\nX: "), 504,
            "did not answer within 1 s", *SILENT),
    Failure("nothing", says_and_waits(), 504, "did not answer within 1 s", *SILENT),
    Failure("the end", says(), 502, "closed without an answer", *GARBLED),
    Failure("a reset", resets, 502, "reset", *GARBLED),
    Failure("an interim answer, then nothing", says_and_waits(b"HTTP/1.1 100 Continue\r\n\r\n"), 504,
            "did not answer within 1 s", *SILENT),
]  # fmt: skip


def replies(number, words, status, verdict, proxy_error, reply):
    return Failure(f"reply {number}", says(REPLY % number), status, f"answered {number}: {words}",
                   verdict, proxy_error, reply)  # fmt: skip


SOCKS = [
    replies(1, "general SOCKS server failure", 502, *REFUSED),
    replies(2, "connection not allowed by ruleset", 403, *REFUSED),
    replies(3, "network unreachable", 502, *REFUSED),
    replies(4, "host unreachable", 502, *REFUSED),
    replies(5, "connection refused", 502, *REFUSED),
    replies(6, "TTL expired", 504, *REFUSED),
    replies(7, "command not supported", 502, *REFUSED),
    replies(8, "address type not supported", 502, *REFUSED),
    replies(200, "unknown", 502, *REFUSED),
    Failure("another version", says(b"\4\0\0\1\0\0\0\0\0\0"), 502, "", *GARBLED),
    Failure("another address type", says(b"\5\0\0\x09\0\0\0\0\0\0"), 502, "", *GARBLED),
    Failure("half a reply, then the end", says(b"\5\0\0\1\0"), 502, "", *GARBLED),
    Failure("half a reply, then nothing", says_and_waits(b"\5\0\0\1\0"), 504, "", *SILENT),
    Failure("nothing", says_and_waits(), 504, "", *SILENT),
    Failure("the end", says(), 502, "", *GARBLED),
    Failure("a reset", resets, 502, "", *GARBLED),
]  # fmt: skip


def says_and_hears(*steps):
    """Bytes are said in turn, each when something has come."""

    def script(visit):
        for step in steps:
            visit.incoming.more()
            visit.send(step)
        visit.rest()

    return script


# What goes wrong before the target is named: each with a parent of its own.
GREETINGS = [
    Failure("no method will do", says_and_hears(b"\5\xff"), 407, "", *AUTH),
    Failure("a password is wanted and we have none", says_and_hears(b"\5\2"), 407, "", *AUTH),
    Failure("a method that nobody offered", says_and_hears(b"\5\x03"), 502, "", *GARBLED),
    Failure("SOCKS4 in answer", says_and_hears(b"\0\x5b\0\0\0\0\0\0"), 502, "", *GARBLED),
    Failure("HTTP in answer", says_and_hears(b"HTTP/1.1 400 Bad Request\r\n\r\n"), 502, "", *GARBLED),
    Failure("half a choice, then nothing", says_and_waits(b"\5"), 504, "", *SILENT),
    Failure("nothing", says_and_waits(), 504, "", *SILENT),
    Failure("the end", says(), 502, "", *GARBLED),
]  # fmt: skip
