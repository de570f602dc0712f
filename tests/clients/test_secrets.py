#!/usr/bin/env python3
"""What is secret stays with the client and the server. A secret is sent in every place that helloscope
reads, a different one in each, and none may be found in what helloscope writes.

usage: test_secrets.py HELLOSCOPE [unittest arguments]
"""
import base64
import os
import re
import socket
import socketserver
import threading
import urllib.parse

import support
from support import basic


def new_secret():
    return "Sesame" + os.urandom(8).hex()


def forms(secret):
    """How it could be found: as it is, in hex, percent-encoded, and within base64 of a longer text."""
    raw = secret.encode()
    percent = "".join(f"%{byte:02x}" for byte in raw)
    out = {secret, secret[::-1], raw.hex(), raw.hex(" "), raw.hex(":"), percent}
    out |= {one.upper() for one in (raw.hex(), raw.hex(" "), raw.hex(":"), percent)}
    for before in range(3):  # the characters that only the secret's own bytes make
        whole = base64.b64encode(bytes(before) + raw).decode().rstrip("=")
        out.add(whole[-(-before * 8 // 6) : len(whole) - 1])
    return [one.encode() for one in out]


def holds(written, secret):
    """What of the secret is in `written`; half of it would do."""
    return [form for form in forms(secret) + forms(secret[: len(secret) // 2 + 1]) if form in written]


class Answering(socketserver.ThreadingTCPServer):
    """A server without TLS: reads a request that has been forwarded, or to the end of a tunnel, then
    answers with a secret of its own."""

    daemon_threads = True

    def __init__(self):
        self.got, self.secret = [], new_secret()
        super().__init__(("127.0.0.1", 0), None)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def finish_request(self, request, _):
        with request.makefile("rb") as stream:
            got = line = stream.readline()
            while b" HTTP/1.1\r\n" in got and line not in (b"", b"\r\n"):
                line = stream.readline()
                got += line
            if b"\r\nVia: " in got:
                length = re.search(rb"\r\nContent-Length: (\d+)", got)
                got += stream.read(int(length[1]) if length else 0)
            else:
                got += stream.read()
            self.got.append(got)
        request.sendall(f"HTTP/1.1 200 OK\r\nSet-Cookie: {self.secret}\r\n\r\n{self.secret}".encode())


def finish(connection):
    """Sends an end, and reads to the end."""
    connection.shutdown(socket.SHUT_WR)
    return read_all(connection)


def read_all(connection):
    with connection, connection.makefile("rb") as stream:
        return stream.read()


CONNECT = "CONNECT plain.test:80 HTTP/1.1\r\nHost: plain.test:80\r\n"


def socks5(secret):
    word = secret.encode()
    login = bytes([1, 4]) + b"user" + bytes([len(word)]) + word
    return b"\x05\x02\x00\x02" + login + b"\x05\x01\x00\x03\x0aplain.test\x00\x50"


def proxy_v2(secret):
    """PROXY protocol 2 with a PP2_TYPE_AUTHORITY."""
    name = secret.encode()
    more = b"\x02" + len(name).to_bytes(2, "big") + name
    ends = bytes([127, 0, 0, 1] * 2 + [4, 210, 0, 80])
    return (b"\r\n\r\n\x00\r\nQUIT\n\x21\x11" + (len(ends) + len(more)).to_bytes(2, "big") + ends + more
            + CONNECT.encode() + b"\r\n")  # fmt: skip


# What the client says to helloscope itself: {s} is the secret, {p} the same percent-encoded, {b} in
# an Authorization header. Functions make bytes of it.
SAID = {
    "proxy-authorization": CONNECT + "Proxy-Authorization: Basic {b}\r\n\r\n",
    "any field": CONNECT + "X-Token: {s}\r\nCookie: id={s}\r\nAuthorization: Bearer {s}\r\n\r\n",
    "a folded field": CONNECT + "X-Token: a\r\n {s}\r\n\r\n",
    "a field without colon": CONNECT + "{s}\r\n\r\n",
    "userinfo of CONNECT": "CONNECT user:{s}@plain.test:80 HTTP/1.1\r\nHost: u:{s}@plain.test\r\n\r\n",
    "port of CONNECT": "CONNECT plain.test:{s} HTTP/1.1\r\nHost: plain.test:80\r\n\r\n",
    "absolute form": "GET http://user:{s}@plain.test/a?token={s}&p={p}#{s} HTTP/1.1\r\n"
    "Host: plain.test\r\nCookie: {s}\r\nAuthorization: Basic {b}\r\nReferer: http://x/{s}\r\n\r\n",
    "a query": "GET http://plain.test/a?token={s}&p={p} HTTP/1.1\r\nHost: plain.test\r\n"
    "Cookie: {s}\r\nAuthorization: Basic {b}\r\nConnection: close\r\n\r\n",
    "body of a request": "POST http://plain.test/ HTTP/1.1\r\nHost: plain.test\r\n"
    "Content-Length: 44\r\nConnection: close\r\n\r\n{s}{s}",
    "behind a body": "POST http://plain.test/ HTTP/1.1\r\nHost: plain.test\r\n"
    "Content-Length: 24\r\n\r\n{s}{s}",
    "origin form": "GET /?{p} HTTP/1.1\r\nHost: plain.test\r\nAuthorization: {s}\r\n\r\n",
    "unknown method": "{s} http://plain.test/ HTTP/1.1\r\nHost: plain.test\r\n"
    "Connection: close\r\n\r\n",
    "unknown version": "GET http://plain.test/?{s} {s}\r\n\r\n",
    "a line": "PASS {s}\r\n",
    "half a head": CONNECT + "Authorization: {s}",
    "a long head": CONNECT + "Cookie: " + "{s}" * 4_000 + "\r\n\r\n",
    "http/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{s}",
    "garbage": lambda secret: b"\x00\x01\xfe" + secret.encode() + b"\xff" * 40 + secret.encode(),
    "socks5": socks5,
    "socks4": lambda secret: b"\x04\x01\x00\x50\x7f\x00\x00\x01" + secret.encode() + b"\x00",
    "proxy v1": "PROXY TCP4 127.0.0.1 127.0.0.1 {s} 80\r\n" + CONNECT + "\r\n",
    "proxy v2": proxy_v2,
    "behind a TLS record": lambda secret: b"\x15\x03\x01\x00\x02\x02\x28" + secret.encode() * 3,
}
# What passes a tunnel that is no TLS, or not for long.
IN_A_TUNNEL = {
    "head and body": "POST /{s}?{s} HTTP/1.1\r\nCookie: {s}\r\nAuthorization: Basic {b}\r\n\r\n{s}",
    "one line": "{s}\n",
    "a bulk": "{s}\n" * 20_000,
    "behind a TLS alert": lambda secret: b"\x15\x03\x01\x00\x02\x02\x28" + secret.encode() * 3,
    "data before a handshake": lambda secret: b"\x17\x03\x03\x00\x16" + secret.encode(),
    "ssh": "SSH-2.0-client\r\n{s}",
}


def made_of(what, secret):
    if callable(what):
        return what(secret)
    percent = "".join(f"%{ord(letter):02X}" for letter in secret)
    return what.format(s=secret, b=basic("user", secret), p=percent).encode()


class Secrets(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = Answering()
        cls.addClassCleanup(cls.plain.server_close)
        cls.addClassCleanup(cls.plain.shutdown)
        port = cls.serve()
        cls.connect_to = ["--connect-to", f"registry.test:443:127.0.0.1:{port}", "--connect-to",
                          f"plain.test:80:127.0.0.1:{cls.plain.server_address[1]}"]  # fmt: skip

    def send_all(self, port):
        """Everything through the proxy at `port`; {place: secret}."""
        sent = {}

        def secret_of(place):
            return sent.setdefault(place, new_secret())

        for place, what in SAID.items():
            said = made_of(what, secret_of(place))
            if b"\r\nConnection: close\r\n" in said:
                answer = read_all(support.ask(port, said))
                self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
                self.assertIn(self.plain.secret.encode(), answer)
                self.assertIn(secret_of(place).encode(), self.plain.got[-1])
            else:
                finish(support.ask(port, said))
        for place, what in IN_A_TUNNEL.items():
            for early in (True, False):
                body = made_of(what, secret_of(f"{place}, early" if early else place))
                tunnel = support.connect_through(port, "plain.test:80", body if early else b"")
                if not early:
                    tunnel.sendall(body)
                answer = finish(tunnel)
                self.assertTrue(answer.endswith(self.plain.secret.encode()), answer)
                self.assertEqual(self.plain.got[-1], body)
        sent["from the server"] = self.plain.secret
        self.over_tls(port, secret_of("over TLS"), "1.2")
        self.over_tls(port, secret_of("over TLS 1.3"), "1.3")
        return sent

    def over_tls(self, port, secret, version):
        done = self.run_program(
            "curl", "-sS", "--cacert", self.ca, "--tls-max", version, "-x", f"http://127.0.0.1:{port}",
            "-U", f"user:{secret}", "--proxy-header", f"X-Proxy: {secret}", "-u", f"me:{secret}",
            "-b", secret, "-H", f"X-Token: {secret}", "--data-binary", secret * 100,
            f"https://registry.test/echo?{secret}",
        )  # fmt: skip
        self.assertEqual(done.stdout.decode(), secret * 100)

    def check(self, sent, written):
        """`written`: {what helloscope wrote: its bytes}."""
        for name, content in written.items():
            self.assertTrue(content, name)
            for place, secret in sent.items():
                with self.subTest(place=place, where=name):
                    self.assertEqual(holds(content, secret), [])

    def reports(self, recording):
        rows = {"report": [], "report -v": ["-v"], "report --json": ["--json"]}
        return {name: self.helloscope("report", *words, recording).stdout for name, words in rows.items()}

    def test_nothing_secret_is_written(self):
        log = self.path("log")
        ways = {
            "text": ["-vv"],
            "json": ["-vv", "--log-format", "json", "--log-file", log, "--json"],
            "all records": ["--record-detail", "all"],
        }
        for way, words in ways.items():
            with self.subTest(way):
                proxy = self.proxy(*words, *self.connect_to)
                sent = self.send_all(proxy.port)
                proxy.end()
                written = self.reports(proxy.recording)
                written |= {"recording": proxy.recording.read_bytes(), "stdout": proxy.out.read_bytes(),
                            "stderr": proxy.err.read_bytes()}  # fmt: skip
                if way == "json":
                    written["log"] = log.read_bytes()
                self.assertEqual(len(proxy.flows()), len(sent) - 1)  # one is the server's
                self.check(sent, written)

    def test_nothing_of_a_command_or_of_the_environment_is_written(self):
        """The environment names a parent, which gets the password."""
        secret = new_secret()
        parent = self.proxy(*self.connect_to)
        recording = self.path("recording.pcapng")
        done = self.helloscope(
            "run", "-vv", "--record", recording, "--", "curl", "-sS", "--cacert", self.ca,
            f"https://me:{secret}@registry.test/bytes/9?{secret}",
            env=self.env | {"HTTPS_PROXY": f"http://user:{secret}@127.0.0.1:{parent.port}"},
        )  # fmt: skip
        self.assertEqual(len(done.stdout), 9)
        parent.end()
        (asked,) = (flow.one("requested") for flow in parent.flows().values())
        self.assertIn("Proxy-Authorization", [field["name"] for field in asked["headers"]])
        written = self.reports(recording) | {
            "stderr": done.stderr, "recording": recording.read_bytes(),
            "the parent's stderr": parent.err.read_bytes(),
            "the parent's recording": parent.recording.read_bytes(),
        }  # fmt: skip
        self.check({"the command and the environment": secret}, written)

    def test_no_login_is_written_whether_right_or_wrong(self):
        right, wrong = new_secret(), new_secret()
        hashed = self.run_program("openssl", "passwd", "-6", right).stdout.decode()
        users = self.path("users")
        users.write_text(f"user:{hashed}")
        proxy = self.proxy("-vv", "--listen-tls", "127.0.0.1:0", "--certs", self.certs, "--proxy-auth",
                           users, *self.connect_to)  # fmt: skip
        plain, tls = proxy.ports
        for way in (f"http://127.0.0.1:{plain}", f"https://registry.test:{tls}", f"socks5h://127.0.0.1:{plain}"):
            for password, count in ((right, 9), (wrong, 0)):
                done = self.run_program(
                    "curl", "-sS", "--cacert", self.ca, "--proxy-cacert", self.ca, "--resolve",
                    f"registry.test:{tls}:127.0.0.1", "-x", way, "-U", f"user:{password}",
                    "https://registry.test/bytes/9", status=None,
                )  # fmt: skip
                self.assertEqual(len(done.stdout), count)
        proxy.end()
        self.assertEqual(len(proxy.flows()), 6)
        written = self.reports(proxy.recording)
        written |= {"recording": proxy.recording.read_bytes(), "stderr": proxy.err.read_bytes()}
        self.check({"right": right, "wrong": wrong, "its hash": hashed.strip()}, written)

    def test_a_recording_of_everything_says_so_and_holds_it(self):
        proxy = self.proxy("--record-payload", "all", *self.connect_to)
        support.wait_for("the warning", lambda: re.search(
            r"warn\w* --record-payload all: the recording holds every byte", proxy.err.read_text()))
        sent = self.send_all(proxy.port)
        proxy.end()
        recording = proxy.recording.read_bytes()
        for place in [*IN_A_TUNNEL, "from the server"]:
            with self.subTest(place):
                self.assertTrue(holds(recording, sent[place]))
        written = self.reports(proxy.recording) | {"stderr": proxy.err.read_bytes()}
        self.check(sent, written)

    def test_a_secret_would_be_found(self):
        secret = new_secret()
        quoted = "".join(f"%{ord(letter):02X}" for letter in secret)
        self.assertEqual(urllib.parse.unquote(quoted), secret)
        hidden = [secret, quoted, secret.encode().hex()]
        hidden += [base64.b64encode((before + secret + "tail").encode()).decode()
                   for before in ("", "u", "us", "use", "user:")]  # fmt: skip
        for text in hidden:
            self.assertTrue(holds(f"in {text} here".encode(), secret), text)
        self.assertEqual(holds(b"nothing", secret), [])


if __name__ == "__main__":
    support.need("curl", "openssl")
    support.main()
