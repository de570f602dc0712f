#!/usr/bin/env python3
"""Which addresses may use helloscope (--allow-from), and by which it leaves (--source, --interface).

usage: test_addresses.py HELLOSCOPE [unittest arguments]
"""
import socket
import ssl
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "clients"))
import networks
import support
from http_wire import Incoming
from scripted import Scripted, response
from support import PATIENCE, basic

# client - proxy = server: two links lead to the server's own addresses, the first is preferred.
SERVER = {4: "10.77.9.9", 6: "fd77:9::9"}
CLIENT = {4: "10.77.1.2", 6: "fd77:1::2"}
NEAR = {4: "10.77.1.1", 6: "fd77:1::1"}


def tell_address(visit):
    """Answers each request with the address that it came from."""
    while visit.request():
        visit.send(response(body=visit.connection.getpeername()[0].encode()))


class Case(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client, cls.host, server = (
            networks.Host(name, cls.addClassCleanup) for name in ("client", "proxy", "server"))  # fmt: skip
        cls.host.link("near0", ["10.77.1.1/24", "fd77:1::1/64"],
                      cls.client, "up0", ["10.77.1.2/24", "fd77:1::2/64"])  # fmt: skip
        cls.host.link("far0", ["10.77.2.1/24", "10.77.2.11/24", "fd77:2::1/64"],
                      server, "down0", ["10.77.2.2/24", "fd77:2::2/64"])  # fmt: skip
        cls.host.ip("addr", "add", "fd77:2::11/64", "dev", "far0", "nodad", "preferred_lft", "0")
        cls.host.link("other0", ["10.77.3.1/24", "fd77:3::1/64"],
                      server, "other0", ["10.77.3.2/24", "fd77:3::2/64"])  # fmt: skip
        server.address("lo", *SERVER.values())
        for number in (2, 3):
            cls.host.route(SERVER[4], f"10.77.{number}.2", "metric", f"{number}")
            cls.host.route(SERVER[6], f"fd77:{number}::2", "metric", f"{number}")
        cls.servers = {family: server.call(lambda: Scripted(tell_address, address))
                       for family, address in SERVER.items()}  # fmt: skip
        for one in cls.servers.values():
            cls.addClassCleanup(one.stop)

    def start_proxy(self, *words, **options):
        return self.proxy(*words, before=self.host.inside, **options)

    def open(self, host, address, port, request):
        """What comes back from the proxy to somebody on that host."""
        connection = host.call(lambda: socket.create_connection((address, port), PATIENCE))
        self.addCleanup(connection.close)
        connection.sendall(request)
        return Incoming(connection)

    def connect(self, host, address, port, target, *fields):
        head = "\r\n".join([f"CONNECT {target} HTTP/1.1", f"Host: {target}", *fields, "", ""])
        incoming = self.open(host, address, port, head.encode())
        return incoming.response("CONNECT"), incoming


class WaysOut(Case):
    def seen(self, proxy, target):
        """The address that the server sees, by a tunnel and by a plain request."""
        answer, incoming = self.connect(self.host, "127.0.0.1", proxy.port, target)
        self.assertEqual(answer.status, 200, answer)
        incoming.connection.sendall(f"GET / HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        by_tunnel = incoming.response().body
        request = f"GET http://{target}/ HTTP/1.1\r\nHost: {target}\r\nConnection: close\r\n\r\n"
        plain = self.open(self.host, "127.0.0.1", proxy.port, request.encode()).response()
        self.assertEqual((plain.status, plain.body), (200, by_tunnel))
        return by_tunnel.decode()

    def test_the_server_sees_the_address_that_was_chosen(self):
        rows = [
            ([], {4: "10.77.2.1", 6: "fd77:2::1"}),
            (["--interface", "far0"], {4: "10.77.2.1", 6: "fd77:2::1"}),
            (["--interface", "other0"], {4: "10.77.3.1", 6: "fd77:3::1"}),
            (["--source", "10.77.2.11"], {4: "10.77.2.11"}),
            (["--source", "fd77:2::11"], {6: "fd77:2::11"}),
            (["--source", "10.77.3.1", "--interface", "other0"], {4: "10.77.3.1"}),
        ]
        for words, wanted in rows:
            with self.subTest(words):
                proxy = self.start_proxy(*words)
                for family, address in wanted.items():
                    self.assertEqual(self.seen(proxy, self.servers[family].at), address)
                proxy.end()
                for flow in proxy.flows().values():
                    self.assertIsNone(flow.verdict)
                    self.assertIn(flow.one("connected")["local"].rsplit(":", 1)[0].strip("[]"), wanted.values())

    def test_a_name_of_both_families_is_reached_by_the_one_that_the_source_has(self):
        addresses = f"[{SERVER[6]}],{SERVER[4]}"
        port = self.servers[4].port
        for source in ("10.77.2.11", "fd77:2::11"):
            with self.subTest(source):
                family = 6 if ":" in source else 4
                target, there = f"both.test:{port}", f"both.test:{self.servers[family].port}"
                proxy = self.start_proxy("--source", source, "--connect-to", f"{target}:{there}",
                                         "--resolve", f"{there}:{addresses}")  # fmt: skip
                self.assertEqual(self.seen(proxy, target), source)
                proxy.end()

    def test_what_cannot_be_had_is_told(self):
        v4, v6 = self.servers[4].at, self.servers[6].at
        rows = [
            (["--source", "10.88.0.1"], v4, "--source 10.88.0.1"),
            (["--source", "fd88::1"], v6, "--source fd88::1"),
            (["--source", "fd77:2::11"], v4, "--source fd77:2::11"),
            (["--source", "10.77.2.11"], v6, "--source 10.77.2.11"),
            (["--interface", "nowhere"], v4, "--interface nowhere"),
            (["--interface", "nowhere"], v6, "--interface nowhere"),
        ]
        for words, target, named in rows:
            with self.subTest(words, target=target):
                proxy = self.start_proxy(*words)
                answer, _ = self.connect(self.host, "127.0.0.1", proxy.port, target)
                self.assertEqual(answer.status, 500)  # as RFC 9209 recommends
                self.assertIn("error=proxy_configuration_error", answer.get("Proxy-Status"))
                self.assertIn(named, answer.reason)
                plain = self.open(self.host, "127.0.0.1", proxy.port,
                                  f"GET http://{target}/ HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())  # fmt: skip
                plain = plain.response()
                self.assertEqual((plain.status, plain.reason), (500, answer.reason))
                self.assertIn(named, proxy.end())
                for flow in proxy.flows().values():
                    self.assertIsNotNone(flow.verdict)


class WaysIn(Case):
    """Listeners that are not on loopback."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.logins = cls.folder / "logins"
        hashed = cls.run_program("openssl", "passwd", "-5", "s3cret").stdout.decode()
        cls.logins.write_text(f"user:{hashed}")
        cls.target = cls.servers[4].at

    def answers(self, host, address, port, login=None):
        """How each kind of client is answered: HTTP statuses, and the codes of SOCKS replies."""
        fields = [f"Proxy-Authorization: Basic {basic(*login)}"] if login else []
        tunnel, _ = self.connect(host, address, port, self.target, *fields)
        head = [f"GET http://{self.target}/ HTTP/1.1", f"Host: {self.target}", "Connection: close", *fields]
        plain = self.open(host, address, port, "\r\n".join([*head, "", ""]).encode()).response()
        server = [socket.inet_aton(SERVER[4]), self.servers[4].port.to_bytes(2, "big")]
        socks4 = self.open(host, address, port, b"\4\1" + server[1] + server[0] + b"me\0").exactly(8)
        socks5 = self.socks5(host, address, port, b"\5\1\0\1" + server[0] + server[1], login)
        return tunnel.status, plain.status, socks4[1], socks5

    def socks5(self, host, address, port, request, login):
        """The code of the reply, or that of the login that failed."""
        incoming = self.open(host, address, port, b"\5\1\2" if login else b"\5\1\0")
        method = incoming.exactly(2)[1]
        if method == 2:
            user, password = (one.encode() for one in login)
            incoming.connection.sendall(b"\1%c%s%c%s" % (len(user), user, len(password), password))
            if incoming.exactly(2)[1]:
                return "login"
        elif method:
            return "method"
        incoming.connection.sendall(request)
        return incoming.exactly(4)[1]

    yes, no = (200, 200, 0x5A, 0), (403, 403, 0x5B, 2)

    def check(self, rows, *words):
        """Rows of: who connects, to which address, with which login; how they are answered."""
        ways_in = ["--listen", "0.0.0.0:0", "--listen", "[::]:0"]
        proxy = self.start_proxy(*words, ways_in=ways_in)
        for host, address, login, wanted in rows:
            with self.subTest(words, address=address, login=login):
                port = proxy.ports[":" in address]
                self.assertEqual(self.answers(host, address, port, login=login), wanted)
        proxy.end()
        for flow in proxy.flows().values():
            self.assertIn(flow.verdict, (None, "front-refused"))

    def test_allow_from(self):
        stranger, near = "192.0.2.0/24,2001:db8::/32", "10.77.1.0/24,fd77:1::/64"
        rows = {
            (stranger,): (self.no, self.no),
            (near,): (self.yes, self.yes),
            (stranger, CLIENT[4]): (self.yes, self.no),
            (stranger, f"{CLIENT[6]}/128"): (self.no, self.yes),
            ("10.0.0.0/8",): (self.yes, self.no),
            ("0.0.0.0/0",): (self.yes, self.no),
            ("::/0",): (self.no, self.yes),
        }
        for lists, (by_v4, by_v6) in rows.items():
            words = sum((["--allow-from", one] for one in lists), [])
            self.check([
                (self.client, NEAR[4], None, by_v4), (self.client, NEAR[6], None, by_v6),
                (self.host, "127.0.0.1", None, self.yes), (self.host, "::1", None, self.yes),
            ], *words)  # fmt: skip

    def test_proxy_auth(self):
        """Loopback has to log in too."""
        unknown, wrong = (407, 407, 0x5B, "method"), (407, 407, 0x5B, "login")
        right = (200, 200, 0x5B, 0)  # SOCKS4 has no password
        self.check([
            (host, address, login, wanted)
            for host, address in ((self.client, NEAR[4]), (self.client, NEAR[6]), (self.host, "127.0.0.1"))
            for login, wanted in ((None, unknown), (("user", "wrong"), wrong), (("nobody", "s3cret"), wrong),
                                  (("user", ""), wrong), (("user", "s3cret"), right))
        ], "--proxy-auth", self.logins)  # fmt: skip

    def test_both_must_hold(self):
        right, wrong, login = (200, 200, 0x5B, 0), (407, 407, 0x5B, "login"), ("user", "s3cret")
        self.check([
            (self.client, NEAR[4], login, right), (self.client, NEAR[4], ("user", "wrong"), wrong),
            (self.client, NEAR[6], login, (403, 403, 0x5B, 2)), (self.host, "127.0.0.1", login, right),
        ], "--proxy-auth", self.logins, "--allow-from", CLIENT[4])  # fmt: skip

    def test_inside_tls(self):
        for allowed, wanted in ((CLIENT[4], self.yes[0]), ("192.0.2.1", self.no[0])):
            with self.subTest(allowed):
                proxy = self.start_proxy("--allow-from", allowed, "--certs", self.certs,
                                         ways_in=["--listen-tls", "0.0.0.0:0"])  # fmt: skip
                plain = self.client.call(lambda: socket.create_connection((NEAR[4], proxy.port), PATIENCE))
                context = ssl.create_default_context(cafile=str(self.ca))
                with context.wrap_socket(plain, server_hostname="registry.test") as connection:
                    connection.sendall(f"CONNECT {self.target} HTTP/1.1\r\n\r\n".encode())
                    self.assertEqual(Incoming(connection).response("CONNECT").status, wanted)
                proxy.end()

    def test_a_port_that_leads_to_one_server(self):
        """A client that may not is reset: it would understand no answer."""
        for allowed in (CLIENT[4], "192.0.2.1"):
            with self.subTest(allowed):
                proxy = self.start_proxy("--allow-from", allowed,
                                         ways_in=["--reverse", f"0.0.0.0:0={self.target}"])  # fmt: skip
                request = b"GET / HTTP/1.1\r\nHost: x.test\r\n\r\n"
                if allowed == CLIENT[4]:
                    answer = self.open(self.client, NEAR[4], proxy.port, request).response()
                    self.assertEqual(answer.body, b"10.77.2.1")
                else:
                    with self.assertRaises(ConnectionResetError):
                        self.open(self.client, NEAR[4], proxy.port, request).connection.recv(1)
                proxy.end()
                (flow,) = proxy.flows().values()
                self.assertEqual(flow.one("requested")["front"], "reverse")
                self.assertEqual(flow.verdict, None if allowed == CLIENT[4] else "front-refused")


if __name__ == "__main__":
    networks.need()
    support.need("openssl")
    support.main()
