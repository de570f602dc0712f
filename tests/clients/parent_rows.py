"""What parents answer that is not the tunnel, and what the client is told of it, word for word.

Behind each row: status and reason phrase of the answer to CONNECT, in which {p} is the parent's URL,
the verdict, the error of Proxy-Status, and the reply to a SOCKS5 client.
"""
from fake_parents import REPLY, Failure, error, floods, resets, says, says_and_waits

DENIED = ("parent-refused", "http_request_denied", 2)
UNAVAILABLE = ("parent-refused", "destination_unavailable", 4)
AUTH = ("parent-auth", "http_request_denied", 2)
GARBLED = ("parent-garbled", "http_protocol_error", 1)
CLOSED = ("parent-garbled", "connection_terminated", 1)
SILENT = (504, "parent {p} did not answer within 1 s (--parent-timeout)", "parent-silent",
          "http_response_timeout", 6)  # fmt: skip
BASIC = 'Proxy-Authenticate: Basic realm="corp"'


def refuses(status, reason, *fields):
    """An error of the parent's own: its status, where it is one, and its words are passed on."""
    told = DENIED if 400 <= status < 500 else UNAVAILABLE
    return Failure(
        f"{status} {reason}".strip(), says(error(f"{status} {reason}", b"no", *fields)),
        status if status >= 400 else 502, f"parent {{p}} answered {status}: {reason}".strip(), *told,
    )  # fmt: skip


def asks_for_login(name, reason, *fields, status=407, **wanted):
    """Without a challenge it is no 407 (RFC 9110, 15.5.8)."""
    return Failure(name, says(error(f"407 {reason}", b"no", *fields)), status,
                   f"parent {{p}} answered 407: {reason}", *AUTH, fields=wanted)  # fmt: skip


def garbled(name, script, why):
    return Failure(name, script, 502, f"parent {{p}}: the answer is not HTTP/1: {why}", *GARBLED)


def closed(name, *said):
    how = "in the middle of its answer" if said else "without an answer"
    return Failure(name, says(*said), 502, f"parent {{p}} closed the connection: {how}", *CLOSED)


def broken(name):
    return Failure(name, resets, 502, "the connection to parent {p} broke: ECONNRESET", *CLOSED)


def silent(name, *said):
    return Failure(name, says_and_waits(*said), *SILENT)


HTTP = [
    refuses(403, "Forbidden by policy", "Content-Type: text/html"),
    refuses(403, ""),
    refuses(400, "Bad Request"),
    refuses(404, "Not Found"),
    refuses(429, "Slow down"),
    refuses(500, "Oops"),
    refuses(502, "Cannot resolve it"),
    refuses(503, "Service Unavailable"),
    refuses(504, "Gateway Timeout"),
    refuses(599, "Odd"),
    refuses(302, "Found", "Location: http://login.test/"),
    asks_for_login("407", "Proxy Authentication Required", BASIC,
                   **{"Proxy-Authenticate": 'Basic realm="corp"'}),
    asks_for_login("407 with three schemes", "Log in", "Proxy-Authenticate: Negotiate",
                   "Proxy-Authenticate: NTLM", BASIC,
                   **{"Proxy-Authenticate": 'Negotiate, NTLM, Basic realm="corp"'}),
    asks_for_login("407 without a scheme", "Log in", status=502),
    Failure("403 whose page never ends", floods, 403, "parent {p} answered 403: Forbidden", *DENIED),
    Failure("403 whose page does not come",
            says_and_waits(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\n"), 403,
            "parent {p} answered 403: Forbidden", *DENIED),
    Failure("an error beyond ASCII", says(error("403 Ünï")), 403, "parent {p} answered 403: ?n?",
            *DENIED),
    garbled("garbage", says(b"\0\1\2\3garbage\r\n\r\n"), "malformed status-line at byte 0"),
    garbled("a TLS alert", says(b"\x15\3\3\0\2\2\x46"), "malformed status-line at byte 0"),
    garbled("another protocol", says(b"SSH-2.0-OpenSSH_9.2\r\n"), "malformed status-line at byte 0"),
    garbled("another version", says(b"HTTP/2.0 200 OK\r\n\r\n"), "unsupported HTTP-version at byte 0"),
    garbled("a status of two digits", says(b"HTTP/1.1 20 OK\r\n\r\n"),
            "malformed status-code at byte 9"),
    garbled("bare LF", says(b"HTTP/1.1 200 OK\n\n"), "malformed bare LF at byte 15"),
    garbled("a head without an end", says_and_waits(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000),
            "too long head at byte 16384"),
    garbled("interim answers without an end", says_and_waits(b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
            "16 interim answers and no final one"),
    closed("half a head, then the end", b"HTTP/1.1 200 OK\r\nX: "),
    closed("half a status line, then the end", b"HTTP/1.1 2"),
    closed("the end"),
    broken("a reset"),
    silent("nothing"),
    silent("half a head, then nothing", b"HTTP/1.1 200 OK\r\nX: "),
    silent("an interim answer, then nothing", b"HTTP/1.1 100 Continue\r\n\r\n"),
]  # fmt: skip


def replies(number, words):
    return Failure(f"reply {number}", says(REPLY % number), 502, f"parent {{p}} answered: {words}",
                   *UNAVAILABLE)  # fmt: skip


def not_socks(name, script, why):
    return Failure(name, script, 502, f"parent {{p}}: the answer is not SOCKS5: {why}", *GARBLED)


SOCKS = [
    replies(1, "general SOCKS server failure"),
    replies(2, "connection not allowed by ruleset"),
    replies(3, "network unreachable"),
    replies(4, "host unreachable"),
    replies(5, "connection refused by destination host"),
    replies(6, "TTL expired"),
    replies(7, "command not supported"),
    replies(8, "address type not supported"),
    replies(200, "reply 0xc8, which RFC 1928 does not assign"),
    not_socks("another version", says(b"\4\0\0\1\0\0\0\0\0\0"),
              "its reply begins with 0x04, not 0x05"),
    not_socks("another type of address", says(b"\5\0\0\x09\0\0\0\0\0\0"),
              "the address in its reply is of no known type"),
    closed("half a reply, then the end", b"\5\0\0\1\0"),
    closed("the end"),
    broken("a reset"),
    silent("half a reply, then nothing", b"\5\0\0\1\0"),
    silent("nothing"),
]  # fmt: skip


def says_when_asked(answer):
    """Says it when something has come, and waits."""

    def script(visit):
        visit.incoming.more()
        visit.send(answer)
        visit.rest()

    return script


def wants(name, answer, words):
    return Failure(name, says_when_asked(answer), 502, f"parent {{p}} answered: {words}", *AUTH)


# What goes wrong before the target is named: each with a parent of its own.
GREETINGS = [
    wants("no method will do", b"\5\xff", "it wants a login"),
    not_socks("a method that nobody offered", says_when_asked(b"\5\3"),
              "it chose method 0x03, which we did not offer"),
    not_socks("a password is wanted, though not offered", says_when_asked(b"\5\2"),
              "it chose method 0x02, which we did not offer"),
    not_socks("SOCKS4 in answer", says_when_asked(b"\0\x5b\0\0\0\0\0\0"),
              "its first byte is 0x00, not 0x05"),
    not_socks("HTTP in answer", says_when_asked(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
              "its first byte is 0x48, not 0x05"),
    silent("half a choice, then nothing", b"\5"),
    Failure("the end", lambda visit: visit.incoming.more(), 502,
            "parent {p} closed the connection: without an answer", *CLOSED),
]  # fmt: skip
