#!/usr/bin/env python3
"""The PROXY protocol, to servers and from load balancers: nginx, HAProxy and curl as the peers.

usage: test_haproxy.py HELLOSCOPE [unittest arguments]
"""
import socket
import struct

import support
from http_wire import Incoming
from peers import Haproxy, PlainNginx, free_port
from support import PATIENCE, wait_for

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def v2(command, family, addresses, version=2):
    return SIGNATURE + struct.pack("!BBH", version << 4 | command, family, len(addresses)) + addresses


def ipv4(source, destination, source_port, destination_port):
    ports = struct.pack("!HH", source_port, destination_port)
    return socket.inet_aton(source) + socket.inet_aton(destination) + ports


def ipv6(source, destination, source_port, destination_port):
    source, destination = (socket.inet_pton(socket.AF_INET6, one) for one in (source, destination))
    return source + destination + struct.pack("!HH", source_port, destination_port)


class Case(support.Case):
    """nginx wants a header, at `tls` and at `plain`; what it was told is what it answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tls, cls.plain = free_port(), free_port()
        told = "$proxy_protocol_addr $proxy_protocol_port $proxy_protocol_server_addr $proxy_protocol_server_port"
        cls.start(PlainNginx(cls, f"""
            listen 127.0.0.1:{cls.tls} ssl proxy_protocol;
            listen 127.0.0.1:{cls.plain} proxy_protocol;
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_certificate {cls.certs}/leaf.pem; ssl_certificate_key {cls.certs}/leaf.key;
            location / {{ return 200 "{told}"; }}
        """))
        cls.to_server = ["--resolve", f"registry.test:{cls.tls}:127.0.0.1",
                         "--resolve", f"registry.test:{cls.plain}:127.0.0.1"]  # fmt: skip
        cls.urls = [f"https://registry.test:{cls.tls}/", f"http://registry.test:{cls.plain}/"]

    def curl(self, *words, **options):
        """What was answered, and curl's own address."""
        done = self.run_program(
            "curl", "-sS", "--max-time", PATIENCE, "--cacert", self.ca,
            "-w", " %{local_ip} %{local_port}", *words, **options,
        )  # fmt: skip
        told = done.stdout.decode().split()
        return told[:-2], told[-2:]

    def standing(self, *words, ways_in=("--listen", "127.0.0.1:0")):
        return self.proxy(*words, *self.to_server, ways_in=ways_in)

    def haproxy(self, words, port):
        """One that hands on to this port of helloscope. That it listens is known by a connection,
        which is a flow without a request."""
        peer = Haproxy(self, f"""
            listen front
            bind 127.0.0.1:{{port}}
            bind [::1]:{{port}}
            server helloscope 127.0.0.1:{port} {words}
        """)
        self.addCleanup(peer.stop)
        return peer

    def the_flow(self, proxy, event="connected"):
        """That of which there is such an event."""
        proxy.end()
        (flow,) = (one for one in proxy.flows().values() if one.all(event))
        return flow


def endpoint(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


class Sent(Case):
    def test_nginx_learns_who_the_client_is(self):
        for version in (1, 2):
            proxy = self.standing("--haproxy-protocol", f"v{version}")
            at, clients = ("127.0.0.1", proxy.port), []
            for words in (["-x", "http://{}"], ["-x", "socks5h://{}"], ["-p", "-x", "http://{}"],
                          ["-x", "socks4a://{}"]):  # fmt: skip
                for url in self.urls:
                    with self.subTest(version=version, words=words, url=url):
                        told, mine = self.curl(*(word.format(endpoint(*at)) for word in words), url)
                        self.assertEqual(told, [*mine, "127.0.0.1", str(proxy.port)])
                        clients.append(mine)
            proxy.end()
            flows = list(proxy.flows().values())
            self.assertEqual(len(flows), len(clients))
            for flow, mine in zip(flows, clients):
                self.check_sent(flow, version, mine, at)

    def check_sent(self, flow, version, source, destination):
        sent = flow.one("proxy_protocol", leg="server")
        self.assertEqual((sent["version"], sent["source"], sent["destination"]),
                         (version, endpoint(*source), endpoint(*destination)))  # fmt: skip
        self.assertIsNone(flow.verdict)
        if flow.all("record"):
            self.assertEqual((flow.sni, flow.version), ("registry.test", "1.3"))

    def test_over_ipv6(self):
        for version in (1, 2):
            with self.subTest(version):
                proxy = self.standing("--haproxy-protocol", f"v{version}", ways_in=["--listen", "[::1]:0"])
                told, mine = self.curl("-x", f"http://[::1]:{proxy.port}", self.urls[0])
                self.assertEqual(told, [*mine, "::1", str(proxy.port)])
                self.check_sent(self.the_flow(proxy), version, mine, ("::1", proxy.port))

    def test_through_a_port_that_leads_to_one_server(self):
        for address in ("127.0.0.1", "::1"):
            with self.subTest(address):
                proxy = self.standing("--haproxy-protocol", "v2", ways_in=[
                    "--reverse", f"{endpoint(address, 0)}=registry.test:{self.tls}"])  # fmt: skip
                to = f"registry.test:443:{endpoint(address, proxy.port)}"
                told, mine = self.curl("--connect-to", to, "https://registry.test/")
                self.assertEqual(told, [*mine, address, str(proxy.port)])
                self.check_sent(self.the_flow(proxy), 2, mine, (address, proxy.port))

    def test_several_requests_of_one_client_each_with_its_header(self):
        """A plain request after another goes by a connection of its own if it has to; the server is
        told of the same client."""
        proxy = self.standing("--haproxy-protocol", "v1")
        told, mine = self.curl("-x", proxy.url, self.urls[1], self.urls[1], self.urls[1])
        proxy.end()
        address, port = mine
        self.assertEqual(" ".join(told).count(f"{address} {port} 127.0.0.1 {proxy.port}"), 3, told)

    def test_behind_a_parent_the_server_gets_it_and_the_parent_does_not(self):
        for url in self.urls:
            with self.subTest(url):
                parent = self.standing("--via", "direct")
                proxy = self.standing("--haproxy-protocol", "v2", "--via", parent.url)
                told, mine = self.curl("-x", proxy.url, url)
                self.assertEqual(told, [*mine, "127.0.0.1", str(proxy.port)])
                self.check_sent(self.the_flow(proxy), 2, mine, ("127.0.0.1", proxy.port))
                self.assertEqual(self.the_flow(parent).one("requested")["front"], "connect")

    def test_haproxy_learns_who_the_client_is(self):
        peer = Haproxy(self, """
            frontend told
            mode http
            bind 127.0.0.1:{port} accept-proxy
            http-request return status 200 content-type text/plain lf-string "%[src] %[src_port] %[dst] %[dst_port]"
        """)
        self.addCleanup(peer.stop)
        for version in ("v1", "v2"):
            with self.subTest(version):
                proxy = self.standing("--haproxy-protocol", version)
                told, mine = self.curl("-x", proxy.url, f"http://127.0.0.1:{peer.port}/")
                self.assertEqual(told, [*mine, "127.0.0.1", str(proxy.port)])
                proxy.end()


class Accepted(Case):
    """From HAProxy, which says `send-proxy` or `send-proxy-v2`."""

    def check_told(self, flow, version, mine, destination):
        event = flow.one("proxy_protocol", leg="client")
        self.assertEqual((event["version"], event["source"], event["destination"]),
                         (version, endpoint(*mine), endpoint(*destination)))  # fmt: skip
        self.assertNotEqual(flow.one("flow_opened")["client"], event["source"])
        self.assertIsNone(flow.verdict)

    def test_by_a_proxy_port(self):
        for version, words in ((1, "send-proxy"), (2, "send-proxy-v2")):
            # The server wants a header too: it learns of curl, not of HAProxy.
            proxy = self.standing("--accept-haproxy-protocol", "--haproxy-protocol", "v1")
            peer = self.haproxy(words, proxy.port)
            clients = []
            for scheme in ("http", "socks4a", "socks5h"):
                for url in self.urls:
                    with self.subTest(words, scheme=scheme, url=url):
                        told, mine = self.curl("-x", f"{scheme}://{peer.at}", url)
                        self.assertEqual(told[:2], mine)
                        clients.append(mine)
            proxy.end()
            flows = [flow for flow in proxy.flows().values() if flow.all("connected")]
            self.assertEqual(len(flows), len(clients))
            for flow, mine in zip(flows, clients):
                self.check_told(flow, version, mine, ("127.0.0.1", peer.port))

    def test_by_a_port_that_leads_to_one_server(self):
        for version, words in ((1, "send-proxy"), (2, "send-proxy-v2")):
            with self.subTest(words):
                proxy = self.standing("--accept-haproxy-protocol", "--haproxy-protocol", "v2",
                                      ways_in=["--reverse", f"registry.test:{self.tls}"])  # fmt: skip
                peer = self.haproxy(words, proxy.port)
                to = f"registry.test:443:{peer.at}"
                told, mine = self.curl("--connect-to", to, "https://registry.test/")
                self.assertEqual(told[:2], mine)
                flow = self.the_flow(proxy, "record")
                self.check_told(flow, version, mine, ("127.0.0.1", peer.port))
                self.assertEqual((flow.one("requested")["front"], flow.sni), ("reverse", "registry.test"))

    def test_by_a_tls_port(self):
        for version, words in ((1, "send-proxy"), (2, "send-proxy-v2")):
            with self.subTest(words):
                proxy = self.standing("--accept-haproxy-protocol", "--haproxy-protocol", "v2", "--certs",
                                      self.certs, ways_in=["--listen-tls", "127.0.0.1:0"])  # fmt: skip
                peer = self.haproxy(words, proxy.port)
                told, mine = self.curl("-x", f"https://{peer.at}", "--proxy-insecure", self.urls[0])
                self.assertEqual(told[:2], mine)
                self.check_told(self.the_flow(proxy), version, mine, ("127.0.0.1", peer.port))

    def test_a_client_of_the_other_family_is_told_of_too(self):
        """HAProxy is asked by IPv6 and asks us by IPv4."""
        for words in ("send-proxy", "send-proxy-v2"):
            with self.subTest(words):
                proxy = self.standing("--accept-haproxy-protocol", "--haproxy-protocol", "v2")
                peer = self.haproxy(words, proxy.port)
                told, mine = self.curl("-x", f"http://[::1]:{peer.port}", self.urls[0])
                flow = self.the_flow(proxy)
                self.assertEqual(flow.one("proxy_protocol", leg="client")["source"], endpoint(*mine))
                self.assertEqual(told[:2], mine)

    def test_curl_says_it_itself(self):
        proxy = self.standing("--accept-haproxy-protocol", "--haproxy-protocol", "v1",
                              ways_in=["--reverse", f"registry.test:{self.tls}"])  # fmt: skip
        to = f"registry.test:443:127.0.0.1:{proxy.port}"
        told, mine = self.curl("--haproxy-protocol", "--connect-to", to, "https://registry.test/")
        self.assertEqual(told[:2], mine)
        event = self.the_flow(proxy).one("proxy_protocol", leg="client")
        self.assertEqual((event["version"], event["source"], event["destination"]),
                         (1, endpoint(*mine), f"127.0.0.1:{proxy.port}"))  # fmt: skip

    def test_what_a_header_may_say(self):
        """Whole or byte by byte; one that names nobody leaves the connection's own addresses."""
        t4 = ipv4("192.0.2.7", "192.0.2.8", 51000, 443)
        t6 = ipv6("2001:db8::7", "2001:db8::8", 51000, 443)
        rows = [
            (b"PROXY TCP4 192.0.2.7 192.0.2.8 51000 443\r\n", "192.0.2.7:51000"),
            (b"PROXY TCP6 2001:db8::7 2001:db8::8 51000 443\r\n", "[2001:db8::7]:51000"),
            (b"PROXY UNKNOWN\r\n", None),
            (b"PROXY UNKNOWN what ever comes\r\n", None),
            (v2(1, 0x11, t4), "192.0.2.7:51000"),
            (v2(1, 0x21, t6), "[2001:db8::7]:51000"),
            (v2(1, 0x11, t4 + b"\4\0\1x"), "192.0.2.7:51000"),  # with a TLV behind
            (v2(0, 0x11, t4), None),  # LOCAL
            (v2(0, 0, b""), None),
            (v2(1, 0, b""), None),
        ]
        target = f"registry.test:{self.plain}"
        request = f"GET http://{target}/ HTTP/1.1\r\nHost: {target}\r\nConnection: close\r\n\r\n".encode()
        proxy = self.standing("--accept-haproxy-protocol", "--haproxy-protocol", "v2")
        for header, source in rows:
            for pieces in ([header + request], [header, request], [b"%c" % one for one in header + request]):
                with self.subTest(header, pieces=len(pieces)), support.ask(proxy.port, b"") as connection:
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    mine = endpoint(*connection.getsockname())
                    for piece in pieces:
                        connection.sendall(piece)
                    answer = Incoming(connection).response()
                    self.assertEqual(answer.status, 200)
                    address, port, _, _ = answer.body.decode().split()
                    self.assertEqual(endpoint(address, port), source or mine)
        proxy.end()
        flows = list(proxy.flows().values())
        self.assertEqual(len(flows), 3 * len(rows))
        for number, flow in enumerate(flows):
            event = flow.one("proxy_protocol", leg="client")
            self.assertEqual((event.get("source"), flow.verdict), (rows[number // 3][1], None))


class Refused(Case):
    def test_whoever_sends_no_header_is_reset(self):
        good = ipv4("192.0.2.7", "192.0.2.8", 51000, 443)
        rows = [
            b"GET http://registry.test/ HTTP/1.1\r\nHost: registry.test\r\n\r\n",
            b"CONNECT registry.test:443 HTTP/1.1\r\n\r\n",
            b"\5\1\0",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"PROXY TCP4 192.0.2.7 192.0.2.8 51000\r\n",
            b"PROXY TCP4 2001:db8::7 2001:db8::8 51000 443\r\n",
            b"PROXY TCP4 192.0.2.7 192.0.2.8 51000 99999\r\n",
            b"PROXY TCP4 192.0.2.7 192.0.2.8 51000 443 \r\n",
            b"PROXY TCP5 192.0.2.7 192.0.2.8 51000 443\r\n",
            b"PROXY TCP4 192.0.2.7 192.0.2.8 51000 443\n\n",
            b"proxy TCP4 192.0.2.7 192.0.2.8 51000 443\r\n",
            b"PROXY " + b"x" * 120,
            v2(1, 0x11, good[:-1]),
            v2(1, 0x21, good),
            v2(1, 0x12, good),  # UDP
            v2(1, 0x31, b"\0" * 216),  # a UNIX socket
            v2(2, 0x11, good),
            v2(1, 0x11, good, version=1),
            SIGNATURE + b"\x21\x11\xff\xff" + good,
        ]
        for words, ways_in in (([], ["--listen", "127.0.0.1:0"]),
                               ([], ["--reverse", f"registry.test:{self.plain}"]),
                               (["--certs", self.certs], ["--listen-tls", "127.0.0.1:0"])):  # fmt: skip
            proxy = self.standing("--accept-haproxy-protocol", *words, ways_in=ways_in)
            for content in rows:
                with self.subTest(ways_in=ways_in[0], content=content):
                    with support.ask(proxy.port, content) as connection:
                        with self.assertRaises(ConnectionResetError):
                            self.assertEqual(connection.recv(100), b"never")
            told = proxy.end()
            flows = list(proxy.flows().values())
            self.assertEqual(len(flows), len(rows))
            for flow, content in zip(flows, rows):
                with self.subTest(ways_in=ways_in[0], content=content):
                    closed = flow.one("closed", leg="client")
                    self.assertEqual((closed["by"], closed["how"]), ("helloscope", "rst"))
                    reason = flow.one("answered")["reason"]
                    self.assertTrue(reason.startswith(
                        "the connection does not begin with a PROXY protocol header"), reason)  # fmt: skip
                    self.assertEqual(flow.all("connecting"), [])
                    self.assertEqual(flow.verdict, "front-refused")
            self.assertIn("--accept-haproxy-protocol", told)

    def test_half_a_header_waits_no_longer_than_a_request_may(self):
        header = b"PROXY TCP4 192.0.2.7 192.0.2.8 51000 443\r\n"
        proxy = self.standing("--accept-haproxy-protocol", "--front-timeout", "0.3")
        for content in (b"", header[:5], header[:-1], SIGNATURE, SIGNATURE[:1]):
            with self.subTest(content):
                with support.ask(proxy.port, content) as connection:
                    Incoming(connection).rest()
        # A client that leaves is nobody's fault.
        support.ask(proxy.port, header[:9]).close()
        ended = "flows of which the last one left"
        wait_for(ended, lambda: proxy.alive() or proxy.recording.read_bytes().count(b'"flow_closed"') >= 6)
        proxy.end()
        flows = list(proxy.flows().values())
        self.assertEqual([flow.all("closed", leg="client")[0].get("error") for flow in flows],
                         ["--front-timeout"] * 5 + [None])  # fmt: skip

    def test_a_header_that_was_not_expected_is_answered_with_what_to_do(self):
        header = v2(1, 0x11, ipv4("192.0.2.7", "192.0.2.8", 51000, 443))
        for content in (b"PROXY TCP4 192.0.2.7 192.0.2.8 51000 443\r\n", header):
            with self.subTest(content):
                proxy = self.standing()
                with support.ask(proxy.port, content + b"GET http://x.test/ HTTP/1.1\r\n\r\n") as connection:
                    answer = Incoming(connection).response()
                self.assertEqual(answer.status, 400)
                self.assertIn("--accept-haproxy-protocol", answer.reason)
                proxy.end()
                self.assertEqual([flow.verdict for flow in proxy.flows().values()], ["front-refused"])


if __name__ == "__main__":
    support.need("curl", "nginx", "haproxy")
    support.main()
