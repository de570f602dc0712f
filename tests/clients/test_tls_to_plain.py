#!/usr/bin/env python3
"""A proxy set as https:// where http:// belongs: the client's error leads a search to the cause, and
helloscope says what to set. Bazelisk's part of it is in test_bazelisk.py.

usage: test_tls_to_plain.py HELLOSCOPE [unittest arguments]
"""
import socket
import ssl

import support


def hello(name):
    """A ClientHello, without a connection."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname=name).do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()


class TlsToPlain(support.Case):
    def check(self, proxy):
        report = proxy.end()
        (flow,) = proxy.flows().values()
        self.assertEqual((flow.verdict, flow.one("verdict")["certainty"]), ("tls-to-plain-proxy", "confirmed"))
        self.assertEqual((flow.one("requested")["front"], flow.one("answered")["status"]), ("tls", 400))
        self.assertEqual(flow.all("connecting"), [])
        remedies = [one["command"] for one in flow.one("verdict")["remedies"]]
        self.assertEqual(remedies, [f"export HTTPS_PROXY={proxy.url}"])
        self.assertIn(remedies[0], report)

    def test_curl_says_wrong_version_number(self):
        for how in ("option", "environment"):
            with self.subTest(how):
                proxy = self.proxy()
                url = f"https://127.0.0.1:{proxy.port}"
                words, env = ["-x", url], self.env
                if how == "environment":
                    words, env = [], self.env | {"HTTPS_PROXY": url}
                done = self.run_program(
                    "curl", "-sS", *words, "https://registry.test/", status=35, env=env
                )
                self.assertIn("wrong version number", done.stderr.decode())
                self.check(proxy)

    def test_the_answer_is_plain_text_and_comes_whole(self):
        proxy = self.proxy()
        for reads in ("at once", "after it has sent more"):
            with self.subTest(reads):
                connection = support.ask(proxy.port, hello("registry.test"))
                if reads != "at once":
                    connection.sendall(b"\x14\x03\x03\x00\x01\x01" + bytes(50_000))
                connection.shutdown(socket.SHUT_WR)
                with connection, connection.makefile("rb") as answer:
                    lines = answer.read().split(b"\r\n")
                wanted = f"HTTP/1.1 400 this port speaks plain HTTP: set HTTPS_PROXY={proxy.url}"
                self.assertEqual(lines[0].decode(), wanted)
                self.assertIn(b"Connection: close", lines)
        proxy.end()
        verdicts = [flow.verdict for flow in proxy.flows().values()]
        self.assertEqual(verdicts, ["tls-to-plain-proxy"] * 2)

    def test_a_hello_byte_by_byte_is_known_too(self):
        proxy = self.proxy()
        connection = support.ask(proxy.port, b"")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in hello("registry.test")[:6]:
            connection.sendall(bytes([byte]))
        connection.shutdown(socket.SHUT_WR)
        with connection, connection.makefile("rb") as answer:
            self.assertTrue(answer.read().startswith(b"HTTP/1.1 400 this port speaks plain HTTP"))
        self.check(proxy)


if __name__ == "__main__":
    support.need("curl")
    support.main()
