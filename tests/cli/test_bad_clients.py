#!/usr/bin/env python3
"""Clients that talk nonsense to a running `helloscope run`: each gets the answer that it is due, and
the next client is served.

usage: test_bad_clients.py HELLOSCOPE [unittest arguments]
"""
import os
import random
import socket
import ssl
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))
import support  # noqa: E402
from http_wire import Incoming  # noqa: E402
from scripted import Scripted, greet  # noqa: E402
from support import ask, basic  # noqa: E402

SECRET = "s3cret"


def until_end(connection):
    """Everything that comes, and how it ends: "closed" or "reset"."""
    with connection:
        return Incoming(connection).rest()


class Live(support.Case):
    """A running helloscope, which is there for the next client whatever the last one said."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Scripted(greet)
        cls.addClassCleanup(cls.server.stop)
        cls.port = cls.server.port.to_bytes(2, "big")
        bound = socket.socket()  # nobody listens
        bound.bind(("127.0.0.1", 0))
        cls.addClassCleanup(bound.close)
        cls.closed = bound.getsockname()[1].to_bytes(2, "big")
        cls.logins = cls.folder / "logins"
        hashed = cls.run_program("openssl", "passwd", "-5", SECRET).stdout.decode()
        cls.logins.write_text(f"user:{hashed}")

    def talk(self, proxy, *pieces, leave=False):
        """Says it, and no more; what is answered until the end, and how that came."""
        connection = ask(proxy.port, b"")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for piece in pieces:
                connection.sendall(piece)
            if leave:
                connection.shutdown(socket.SHUT_WR)
        except OSError:  # it has closed before
            pass
        return until_end(connection)

    def check_alive(self, proxy, authorization=""):
        with ask(proxy.port, f"GET http://{self.server.at}/ HTTP/1.1\r\nHost: {self.server.at}\r\n"
                             f"{authorization}Connection: close\r\n\r\n".encode()) as connection:
            self.assertEqual(Incoming(connection).response().body, b"hello")
        told = proxy.end()
        self.assertNotIn("internal error", told)


OK5, NONE5 = b"\5\0", b"\5\xff"
HERE = b"\x7f\0\0\1"


def reply5(code):
    return b"\5%c\0\1\0\0\0\0\0\0" % code


def reply4(code):
    return b"\0%c\0\0\0\0\0\0" % code


class Socks(Live):
    def rows(self, proxy, rows):
        """Whole, and byte by byte, where the answer is the same; cut everywhere it is a part of it."""
        for name, request, answer in rows:
            with self.subTest(name):
                self.assertEqual(self.talk(proxy, request)[0], answer)
                if len(request) < 50:
                    self.assertEqual(self.talk(proxy, *(b"%c" % byte for byte in request))[0], answer)

    def test_socks5(self):
        proxy = self.proxy()
        hello, bind = b"\5\1\0", b"\5\2\0\1" + HERE + self.port
        self.rows(proxy, [
            ("no methods", b"\5\0", NONE5),
            ("unknown methods", b"\5\3\1\3\x80", NONE5),
            ("255 unknown methods", b"\5\xff" + b"\x7f" * 255, NONE5),
            ("a login nobody asked for", b"\5\1\2" + b"\1\4user\4pass" + bind, b"\5\2\1\0" + reply5(7)),
            ("an empty login", b"\5\1\2" + b"\1\0\0" + bind, b"\5\2\1\0" + reply5(7)),
            ("a login of another version", b"\5\1\2" + b"\5\4user\4pass", b"\5\2\1\1"),
            ("a request of another version", hello + b"\4\1\0\1" + HERE + self.port, OK5 + reply5(1)),
            ("BIND", hello + bind, OK5 + reply5(7)),
            ("UDP ASSOCIATE", hello + b"\5\3\0\1" + HERE + self.port, OK5 + reply5(7)),
            ("command 0", hello + b"\5\0\0\1" + HERE + self.port, OK5 + reply5(7)),
            ("command 255", hello + b"\5\xff\0\1" + HERE + self.port, OK5 + reply5(7)),
            ("address type 0", hello + b"\5\1\0\0" + HERE + self.port, OK5 + reply5(8)),
            ("address type 2", hello + b"\5\1\0\2" + HERE + self.port, OK5 + reply5(8)),
            ("address type 255", hello + b"\5\1\0\xff" + HERE + self.port, OK5 + reply5(8)),
            ("port 0", hello + b"\5\1\0\1" + HERE + b"\0\0", OK5 + reply5(1)),
            ("an empty name", hello + b"\5\1\0\3\0" + self.port, OK5 + reply5(1)),
            ("a name with a space", hello + b"\5\1\0\3\3a b" + self.port, OK5 + reply5(1)),
            ("a name with NUL", hello + b"\5\1\0\3\3a\0b" + self.port, OK5 + reply5(1)),
            ("a name with a line end", hello + b"\5\1\0\3\4a\r\nb" + self.port, OK5 + reply5(1)),
            ("a name of 255 bytes", hello + b"\5\1\0\3\xff" + b"a" * 255 + self.port, OK5 + reply5(1)),
            ("nobody listens", hello + b"\5\1\0\1" + HERE + self.closed, OK5 + reply5(5)),
            ("ourselves", hello + b"\5\1\0\1" + HERE + proxy.port.to_bytes(2, "big"), OK5 + reply5(1)),
        ])  # fmt: skip
        self.check_alive(proxy)

    def test_socks4(self):
        proxy = self.proxy()
        self.rows(proxy, [
            ("BIND", b"\4\2" + self.port + HERE + b"me\0", reply4(0x5B)),
            ("command 0", b"\4\0" + self.port + HERE + b"me\0", reply4(0x5B)),
            ("port 0", b"\4\1\0\0" + HERE + b"\0", reply4(0x5B)),
            ("a user of 256 bytes", b"\4\1" + self.port + HERE + b"u" * 256 + b"\0", reply4(0x5B)),
            ("a user without an end", b"\4\1" + self.port + HERE + b"u" * 1000, reply4(0x5B)),
            ("4a, an empty name", b"\4\1" + self.port + b"\0\0\0\1me\0\0", reply4(0x5B)),
            ("4a, a name with a space", b"\4\1" + self.port + b"\0\0\0\1me\0a b\0", reply4(0x5B)),
            ("4a, a name of 256 bytes", b"\4\1" + self.port + b"\0\0\0\1me\0" + b"a" * 256 + b"\0", reply4(0x5B)),
            ("4a, a name without an end", b"\4\1" + self.port + b"\0\0\0\1me\0" + b"a" * 1000, reply4(0x5B)),
            ("nobody listens", b"\4\1" + self.closed + HERE + b"\0", reply4(0x5B)),
            ("ourselves", b"\4\1" + proxy.port.to_bytes(2, "big") + HERE + b"\0", reply4(0x5B)),
        ])  # fmt: skip
        self.check_alive(proxy)

    def test_dialogues_that_end_early(self):
        """A client that leaves gets what it was due until then, and nothing else."""
        proxy = self.proxy()
        whole = b"\5\2\0\2" + b"\5\1\0\3\x0dregistry.test" + self.port
        for cut in range(1, len(whole)):
            self.assertEqual(self.talk(proxy, whole[:cut], leave=True), (OK5 if cut >= 4 else b"", "closed"), cut)
        login = b"\5\1\2\1\4user\4pass"
        for cut in range(1, len(login)):
            self.assertEqual(self.talk(proxy, login[:cut], leave=True), (b"\5\2" if cut >= 3 else b"", "closed"), cut)
        whole = b"\4\1" + self.port + b"\0\0\0\1me\0registry.test\0"
        for cut in range(1, len(whole)):
            self.assertEqual(self.talk(proxy, whole[:cut], leave=True), (b"", "closed"), cut)
        self.check_alive(proxy)
        self.assertLessEqual({flow.verdict for flow in proxy.flows().values()}, {None, "client-gave-up"})

    def test_dialogues_that_stop_half_way(self):
        proxy = self.proxy("--front-timeout", "0.3")
        for request, answer in ((b"\5", b""), (b"\5\2\0", b""), (b"\5\1\0", OK5), (b"\5\1\0\5\1\0\3", OK5),
                                (b"\5\1\2\1\4us", b"\5\2"), (b"\4", b""), (b"\4\1\0\0\0", b"")):  # fmt: skip
            with self.subTest(request):
                with ask(proxy.port, request) as connection:
                    self.assertEqual(Incoming(connection).rest()[0], answer)
        self.check_alive(proxy)
        timeouts = [flow.all("closed", leg="client")[0].get("error") for flow in proxy.flows().values()]
        self.assertEqual(timeouts[:-1], ["--front-timeout"] * 7)

    def test_logins(self):
        proxy = self.proxy("--proxy-auth", self.logins)
        request = b"\5\1\0\1" + HERE + self.closed
        self.rows(proxy, [
            ("none offered", b"\5\1\0", NONE5),
            ("none wanted, but offered first", b"\5\2\0\2\1\4user\6s3cret" + request, b"\5\2\1\0" + reply5(5)),
            ("right", b"\5\1\2\1\4user\6s3cret" + request, b"\5\2\1\0" + reply5(5)),
            ("wrong password", b"\5\1\2\1\4user\5wrong" + request, b"\5\2\1\1"),
            ("wrong user", b"\5\1\2\1\4resu\6s3cret" + request, b"\5\2\1\1"),
            ("half of the password", b"\5\1\2\1\4user\5s3cre" + request, b"\5\2\1\1"),
            ("NUL behind the password", b"\5\1\2\1\4user\7s3cret\0" + request, b"\5\2\1\1"),
            ("empty", b"\5\1\2\1\0\0" + request, b"\5\2\1\1"),
            ("no login but a request", b"\5\1\2" + request, b"\5\2\1\1"),
            ("SOCKS4", b"\4\1" + self.port + HERE + b"user\0", reply4(0x5B)),
            ("SOCKS4a", b"\4\1" + self.port + b"\0\0\0\1user\0registry.test\0", reply4(0x5B)),
        ])  # fmt: skip
        self.check_alive(proxy, f"Proxy-Authorization: Basic {basic('user', SECRET)}\r\n")
        self.assertNotIn(SECRET.encode(), proxy.recording.read_bytes() + proxy.err.read_bytes())


class Http(Live):
    def test_logins(self):
        proxy = self.proxy("--proxy-auth", self.logins)
        right = basic("user", SECRET)
        rows = [
            ("right", [f"Proxy-Authorization: Basic {right}"], 200),
            ("right, in small letters", [f"proxy-authorization: basic {right}"], 200),
            ("none", [], 407),
            ("for the server", [f"Authorization: Basic {right}"], 407),
            ("wrong password", [f"Proxy-Authorization: Basic {basic('user', 'wrong')}"], 407),
            ("wrong user", [f"Proxy-Authorization: Basic {basic('resu', SECRET)}"], 407),
            ("empty", ["Proxy-Authorization:"], 407),
            ("no credentials", ["Proxy-Authorization: Basic"], 407),
            ("no base64", ["Proxy-Authorization: Basic ????"], 407),
            ("no colon", ["Proxy-Authorization: Basic dXNlcg=="], 407),
            ("NUL behind the password", [f"Proxy-Authorization: Basic {basic('user', SECRET + chr(0))}"], 407),
            ("another scheme", [f"Proxy-Authorization: Bearer {right}"], 407),
            ("wrong, then right", [f"Proxy-Authorization: Basic {basic('user', 'wrong')}",
                                   f"Proxy-Authorization: Basic {right}"], 407),
        ]  # fmt: skip
        for name, fields, status in rows:
            for line in (f"CONNECT {self.server.at} HTTP/1.1", f"GET http://{self.server.at}/ HTTP/1.1"):
                with self.subTest(name, line=line):
                    head = "\r\n".join([line, f"Host: {self.server.at}", *fields, "", ""])
                    with ask(proxy.port, head.encode()) as connection:
                        answer = Incoming(connection).response(line.split()[0])
                    self.assertEqual(answer.status, status)
                    challenge = 'Basic realm="helloscope"' if status == 407 else None
                    self.assertEqual(answer.get("Proxy-Authenticate"), challenge)
        for request in self.server.requests:
            self.assertIsNone(request.get("Proxy-Authorization"))
        self.check_alive(proxy, f"Proxy-Authorization: Basic {right}\r\n")
        written = proxy.recording.read_bytes() + proxy.err.read_bytes()
        for secret in (SECRET, right, basic("user", "wrong")):
            self.assertNotIn(secret.encode(), written)

    def test_noise(self):
        """Dialogues that were right, with bytes changed, lost and repeated; and bytes of no sense."""
        seed = int(os.environ.get("SEED", "4711"))
        chance = random.Random(seed)
        known = [
            f"CONNECT {self.server.at} HTTP/1.1\r\nHost: {self.server.at}\r\n\r\nGET / HTTP/1.1\r\n\r\n".encode(),
            f"GET http://{self.server.at}/ HTTP/1.1\r\nHost: {self.server.at}\r\nConnection: close\r\n\r\n".encode(),
            f"POST http://{self.server.at}/ HTTP/1.1\r\nHost: {self.server.at}\r\n"
            "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n".encode(),
            b"\5\2\0\2" + b"\5\1\0\1" + HERE + self.port + b"GET / HTTP/1.1\r\n\r\n",
            b"\4\1" + self.port + HERE + b"me\0GET / HTTP/1.1\r\n\r\n",
            b"\x16\x03\x01\0\x2f\1\0\0\x2b\3\3" + bytes(range(32)) + b"\0\0\2\x13\1\1\0\0\0",
            b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\nGET / HTTP/1.1\r\n\r\n",
        ]
        proxy = self.proxy("--front-timeout", "2", "--connect-timeout", "2", "--resolve-timeout", "0.1",
                           "--noproxy", "", "--allow-from", "127.0.0.1")  # fmt: skip
        for number in range(300):
            noise = bytearray(chance.choice(known) if number % 4 else chance.randbytes(chance.randrange(2000)))
            for _ in range(chance.randrange(5)):
                at = chance.randrange(len(noise) + 1)
                noise[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
            self.talk(proxy, *(noise[at : at + 100] for at in range(0, len(noise), 100)), leave=True)
            proxy.alive()
        self.check_alive(proxy)


class Tls(Live):
    def start_tls(self, *words):
        return self.proxy("--certs", self.certs, *words, ways_in=["--listen-tls", "127.0.0.1:0"])

    def good(self, proxy):
        context = ssl.create_default_context(cafile=str(self.ca))
        with context.wrap_socket(ask(proxy.port, b""), server_hostname="registry.test") as connection:
            connection.sendall(f"GET http://{self.server.at}/ HTTP/1.1\r\nHost: {self.server.at}\r\n"
                               "Connection: close\r\n\r\n".encode())  # fmt: skip
            self.assertEqual(Incoming(connection).response().body, b"hello")

    def test_what_is_no_tls(self):
        proxy = self.start_tls()
        at = f"https://127.0.0.1:{proxy.port}"
        for request in (f"GET http://{self.server.at}/ HTTP/1.1\r\n\r\n".encode(),
                        f"CONNECT {self.server.at} HTTP/1.1\r\n\r\n".encode(), b"hello\r\n"):  # fmt: skip
            with self.subTest(request):
                answer, _ = self.talk(proxy, request)
                line = f"HTTP/1.1 400 this port speaks TLS to the proxy: set HTTPS_PROXY={at}\r\n"
                self.assertTrue(answer.startswith(line.encode()), answer)
        for request in (b"\5\1\0", b"\4\1" + self.port + HERE + b"\0", b"\0\1\2\3"):
            with self.subTest(request):
                self.talk(proxy, request, leave=True)
        self.good(proxy)
        self.assertIn(f"set HTTPS_PROXY={at}", proxy.end())

    def test_what_is_bad_tls(self):
        hello = b"\x16\x03\x01\0\x2f\1\0\0\x2b\3\3" + bytes(range(32)) + b"\0\0\2\x13\1\1\0\0\0"
        rows = [
            b"\x16\x03\x01\0\x10" + bytes(range(16)),
            b"\x16\x03\x01\xff\xff" + bytes(1000),
            b"\x16\x03\x01\0\0" * 50,
            b"\x16\x03\x01" + b"\xff" * 20000,
            b"\x16\x03\x09\0\1\1",
            b"\x15\x03\x01\0\2\2\x28",
            b"\x80\x2e\1\0\2\0\x15\0\0\0\x10" + bytes(37),  # SSLv2
            hello[:-1] + b"\xff",
            hello,  # TLS 1.2 with a suite of 1.3 alone
        ] + [hello[:cut] for cut in (1, 2, 5, 6, 20, len(hello) - 1)]
        proxy = self.start_tls()
        for request in rows:
            with self.subTest(request[:40]):
                answer, _ = self.talk(proxy, request, leave=True)
                self.assertIn(answer[:1], (b"", b"\x15", b"H"), answer)
        self.good(proxy)
        proxy.end()
        flows = list(proxy.flows().values())
        self.assertEqual(len(flows), len(rows) + 1)
        for flow, request in zip(flows, rows):
            with self.subTest(request[:40]):
                self.assertEqual(flow.all("connecting"), [])
                self.assertTrue(flow.all("closed", leg="client"))

    def test_clients_that_want_something_else(self):
        proxy = self.start_tls()

        def h2_only(context):
            context.set_alpn_protocols(["h2"])

        def old(context):
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.set_ciphers("ALL:@SECLEVEL=0")

        for configure, reason in ((h2_only, "(?i)no application protocol"),
                                  (old, "PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL")):  # fmt: skip
            with self.subTest(configure.__name__):
                context = ssl.create_default_context(cafile=str(self.ca))
                configure(context)
                with self.assertRaisesRegex(ssl.SSLError, reason):
                    context.wrap_socket(ask(proxy.port, b""), server_hostname="registry.test")
        with self.subTest("does not trust us"), self.assertRaises(ssl.SSLCertVerificationError):
            ssl.create_default_context().wrap_socket(ask(proxy.port, b""), server_hostname="registry.test")
        self.good(proxy)
        told = proxy.end()
        errors = [flow.one("answered")["reason"] for flow in list(proxy.flows().values())[:3]]
        for error in errors:
            self.assertTrue(error.startswith("TLS to the proxy failed: "), error)
            self.assertIn(error, told)
        self.assertIn("unknown CA", errors[2])

    def test_half_a_hello_waits_no_longer_than_a_request_may(self):
        proxy = self.start_tls("--front-timeout", "0.3")
        for request in (b"", b"\x16", b"\x16\x03\x01\0\x2f\1\0"):
            with self.subTest(request), ask(proxy.port, request) as connection:
                self.assertEqual(Incoming(connection).rest()[0], b"")
        self.good(proxy)
        proxy.end()


if __name__ == "__main__":
    support.need("openssl")
    unittest.main(verbosity=2)
