#!/usr/bin/env python3
"""helloscope behind another proxy: real ones of every kind, and ones that go wrong.

usage: test_parents.py HELLOSCOPE [unittest arguments]
"""
import concurrent.futures
import socket
import ssl

import support
from fake_parents import (
    NO_LOGIN, PASSWORD, REPLY, Failure, error, http_parent, says,
    says_and_waits, socks_parent,
)  # fmt: skip
from http_wire import Incoming
from parent_rows import GREETINGS, HTTP, SOCKS
from peers import Dante, Mitmdump, Squid, Tinyproxy, free_port
from scripted import Scripted, greet
from support import basic

HOSTS = {"registry.test": "127.0.0.1"}


class Parents(support.Case):
    names = ["registry.test", "parent.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.origin = cls.serve()
        cls.target = f"registry.test:{cls.origin}"
        cls.plain = Scripted(greet)
        cls.addClassCleanup(cls.plain.stop)

    def scripted(self, server):
        self.addCleanup(server.stop)
        return server

    def open(self, port, *lines):
        """What comes from the proxy that has been sent these lines."""
        connection = support.ask(port, "\r\n".join(lines).encode() + b"\r\n\r\n")
        self.addCleanup(connection.close)
        return Incoming(connection)

    def connect(self, port, target, *fields):
        """Asks for a tunnel: the answer, and what comes behind it."""
        incoming = self.open(port, f"CONNECT {target} HTTP/1.1", f"Host: {target}", *fields)
        return incoming.response("CONNECT"), incoming

    def get(self, port, url, *fields):
        """A GET in absolute-form."""
        host = f"Host: {url.split('/')[2]}"
        return self.open(port, f"GET {url} HTTP/1.1", host, "Connection: close", *fields).response()

    def socks5(self, port, target):
        """Asks for a tunnel by SOCKS5: the reply code, and what comes behind it."""
        connection = support.ask(port, b"\5\1\0")
        self.addCleanup(connection.close)
        incoming = Incoming(connection)
        self.assertEqual(incoming.exactly(2), b"\5\0")
        host, number = target.rsplit(":", 1)
        asked = b"\5\1\0\3%c%s" % (len(host), host.encode()) + int(number).to_bytes(2, "big")
        connection.sendall(asked)
        reply = incoming.exactly(4)
        incoming.exactly({1: 6, 4: 18}[reply[3]])
        return reply[1], incoming

    def fetch(self, port, ca=None, *fields):
        """A file of the origin through a tunnel."""
        answer, incoming = self.connect(port, self.target, *fields)
        self.assertEqual(answer.status, 200, answer)
        context = ssl.create_default_context(cafile=str(ca or self.ca))
        with context.wrap_socket(incoming.connection, server_hostname="registry.test") as server:
            server.sendall(b"GET /bytes/1000 HTTP/1.1\r\nHost: registry.test\r\n\r\n")
            answer = Incoming(server).response()
        self.assertEqual((answer.status, len(answer.body)), (200, 1000))

    def ended(self, proxy):
        proxy.end()
        return list(proxy.flows().values())

    def the_flow(self, proxy):
        flows = self.ended(proxy)
        self.assertEqual(len(flows), 1)
        return flows[0]


class Real(Parents):
    """Other people's proxies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        hosts = cls.readable("hosts", "127.0.0.1 registry.test\n")
        hashed = cls.run_program("openssl", "passwd", "-apr1", "s3cret").stdout.decode()
        passwords = cls.readable("passwords", f"user:{hashed}")
        chain, key = (cls.readable(name, (cls.certs / name).read_text()) for name in ("leaf.pem", "leaf.key"))
        cls.squid = cls.start(Squid(cls, f"""
            hosts_file {hosts}
            acl forbidden port 81
            http_access deny forbidden
        """))
        cls.squid_login = cls.start(Squid(cls, f"""
            hosts_file {hosts}
            auth_param basic program /usr/lib/squid/basic_ncsa_auth {passwords}
            auth_param basic realm corp
            acl known proxy_auth REQUIRED
            http_access deny !known
        """))
        cls.squid_tls = cls.start(Squid(
            cls, f"hosts_file {hosts}",
            f"https_port 127.0.0.1:{{port}} tls-cert={chain} tls-key={key}"))
        cls.tinyproxy = cls.start(Tinyproxy(cls, HOSTS, "ConnectPort 443\nConnectPort %s" % cls.origin))
        cls.tinyproxy_login = cls.start(Tinyproxy(cls, HOSTS, "BasicAuth user s3cret"))
        cls.dante = cls.start(Dante(cls, HOSTS, "socks block { from: 0/0 to: 0/0 port = 81 }"))
        cls.mitmdump = cls.start(Mitmdump(cls, HOSTS, cls.ca))
        cls.netrc = cls.readable("netrc", "machine 127.0.0.1 login user password s3cret\n")
        cls.parent_test = f"https://parent.test:{cls.squid_tls.port}"
        cls.to_parent_test = ["--proxy-cacert", cls.ca,
                              "--resolve", f"parent.test:{cls.squid_tls.port}:127.0.0.1"]  # fmt: skip

    @classmethod
    def readable(cls, name, content):
        """A file that a peer may read which is not us any more."""
        cls.folder.chmod(0o755)
        path = cls.folder / name
        path.write_text(content)
        path.chmod(0o644)
        return path

    def ways(self):
        """Name, words for `run`, its environment, the parents as they are told, where they come from."""
        squid, tinyproxy = f"http://{self.squid.at}", f"http://{self.tinyproxy.at}"
        login, dante = self.squid_login.at, self.dante.at
        resolve = ["--resolve", f"{self.target}:127.0.0.1"]
        return [
            ("Squid", ["--via", squid], {}, [squid], "--via"),
            ("Squid, without a scheme", ["--via", self.squid.at], {}, [squid], "--via"),
            ("Squid by the environment", [], {"HTTPS_PROXY": squid, "HTTP_PROXY": squid}, [squid], "HTTPS_PROXY"),
            ("login in --via", ["--via", f"http://user:s3cret@{login}"], {}, [f"http://{login}"], "--via"),
            ("login in the environment", [], dict.fromkeys(("https_proxy", "http_proxy"), f"user:s3cret@{login}"),
             [f"http://{login}"], "https_proxy"),
            ("login from a netrc", ["--via", login, "--via-credentials", self.netrc], {},
             [f"http://{login}"], "--via"),
            ("tinyproxy", ["--via", tinyproxy], {}, [tinyproxy], "--via"),
            ("tinyproxy's login", ["--via", f"http://user:s3cret@{self.tinyproxy_login.at}"], {},
             [f"http://{self.tinyproxy_login.at}"], "--via"),
            ("Dante, it resolves", ["--via", f"socks5h://{dante}"], {}, [f"socks5h://{dante}"], "--via"),
            ("Dante, we resolve", ["--via", f"socks5://{dante}", *resolve], {}, [f"socks5://{dante}"],
             "--via"),
            ("Dante by the environment", [], {"ALL_PROXY": f"socks5h://{dante}"}, [f"socks5h://{dante}"],
             "ALL_PROXY"),
            ("Squid over TLS", ["--via", self.parent_test, *self.to_parent_test], {}, [self.parent_test],
             "--via"),
            ("Squid over TLS, not verified", ["--via", f"https://{self.squid_tls.at}", "--proxy-insecure"],
             {}, [f"https://{self.squid_tls.at}"], "--via"),
            ("Squid, then Dante", ["--via", squid, "--via", f"socks5h://{dante}"], {},
             [squid, f"socks5h://{dante}"], "--via"),
            ("Dante, then Squid", ["--via", f"socks5h://{dante}", "--via", squid], {},
             [f"socks5h://{dante}", squid], "--via"),
            ("TLS, then tinyproxy", ["--via", self.parent_test, "--via", tinyproxy, *self.to_parent_test],
             {}, [self.parent_test, tinyproxy], "--via"),
            ("Dante, then TLS", ["--via", f"socks5h://{dante}", "--via", f"https://{self.squid_tls.at}",
                                 "--proxy-insecure"], {},
             [f"socks5h://{dante}", f"https://{self.squid_tls.at}"], "--via"),
            ("TLS, then login, then Dante",
             ["--via", self.parent_test, "--via", f"http://user:s3cret@{login}",
              "--via", f"socks5h://{dante}", *self.to_parent_test], {},
             [self.parent_test, f"http://{login}", f"socks5h://{dante}"], "--via"),
        ]  # fmt: skip

    def test_each_lets_us_through(self):
        for name, words, more, parents, source in self.ways():
            with self.subTest(name):
                proxy = self.proxy(*words, env=self.env | more)
                self.fetch(proxy.port)
                answer = self.get(proxy.port, f"http://registry.test:{self.plain.port}/plain")
                self.assertEqual((answer.status, answer.body), (200, b"hello"))
                told = proxy.end()
                flow, plain = proxy.flows().values()
                self.assertEqual((flow.verdict, plain.verdict), (None, None))
                routed = flow.one("routed")
                self.assertEqual((routed["parents"], routed.get("source")), (parents, source))
                self.assertEqual([one["parent"] for one in flow.all("parent_answered")], parents)
                self.assertEqual(flow.sni, "registry.test")
                first = parents[0].split("://")[1].replace("parent.test", "127.0.0.1")
                self.assertEqual(flow.one("connected")["address"], first)
                written = proxy.recording.read_bytes() + told.encode()
                for secret in ("s3cret", basic("user", "s3cret")):
                    self.assertNotIn(secret.encode(), written)

    def test_a_login_that_is_wrong_or_missing_is_told(self):
        squid, tinyproxy = self.squid_login.at, self.tinyproxy_login.at
        rows = [
            ("wrong, Squid", f"http://user:wrong@{squid}", squid, 407, "Proxy Authentication Required",
             'Basic realm="corp"'),
            ("missing, Squid", f"http://{squid}", squid, 407, "Proxy Authentication Required",
             'Basic realm="corp"'),
            ("wrong, tinyproxy", f"http://user:wrong@{tinyproxy}", tinyproxy, 401, "Unauthorized", None),
            ("missing, tinyproxy", f"http://{tinyproxy}", tinyproxy, 407,
             "Proxy Authentication Required", 'Basic realm="Tinyproxy"'),
        ]  # fmt: skip
        for name, via, at, status, words, challenge in rows:
            with self.subTest(name):
                proxy = self.proxy("--via", via)
                answer, _ = self.connect(proxy.port, self.target)
                reason = f"parent http://{at} answered {status}: {words}"
                self.assertEqual((answer.status, answer.reason), (status, reason))
                self.assertEqual(answer.get("Proxy-Authenticate"), challenge)
                self.assertEqual(self.the_flow(proxy).verdict, "parent-auth")

    def test_a_clients_own_login_goes_to_the_first_parent(self):
        mine = f"Proxy-Authorization: Basic {basic('user', 's3cret')}"
        at = self.squid_login.at
        for chain in ([at], [at, f"socks5h://{self.dante.at}"]):
            with self.subTest(chain):
                proxy = self.proxy(*sum((["--via", one] for one in chain), []))
                self.fetch(proxy.port, None, mine)
                answer = self.get(proxy.port, f"http://registry.test:{self.plain.port}/", mine)
                self.assertEqual(answer.status, 200)
                self.assertEqual(self.ended(proxy)[0].verdict, None)

    def test_what_a_parent_refuses_is_told_in_its_words(self):
        with socket.socket() as bound:  # nobody listens
            bound.bind(("127.0.0.1", 0))
            closed = bound.getsockname()[1]
            squid, dante, tiny = self.squid.at, self.dante.at, self.tinyproxy.at
            rows = [
                (f"http://{squid}", "registry.test:81", 403, "answered 403: Forbidden"),
                (f"http://{squid}", f"registry.test:{closed}", 503, "answered 503: Service Unavailable"),
                (f"http://{tiny}", "registry.test:81", 403, "answered 403: Access violation"),
                (f"socks5h://{dante}", "registry.test:81", 403,
                 "answered 2: connection not allowed by ruleset"),
                (f"socks5h://{dante}", f"registry.test:{closed}", 502, "answered 5: connection refused"),
            ]  # fmt: skip
            for via, target, status, words in rows:
                with self.subTest(via, target=target):
                    proxy = self.proxy("--via", via)
                    answer, _ = self.connect(proxy.port, target)
                    self.assertEqual((answer.status, answer.reason), (status, f"parent {via} {words}"))
                    self.assertEqual(self.the_flow(proxy).verdict, "parent-refused")

    def test_a_parent_that_opens_tls_is_seen(self):
        via = f"http://{self.mitmdump.at}"
        proxy = self.proxy("--via", via)
        self.fetch(proxy.port, self.mitmdump.ca)
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.fetch(proxy.port)
        answer = self.get(proxy.port, f"http://registry.test:{self.plain.port}/plain")
        self.assertEqual((answer.status, answer.body), (200, b"hello"))
        trusting, not_trusting, _ = self.ended(proxy)
        self.assertEqual((trusting.verdict, not_trusting.verdict), (None, "certificate-untrusted"))

    def test_tls_to_a_parent_that_fails_is_told(self):
        tls, stranger = self.squid_tls, self.path("stranger")
        self.helloscope("certs", "--out", stranger, "--kind", "ca")
        resolve = ["--resolve", f"parent.test:{tls.port}:127.0.0.1"]
        rows = [
            ("not trusted", self.parent_test, ["--proxy-cacert", stranger / "ca.pem", *resolve]),
            ("another name", f"https://{tls.at}", ["--proxy-cacert", self.ca]),
            ("a parent without TLS", f"https://{self.squid.at}", ["--proxy-insecure"]),
            ("SOCKS, not TLS", f"https://{self.dante.at}", ["--proxy-insecure"]),
        ]
        for name, via, words in rows:
            with self.subTest(name):
                proxy = self.proxy("--via", via, *words)
                answer, _ = self.connect(proxy.port, self.target)
                self.assertEqual(answer.status, 502)
                self.assertTrue(answer.reason.startswith(f"parent {via} "), answer.reason)
                self.assertEqual(self.the_flow(proxy).verdict, "parent-tls")


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
                self.told(row, f"parent {scheme}://{parent.at} ", answer, reply, mine)

    def told(self, row, by, answer, reply, flows):
        self.assertEqual((answer.status, answer.reason), (row.status, by + row.reason))
        self.assertEqual({flow.verdict for flow in flows}, {row.verdict})
        self.assertEqual(len(flows), 2)
        self.assertIn(f"error={row.error}", answer.get("Proxy-Status").replace(" ", "").split(";"))
        self.assertEqual(reply, row.reply)
        for name, value in row.fields.items():
            self.assertEqual(answer.get(name), value)
        if row.body is not None:
            self.assertEqual(answer.body, row.body)

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
        for via, authorization in ((f"http://{parent.at}", None),
                                   (f"http://a%40b:c%3Ad@{parent.at}", f"Basic {basic('a@b', 'c:d')}")):  # fmt: skip
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
                self.assertEqual(parent.notes[: len(wanted)], wanted)

    def test_a_plain_request_gets_what_the_parent_says(self):
        """Its error pages are answers like any other; what is no answer is ours to tell."""
        page = error("403 Forbidden by policy", b"<h1>no</h1>", "Content-Type: text/html")
        login = error("407 Log in", b"no", "Proxy-Authenticate: Negotiate", "Proxy-Authenticate: NTLM")
        rows = [
            (says(page), 403, "Forbidden by policy", b"<h1>no</h1>", None),
            (says(login), 407, "Log in", b"no", None),
            (says(b"\0garbage\r\n\r\n"), 502, None, None, "parent-garbled"),
            (says(b"HTTP/1.1 200 OK\r\nX: "), 502, None, None, "parent-garbled"),
            (says(), 502, None, None, "parent-garbled"),
            (says_and_waits(), 504, None, None, "parent-silent"),
        ]
        parent = self.scripted(http_parent([Failure(script=row[0]) for row in rows]))
        proxy = self.proxy("--via", f"http://{parent.at}", "--parent-timeout", 1)
        answers = [self.get(proxy.port, f"http://r{number}.test/x") for number in range(len(rows))]
        flows = self.ended(proxy)
        for answer, flow, (_, status, reason, body, verdict) in zip(answers, flows, rows):
            with self.subTest(status=status, verdict=verdict):
                self.assertEqual((answer.status, flow.verdict), (status, verdict))
                if reason:
                    self.assertEqual((answer.reason, answer.body), (reason, body))
                else:
                    self.assertTrue(answer.reason.startswith(f"parent http://{parent.at} "))
        self.assertEqual(answers[1].all("Proxy-Authenticate"), ["Negotiate", "NTLM"])
        self.assertEqual(parent.requests[0].line, "GET http://r0.test/x HTTP/1.1")
        self.assertEqual(parent.requests[0].get("Host"), "r0.test")

    def test_a_parent_that_is_not_there(self):
        with socket.socket() as closed, socket.socket() as full:
            closed.bind(("127.0.0.1", 0))
            support.fill(self, full)
            rows = [(closed, 502, "connection_refused", 5), (full, 504, "connection_timeout", 4)]
            for listener, status, code, reply in rows:
                for scheme in ("http", "https", "socks5h"):
                    with self.subTest(scheme, status=status):
                        via = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
                        proxy = self.proxy("--via", via, "--connect-timeout", 1)
                        answer, _ = self.connect(proxy.port, self.target)
                        self.assertEqual(answer.status, status)
                        self.assertIn(f"parent {via}", answer.reason)
                        self.assertIn(f"error={code}", answer.get("Proxy-Status"))
                        self.assertEqual(self.socks5(proxy.port, self.target)[0], reply)
                        verdicts = {flow.verdict for flow in self.ended(proxy)}
                        self.assertEqual(verdicts, {"parent-unreachable"})


class Choice(Parents):
    """Which parent it is, by words, environment and target. The parents refuse: it is in the event."""

    def setUp(self):
        refusal = [Failure(script=says(error("403 No")))]
        self.parents = {name: self.scripted(http_parent(refusal)) for name in ("a", "b", "c")}

    def routed(self, words, env, *targets, plain=False):
        """Parents and source that the flow to each target was given."""
        at = {name: parent.at for name, parent in self.parents.items()}
        env = self.env | {name: value.format(**at) for name, value in env.items()}
        unresolved = [["--connect-to", f"{target}:127.0.0.1:1"] for target in targets]
        proxy = self.proxy(*(word.format(**at) for word in words), *sum(unresolved, []), env=env)
        for target in targets:
            if plain:
                self.get(proxy.port, f"http://{target}/")
            else:
                self.connect(proxy.port, target)
        names = {f"http://{one}": name for name, one in at.items()}
        events = [flow.one("routed") for flow in self.ended(proxy)]
        return [("".join(names[one] for one in event["parents"]), event.get("source", "")) for event in events]

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
                self.assertEqual(self.routed(words, env, "r0.test:443"), [tunnel])
                self.assertEqual(self.routed(words, env, "r0.test:80", plain=True), [plain])

    def test_no_proxy(self):
        """Go's rules, for a parent of the environment and for one that was asked for."""
        listed = "exact.test,.below.test,*.star.test,port.test:8443,10.0.0.0/8,192.0.2.1,2001:db8::/32"
        direct = ["exact.test:443", "EXACT.test:443", "a.exact.test:443", "a.below.test:443",
                  "a.star.test:443", "port.test:8443", "10.1.2.3:443", "192.0.2.1:443",
                  "[2001:db8::5]:443", "localhost:443", "127.0.0.1:443", "127.9.9.9:443",
                  "[::1]:443"]  # fmt: skip
        by_parent = ["notexact.test:443", "exact.test.other:443", "below.test:443", "star.test:443",
                     "port.test:443", "11.1.2.3:443", "192.0.2.2:443", "[2001:db9::5]:443"]  # fmt: skip
        rows = [
            ([], {"HTTPS_PROXY": "{a}", "NO_PROXY": listed}, "HTTPS_PROXY", "NO_PROXY"),
            ([], {"https_proxy": "{a}", "no_proxy": listed}, "https_proxy", "no_proxy"),
            (["--noproxy", listed], {"HTTPS_PROXY": "{a}", "NO_PROXY": "*"}, "HTTPS_PROXY", "--noproxy"),
            (["--via", "{a}", "--noproxy", listed], {}, "--via", "--noproxy"),
        ]  # fmt: skip
        for words, env, source, why in rows:
            with self.subTest(words=words, env=env):
                found = self.routed(words, env, *direct, *by_parent)
                wanted = [(target, "", why) for target in direct] + [(target, "a", source) for target in by_parent]
                self.assertEqual([(target, *one) for target, one in zip(direct + by_parent, found)], wanted)

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


class Chained(Parents):
    """One helloscope behind another."""

    def test_two_in_a_row_are_no_loop(self):
        far = self.proxy("--via", "direct", "--resolve", f"{self.target}:127.0.0.1")
        for scheme in ("http", "socks5h"):
            with self.subTest(scheme):
                near = self.proxy("--via", f"{scheme}://127.0.0.1:{far.port}")
                self.fetch(near.port)
                self.assertIsNone(self.the_flow(near).verdict)
        self.assertEqual([flow.verdict for flow in self.ended(far)], [None, None])

    def test_ourselves_as_the_parent_is_refused_at_the_start(self):
        port = free_port()
        for words, env in ((["--via", f"http://127.0.0.1:{port}"], {}),
                           (["--via", f"localhost:{port}"], {}),
                           (["--via", f"socks5://127.0.0.1:{port}"], {}),
                           ([], {"HTTPS_PROXY": f"http://127.0.0.1:{port}"}),
                           ([], {"HTTP_PROXY": f"127.0.0.1:{port}"})):  # fmt: skip
            with self.subTest(words=words, env=env):
                listen = ["run", "--no-record", "--listen", f"127.0.0.1:{port}", *words]
                done = self.helloscope(*listen, status=3, env=self.env | env)
                self.assertIn(f":{port}", done.stderr.decode())
                self.helloscope(*listen, "--", "true", status=125, env=self.env | env)

    def test_our_own_listener_as_the_target_is_a_loop(self):
        proxy = self.proxy("--via", "direct")
        answers = [self.connect(proxy.port, f"{host}:{proxy.port}")[0] for host in ("127.0.0.1", "localhost")]
        answers.append(self.get(proxy.port, f"http://127.0.0.1:{proxy.port}/"))
        for answer in answers:
            self.loop(answer)
        self.assertEqual([flow.verdict for flow in self.ended(proxy)], ["proxy-loop"] * 3)

    def loop(self, answer):
        self.assertEqual(answer.status, 502)
        self.assertIn("error=proxy_loop_detected", answer.get("Proxy-Status"))

    def test_two_that_are_each_others_parent_are_a_loop(self):
        """The first gets its own Via back; nobody goes round a second time."""
        ports = [free_port(), free_port()]
        one, other = (self.proxy("--listen", f"127.0.0.1:{mine}", "--via", f"http://127.0.0.1:{its}")
                      for mine, its in (ports, ports[::-1]))  # fmt: skip
        self.assertEqual(self.connect(ports[0], "r0.test:443")[0].status, 502)
        self.assertEqual(self.get(ports[0], "http://r0.test/").status, 502)
        flows = self.ended(one)
        self.assertEqual([flow.verdict for flow in flows].count("proxy-loop"), 2)
        self.assertEqual((len(flows), len(self.ended(other))), (4, 2))


if __name__ == "__main__":
    support.need("openssl", "squid", "tinyproxy", "danted", "mitmdump")
    support.main()
