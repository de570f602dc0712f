#!/usr/bin/env python3
"""Parent proxies that say exactly what a row says, most of it wrong; and which parent it is.

usage: test_parents_fail.py HELLOSCOPE [unittest arguments]
"""
import concurrent.futures
import socket

import support
from fake_parents import (
    NO_LOGIN, PASSWORD, REPLY, Failure, error, http_parent, says, socks_parent,
)  # fmt: skip
from parent_rows import BASIC, GREETINGS, HTTP, SOCKS
from parents import Parents
from scripted import Scripted
from support import basic


class Fake(Parents):
    """Parents that say exactly what a row says."""

    def asks(self, proxy, parent, scheme, rows):
        """Each row at both fronts, all of them beside each other."""

        def by_http(number):
            return self.connect(proxy.port, f"r{number}.test:443")[0]

        def by_socks(number):
            return self.socks5(proxy.port, f"r{number}.test:443")[0]

        with concurrent.futures.ThreadPoolExecutor(100) as pool:
            answers = list(pool.map(by_http, range(len(rows))))
            replies = list(pool.map(by_socks, range(len(rows))))
        flows = self.ended(proxy)
        for number, (row, answer, reply) in enumerate(zip(rows, answers, replies)):
            mine = [flow for flow in flows if flow.one("requested")["host"] == f"r{number}.test"]
            with self.subTest(row.name):
                self.told(row, f"{scheme}://{parent.at}", answer, reply, mine)

    def told(self, row, url, answer, reply, flows):
        reason = row.reason.replace("{p}", url)
        self.assertEqual((answer.status, answer.reason.strip()), (row.status, reason))
        self.assertEqual({self.verdict(flow) for flow in flows}, {row.verdict})
        self.assertEqual(len(flows), 2)
        self.assertIn(f"error={row.error}", answer.get("Proxy-Status").replace(" ", "").split(";"))
        self.assertEqual(reply, row.reply)
        for name, value in row.fields.items():
            self.assertEqual(answer.get(name), value)

    def test_an_http_parent_that_fails(self):
        parent = self.scripted(http_parent(HTTP))
        proxy = self.proxy("--via", f"http://{parent.at}", "--parent-timeout", 1)
        self.asks(proxy, parent, "http", HTTP)

    def test_a_socks_parent_that_fails(self):
        parent = self.scripted(socks_parent(SOCKS))
        proxy = self.proxy("--via", f"socks5h://{parent.at}", "--parent-timeout", 1)
        self.asks(proxy, parent, "socks5h", SOCKS)

    def test_a_socks_parent_that_fails_at_the_greeting(self):
        for row in GREETINGS:
            parent = self.scripted(Scripted(row.script))
            proxy = self.proxy("--via", f"socks5h://{parent.at}", "--parent-timeout", 1)
            self.asks(proxy, parent, "socks5h", [row])

    def test_what_a_parent_says_besides_is_no_failure(self):
        """Each lets us through in a way of its own; what comes at once belongs to the tunnel."""
        ok = b"HTTP/1.1 200 OK\r\n"
        rows = [
            says(ok + b"\r\nearly"),
            says(b"HTTP/1.0 200 Connection established\r\n\r\n", b"early"),
            says(b"HTTP/1.1 299 \r\n\r\n", b"early"),
            says(b"HTTP/1.1 204 No Content\r\n\r\n", b"early"),
            says(ok + b"Content-Length: 5\r\n\r\nearly"),
            says(ok + b"Transfer-Encoding: chunked\r\n\r\nearly"),
            says(b"HTTP/1.1 100 Continue\r\n\r\n", ok + b"\r\nearly"),
            says(*(b"%c" % byte for byte in ok + b"Via: 1.1 corp\r\n\r\nearly")),
        ]
        parent = self.scripted(http_parent([Failure(script=script) for script in rows]))
        proxy = self.proxy("--via", f"http://{parent.at}")
        for number in range(len(rows)):
            with self.subTest(number):
                answer, incoming = self.connect(proxy.port, f"r{number}.test:443")
                self.assertEqual((answer.status, incoming.rest()), (200, (b"early", "closed")))
                reply, incoming = self.socks5(proxy.port, f"r{number}.test:443")
                self.assertEqual((reply, incoming.rest()), (0, (b"early", "closed")))

    def test_what_an_http_parent_is_asked(self):
        parent = self.scripted(http_parent([Failure(script=says(error("403 No")))]))
        rows = [(f"http://{parent.at}", None),
                (f"http://a%40b:c%3Ad@{parent.at}", f"Basic {basic('a@b', 'c:d')}")]  # fmt: skip
        for via, authorization in rows:
            with self.subTest(via):
                proxy = self.proxy("--via", via)
                self.connect(proxy.port, "r0.test:443", "User-Agent: mine/1", "X-Mine: 1")
                asked = parent.requests.pop()
                self.assertEqual(asked.line, "CONNECT r0.test:443 HTTP/1.1")
                self.assertEqual(asked.get("Host"), "r0.test:443")
                self.assertEqual(asked.get("Proxy-Authorization"), authorization)
                self.assertTrue(asked.get("Via").startswith("1.1 "), asked)

    def test_what_a_socks_parent_is_asked(self):
        login = "user:p%3Aw@"
        rows = [
            ("socks5h://", "r0.test:443", [("offers", b"\0"), ("request", "name", "r0.test:443")]),
            ("socks5://", "r0.test:443", [("offers", b"\0"), ("request", "ipv4", "192.0.2.7:443")]),
            ("socks5h://", "192.0.2.8:443", [("offers", b"\0"), ("request", "ipv4", "192.0.2.8:443")]),
            ("socks5h://", "[2001:db8::8]:443",
             [("offers", b"\0"), ("request", "ipv6", "2001:db8::8:443")]),
            (f"socks5h://{login}", "r0.test:443", [
                ("offers", b"\0\2"), ("login", "user", "p:w"), ("request", "name", "r0.test:443")]),
        ]  # fmt: skip
        for scheme, target, wanted in rows:
            with self.subTest(scheme, target=target):
                method = PASSWORD if login in scheme else NO_LOGIN
                parent = self.scripted(socks_parent([Failure(script=says(REPLY % 5))], method))
                words = ["--resolve", "r0.test:443:192.0.2.7"]
                proxy = self.proxy("--via", f"{scheme}{parent.at}", *words)
                self.connect(proxy.port, target)
                (_, offered), *asked = parent.notes[: len(wanted)]
                self.assertEqual([("offers", offered[:-8]), *asked], wanted)
                self.assertLess(offered[-8], 0xFF)  # our mark, in RFC 1928's private range
                self.assertGreaterEqual(min(offered[-8:]), 0x80)

    def test_a_plain_request_gets_what_the_parent_says(self):
        """Its error pages are answers like any other; what is no answer is ours to tell. It may take
        its time: whether it waits for the server nobody knows."""
        page = error("403 Forbidden by policy", b"<h1>no</h1>", "Content-Type: text/html")
        login = error("407 Log in", b"no", "Proxy-Authenticate: Negotiate", "Proxy-Authenticate: NTLM")
        rows = [
            (says(page), 403, "Forbidden by policy", b"<h1>no</h1>", None),
            (says(login), 407, "Log in", b"no", "parent-auth"),
            (says(b"\0garbage\r\n\r\n"), 502, None, None, "parent-garbled"),
            (says(b"HTTP/1.1 200 OK\r\nX: "), 502, None, None, "parent-garbled"),
            (says(), 502, None, None, "parent-garbled"),
        ]
        parent = self.scripted(http_parent([Failure(script=row[0]) for row in rows]))
        proxy = self.proxy("--via", f"http://{parent.at}")
        answers = [self.get(proxy.port, f"http://r{number}.test/x") for number in range(len(rows))]
        flows = self.ended(proxy)
        for answer, flow, (_, status, reason, body, verdict) in zip(answers, flows, rows):
            with self.subTest(status=status, verdict=verdict):
                self.assertEqual((answer.status, self.verdict(flow)), (status, verdict))
                if reason:
                    self.assertEqual((answer.reason, answer.body), (reason, body))
                else:
                    self.assertTrue(answer.reason.startswith(f"parent http://{parent.at} "))
        self.assertEqual(answers[1].all("Proxy-Authenticate"), ["Negotiate", "NTLM"])
        self.assertEqual(parent.requests[0].line, "GET http://r0.test/x HTTP/1.1")
        self.assertEqual(parent.requests[0].get("Host"), "r0.test")

    def test_a_clients_login_stays_with_the_nearest_parent(self):
        """Neither does another get it, nor may another ask for it."""
        users = self.path("users")
        hashed = self.run_program("openssl", "passwd", "-6", "s3cret").stdout.decode()
        users.write_text(f"user:{hashed}")
        nearest = self.proxy("--proxy-auth", users, "--via", "direct")
        challenge = error("407 Log in", b"no", BASIC)
        parent = self.scripted(http_parent([Failure(script=says(challenge))]))
        proxy = self.proxy("--via", f"http://127.0.0.1:{nearest.port}", "--via", f"http://{parent.at}")
        mine = f"Proxy-Authorization: Basic {basic('user', 's3cret')}"
        tunnel, _ = self.connect(proxy.port, "r0.test:443", mine)
        plain = self.get(proxy.port, "http://r0.test/", mine)
        self.assertEqual((tunnel.status, plain.status), (502, 407))
        self.assertEqual(tunnel.reason, f"parent http://{parent.at} answered 407: Log in")
        for answer, asked in zip((tunnel, plain), parent.requests, strict=True):
            self.assertIsNone(answer.get("Proxy-Authenticate"))
            self.assertIsNone(asked.get("Proxy-Authorization"))
        self.assertEqual([self.verdict(flow) for flow in self.ended(proxy)], ["parent-auth"] * 2)

    def test_a_parent_that_is_not_there(self):
        with socket.socket() as closed, socket.socket() as full:
            closed.bind(("127.0.0.1", 0))
            support.fill(self, full)
            rows = [(closed, 502, "connection_refused", 5), (full, 504, "connection_timeout", 6)]
            for listener, status, code, reply in rows:
                for scheme in ("http", "https", "socks5h"):
                    with self.subTest(scheme, status=status):
                        via = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
                        proxy = self.proxy("--via", via, "--connect-timeout", 1)
                        answer, _ = self.connect(proxy.port, self.target)
                        self.assertEqual(answer.status, status)
                        self.assertIn(f"parent proxy {via}", answer.reason)
                        self.assertIn(f"error={code}", answer.get("Proxy-Status"))
                        self.assertEqual(self.socks5(proxy.port, self.target)[0], reply)
                        verdicts = {self.verdict(flow) for flow in self.ended(proxy)}
                        self.assertEqual(verdicts, {"parent-unreachable"})


class Choice(Parents):
    """Which parent it is, by words, environment and target. The parents refuse: it is in the event."""

    def setUp(self):
        super().setUp()
        refusal = [Failure(script=says(error("403 No")))]
        self.parents = {name: self.scripted(http_parent(refusal)) for name in ("a", "b", "c")}

    def routed(self, words, env, *targets):
        """What each target's flow is told: the parents' names, and where they come from. A target is
        HOST:PORT for a tunnel, or http://HOST:PORT/."""
        at = {name: parent.at for name, parent in self.parents.items()}
        env = self.env | {name: value.format(**at) for name, value in env.items()}
        hosts = [target.removeprefix("http://").rstrip("/") for target in targets]
        nowhere = sum((["--connect-to", f"{host}:127.0.0.1:1"] for host in hosts), [])
        proxy = self.proxy(*(word.format(**at) for word in words), *nowhere, env=env)
        for target in targets:
            (self.get if "/" in target else self.connect)(proxy.port, target)
        names = {f"http://{one}": name for name, one in at.items()}
        events = [flow.all("routed")[:1] for flow in self.ended(proxy)]  # none: nobody said
        return [("".join(names[one] for routed in event for one in routed.get("parents", [])),
                 "".join(routed["source"] for routed in event)) for event in events]  # fmt: skip

    def test_words_and_environment(self):
        every = {"HTTPS_PROXY": "http://{a}", "HTTP_PROXY": "http://{b}", "ALL_PROXY": "http://{c}"}
        small = {name.lower(): value for name, value in every.items()}
        a, b, c = ("a", "HTTPS_PROXY"), ("b", "HTTP_PROXY"), ("c", "ALL_PROXY")
        rows = [
            # words, environment, for a tunnel, for a plain request
            ([], {}, ("", ""), ("", "")),
            ([], every, a, b),
            ([], small, ("a", "https_proxy"), ("b", "http_proxy")),
            ([], {"HTTPS_PROXY": "{a}", "https_proxy": "{b}"}, a, ("", "")),
            ([], {"HTTP_PROXY": "{b}"}, ("", ""), b),
            ([], {"ALL_PROXY": "{c}"}, c, c),
            ([], {"all_proxy": "http://{c}/"}, ("c", "all_proxy"), ("c", "all_proxy")),
            ([], {"HTTPS_PROXY": "", "https_proxy": "http://{b}"}, ("b", "https_proxy"), ("", "")),
            (["--via", "{b}"], every, ("b", "--via"), ("b", "--via")),
            (["--via", "{b}", "--via", "{c}"], every, ("bc", "--via"), ("bc", "--via")),
            (["--via", "direct"], every, ("", "--via"), ("", "--via")),
        ]  # fmt: skip
        for words, env, tunnel, plain in rows:
            with self.subTest(words=words, env=env):
                found = self.routed(words, env, "r0.test:443", "http://r0.test:80/")
                self.assertEqual(found, [tunnel, plain])

    def test_no_proxy(self):
        """Go's rules, for a parent of the environment and for one that was asked for."""
        listed = "exact.test,.below.test,*.star.test,port.test:8443,10.0.0.0/8,192.0.2.1,2001:db8::/32"
        direct = ["exact.test:443", "EXACT.test:443", "a.exact.test:443", "a.below.test:443",
                  "a.star.test:443", "port.test:8443", "10.1.2.3:443", "192.0.2.1:443",
                  "[2001:db8::5]:443"]  # fmt: skip
        loopback = ["localhost:443", "127.0.0.1:443", "127.9.9.9:443", "[::1]:443"]
        by_parent = ["notexact.test:443", "exact.test.other:443", "below.test:443", "star.test:443",
                     "port.test:443", "11.1.2.3:443", "192.0.2.2:443", "[2001:db9::5]:443"]  # fmt: skip
        rows = [
            ([], {"HTTPS_PROXY": "{a}", "NO_PROXY": listed}, "HTTPS_PROXY", "NO_PROXY"),
            ([], {"https_proxy": "{a}", "no_proxy": listed}, "https_proxy", "no_proxy"),
            (["--noproxy", listed], {"HTTPS_PROXY": "{a}", "NO_PROXY": "*"}, "HTTPS_PROXY",
             "--noproxy"),
            (["--via", "{a}", "--noproxy", listed], {}, "--via", "--noproxy"),
        ]  # fmt: skip
        for words, env, source, why in rows:
            with self.subTest(words=words, env=env):
                wanted = dict.fromkeys(direct, ("", why)) | dict.fromkeys(loopback, ("", "loopback"))
                wanted |= dict.fromkeys(by_parent, ("a", source))
                self.assertEqual(dict(zip(wanted, self.routed(words, env, *wanted))), wanted)

    def test_no_proxy_for_all(self):
        self.assertEqual(self.routed([], {"HTTPS_PROXY": "{a}", "NO_PROXY": "*"}, "r0.test:443"),
                         [("", "NO_PROXY")])  # fmt: skip

    def test_a_variable_that_is_no_proxy_is_named_without_its_password(self):
        for name, value in (("HTTPS_PROXY", "ftp://user:s3cret@corp:1"), ("ALL_PROXY", "socks4://corp"),
                            ("http_proxy", "http://user:s3cret@corp:99999")):  # fmt: skip
            with self.subTest(name):
                done = self.helloscope("run", "--listen", "127.0.0.1:0", "--no-record", status=None,
                                       env=self.env | {name: value})  # fmt: skip
                self.assertIn(done.returncode, (2, 3))
                self.assertIn(name, done.stderr.decode())
                self.assertNotIn("s3cret", done.stderr.decode())


if __name__ == "__main__":
    support.main()
