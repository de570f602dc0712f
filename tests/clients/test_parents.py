#!/usr/bin/env python3
"""helloscope behind other people's proxies, and behind another helloscope.

usage: test_parents.py HELLOSCOPE [unittest arguments]
"""
import itertools
import re
import socket
import ssl

import support
from parents import Parents
from peers import Squid, Tinyproxy, free_port, need_own_hosts
from real_parents import HOSTS, PROGRAMS, RealParents
from support import basic


class Real(RealParents, Parents):
    """Other people's proxies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.squid = cls.start(Squid(cls, f"""
            hosts_file {cls.folder / "hosts"}
            acl forbidden port 81
            http_access deny forbidden
        """))
        allowed = f"ConnectPort 443\nConnectPort {cls.origin}"
        cls.tinyproxy_strict = cls.start(Tinyproxy(cls, HOSTS, allowed))
        cls.tinyproxy_login = cls.start(Tinyproxy(cls, HOSTS, "BasicAuth user s3cret"))
        cls.netrc = cls.readable("netrc", "machine 127.0.0.1 login user password s3cret\n")

    def ways(self):
        """Name, URLs of the parents, what else `run` is told, and the variable that names the parent
        instead of --via."""
        squid, login = f"http://{self.squid.at}", f"http://user:s3cret@{self.squid_login.at}"
        tiny, tiny_login = f"http://{self.tinyproxy.at}", f"http://user:s3cret@{self.tinyproxy_login.at}"
        dante, tls = f"socks5h://{self.dante.at}", f"https://{self.squid_tls.at}"
        no_login, parent_test, trust = f"http://{self.squid_login.at}", self.parent_test, self.to_parent_test
        resolve = sum((["--resolve", f"registry.test:{port}:127.0.0.1"]
                       for port in (self.origin, self.plain.port)), [])  # fmt: skip
        return [
            ("Squid", [squid], []),
            ("Squid by the environment", [squid], [], "HTTPS_PROXY"),
            ("a login", [login], []),
            ("a login in the environment", [login], [], "https_proxy"),
            ("a login from a netrc", [no_login], ["--via-credentials", self.netrc]),
            ("tinyproxy", [tiny], []),
            ("tinyproxy's login", [tiny_login], []),
            ("Dante, which resolves", [dante], []),
            ("Dante, we resolve", [dante.replace("5h", "5")], resolve),
            ("Dante by the environment", [dante], [], "ALL_PROXY"),
            ("Squid over TLS", [parent_test], trust),
            ("Squid over TLS, not verified", [tls], ["--proxy-insecure"]),
            ("Squid, then Dante", [squid, dante], []),
            ("Dante, then Squid", [dante, squid], []),
            ("TLS, then tinyproxy", [parent_test, tiny], trust),
            ("Dante, then TLS", [dante, tls], ["--proxy-insecure"]),
            ("TLS, then a login, then Dante", [parent_test, login, dante], trust),
        ]

    def test_each_lets_us_through(self):
        for name, urls, words, *variable in self.ways():
            with self.subTest(name):
                env = dict(self.env)
                if variable:  # and the one for plain requests
                    both = {variable[0], variable[0].replace("S_", "_").replace("s_", "_")}
                    env |= dict.fromkeys(both, urls[0])
                else:
                    words = [*words, *sum((["--via", url] for url in urls), [])]
                parents = [re.sub("user:s3cret@", "", url) for url in urls]
                self.goes_through(self.proxy(*words, env=env), parents, *variable or ["--via"])

    def goes_through(self, proxy, parents, source):
        self.fetch(proxy.port)
        answer = self.get(proxy.port, f"http://registry.test:{self.plain.port}/plain")
        self.assertEqual((answer.status, answer.body), (200, b"hello"))
        flow, plain = self.ended(proxy)
        self.assertEqual((self.verdict(flow), self.verdict(plain)), (None, None))
        routed = flow.one("routed")
        self.assertEqual((routed["parents"], routed["source"]), (parents, source))
        self.assertEqual([one["parent"] for one in flow.all("parent_answered")], parents)
        self.assertEqual(flow.sni, "registry.test")
        first = parents[0].split("://")[1].replace("parent.test", "127.0.0.1")
        self.assertEqual(flow.one("connected")["address"], first)
        written = proxy.recording.read_bytes() + proxy.out.read_bytes() + proxy.err.read_bytes()
        for secret in ("s3cret", basic("user", "s3cret")):
            self.assertNotIn(secret.encode(), written)

    def test_a_login_that_is_wrong_or_missing_is_told(self):
        squid, tinyproxy = self.squid_login.at, self.tinyproxy_login.at
        rows = [
            ("wrong, Squid", f"http://user:wrong@{squid}", squid, 407, "Proxy Authentication Required",
             'Basic realm="corp"'),
            ("missing, Squid", f"http://{squid}", squid, 407, "Proxy Authentication Required",
             'Basic realm="corp"'),
            ("wrong, tinyproxy", f"http://user:wrong@{tinyproxy}", tinyproxy, 401, "Unauthorized",
             None),
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
                self.assertEqual(self.verdict(self.the_flow(proxy)), "parent-auth")

    def test_a_clients_own_login_goes_to_the_first_parent(self):
        mine = f"Proxy-Authorization: Basic {basic('user', 's3cret')}"
        at = self.squid_login.at
        for chain in ([at], [at, f"socks5h://{self.dante.at}"]):
            with self.subTest(chain):
                proxy = self.proxy(*sum((["--via", one] for one in chain), []))
                self.fetch(proxy.port, None, mine)
                answer = self.get(proxy.port, f"http://registry.test:{self.plain.port}/", mine)
                self.assertEqual(answer.status, 200)
                self.assertEqual(self.verdict(self.ended(proxy)[0]), None)

    def test_what_a_parent_refuses_is_told_in_its_words(self):
        with socket.socket() as bound:  # nobody listens
            bound.bind(("127.0.0.1", 0))
            closed = bound.getsockname()[1]
            squid, dante, tiny = self.squid.at, self.dante.at, self.tinyproxy_strict.at
            rows = [
                (f"http://{squid}", "registry.test:81", 403, "answered 403: Forbidden"),
                (f"http://{squid}", f"registry.test:{closed}", 503,
                 "answered 503: Service Unavailable"),
                (f"http://{tiny}", "registry.test:81", 403, "answered 403: Access violation"),
                (f"socks5h://{dante}", "registry.test:81", 502,
                 "answered: connection not allowed by ruleset"),
                (f"socks5h://{dante}", f"registry.test:{closed}", 502,
                 "answered: connection refused by destination host"),
            ]  # fmt: skip
            for via, target, status, words in rows:
                with self.subTest(via, target=target):
                    proxy = self.proxy("--via", via)
                    answer, _ = self.connect(proxy.port, target)
                    self.assertEqual((answer.status, answer.reason), (status, f"parent {via} {words}"))
                    self.assertEqual(self.verdict(self.the_flow(proxy)), "parent-refused")

    def test_a_parent_that_opens_tls_is_seen(self):
        via = f"http://{self.mitmdump.at}"
        proxy = self.proxy("--via", via)
        self.fetch(proxy.port, self.mitmdump.ca)
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.fetch(proxy.port)
        answer = self.get(proxy.port, f"http://registry.test:{self.plain.port}/plain")
        self.assertEqual((answer.status, answer.body), (200, b"hello"))
        trusting, not_trusting, _ = self.ended(proxy)
        self.assertIsNone(self.verdict(trusting))
        self.assertEqual(self.verdict(not_trusting), "certificate-untrusted")

    def test_a_parent_that_opens_tls_is_named_when_the_server_is_asked(self):
        proxy = self.proxy(
            "--via", f"http://{self.mitmdump.at}", "--investigate", "--cacert", self.ca,
            "--resolve", f"{self.target}:127.0.0.1",
        )  # fmt: skip
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.fetch(proxy.port)
        flow = self.the_flow(proxy)
        self.assertEqual(self.verdict(flow), "intercepted")
        told = {one["by"]: one for one in flow.all("chain_fetched")}
        self.assertIn("mitmproxy", told["parent"]["issuer"])
        self.assertTrue(told["parent"]["error"])
        self.assertNotIn("error", told["direct"])
        self.assertNotEqual(told["direct"]["sha256"], told["parent"]["sha256"])

    def test_tls_to_a_parent_that_fails_is_told(self):
        tls, stranger = self.squid_tls, self.path("stranger")
        self.helloscope("certs", "--out", stranger, "--kind", "ca")
        resolve = ["--resolve", f"parent.test:{tls.port}:127.0.0.1"]
        rows = [
            ("not trusted", self.parent_test, ["--proxy-cacert", stranger / "ca.pem", *resolve]),
            ("another name", f"https://{tls.at}", ["--proxy-cacert", self.to_parent_test[1]]),
            ("a parent without TLS", f"https://{self.squid.at}", ["--proxy-insecure"]),
            ("SOCKS, not TLS", f"https://{self.dante.at}", ["--proxy-insecure"]),
        ]
        for name, via, words in rows:
            with self.subTest(name):
                proxy = self.proxy("--via", via, *words)
                answer, _ = self.connect(proxy.port, self.target)
                self.assertEqual(answer.status, 502)
                self.assertIn(f"TLS to parent {via} failed: ", answer.reason)
                self.assertEqual(self.verdict(self.the_flow(proxy)), "parent-tls")


class Chained(Parents):
    """One helloscope behind another."""

    def test_two_in_a_row_are_no_loop(self):
        far = self.proxy("--via", "direct", "--resolve", f"{self.target}:127.0.0.1")
        for scheme in ("http", "socks5h"):
            with self.subTest(scheme):
                near = self.proxy("--via", f"{scheme}://127.0.0.1:{far.port}")
                self.fetch(near.port)
                self.assertIsNone(self.verdict(self.the_flow(near)))
        self.assertEqual([self.verdict(flow) for flow in self.ended(far)], [None, None])

    def test_a_login_by_each_scheme(self):
        """What Dante and tinyproxy cannot: RFC 1929, and Basic over TLS."""
        hashed = self.run_program("openssl", "passwd", "-6", "s3cret").stdout.decode()
        users = self.path("users")
        users.write_text(f"user:{hashed}")
        far = self.proxy("--listen-tls", "127.0.0.1:0", "--certs", self.certs, "--proxy-auth", users,
                         "--via", "direct", "--resolve", f"{self.target}:127.0.0.1")  # fmt: skip
        port, tls = far.ports
        to_tls = ["--proxy-cacert", self.ca, "--resolve", f"parent.test:{tls}:127.0.0.1"]
        for at in (f"http://{{}}@127.0.0.1:{port}", f"socks5h://{{}}@127.0.0.1:{port}",
                   f"https://{{}}@parent.test:{tls}"):  # fmt: skip
            for login, right in (("user:s3cret", True), ("user:wrong", False)):
                with self.subTest(at, right=right):
                    near = self.proxy("--via", at.format(login), *to_tls)
                    if right:
                        self.fetch(near.port)
                    else:
                        self.assertIn("answered", self.connect(near.port, self.target)[0].reason)
                    verdict = None if right else "parent-auth"
                    self.assertEqual(self.verdict(self.the_flow(near)), verdict)

    def test_ourselves_as_the_parent_is_refused_at_the_start(self):
        port = free_port()
        for words, env in ((["--via", f"http://127.0.0.1:{port}"], {}),
                           (["--via", f"localhost:{port}"], {}),
                           (["--via", f"socks5://127.0.0.1:{port}"], {}),
                           (["--via", f"socks5h://0.0.0.0:{port}"], {}),
                           (["--via", f"socks5h://[::ffff:127.0.0.1]:{port}"], {}),
                           ([], {"HTTPS_PROXY": f"http://127.0.0.1:{port}"}),
                           ([], {"HTTP_PROXY": f"127.0.0.1:{port}"})):  # fmt: skip
            with self.subTest(words=words, env=env):
                listen = ["run", "--no-record", "--listen", f"127.0.0.1:{port}", *words]
                done = self.helloscope(*listen, status=3, env=self.env | env)
                self.assertIn(f":{port}", done.stderr.decode())
                self.helloscope(*listen, "--", "true", status=125, env=self.env | env)

    def test_our_own_listener_as_the_target_is_a_loop(self):
        proxy = self.proxy("--via", "direct")
        answers = [self.connect(proxy.port, f"{host}:{proxy.port}")[0]
                   for host in ("127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]")]  # fmt: skip
        answers.append(self.get(proxy.port, f"http://127.0.0.1:{proxy.port}/"))
        for answer in answers:
            self.loop(answer)
        self.assertEqual([self.verdict(flow) for flow in self.ended(proxy)], ["proxy-loop"] * 5)

    def loop(self, answer):
        self.assertEqual(answer.status, 502)
        self.assertIn("error=proxy_loop_detected", answer.get("Proxy-Status"))

    def test_two_that_are_each_others_parent_are_a_loop(self):
        """The first gets its own name back, in Via or as SOCKS has it; nobody goes round a second
        time."""
        for schemes in itertools.product(("http", "socks5h"), repeat=2):
            with self.subTest(schemes):
                ports = [free_port(), free_port()]
                one, other = (
                    self.proxy("--listen", f"127.0.0.1:{mine}", "--via", f"{scheme}://127.0.0.1:{its}")
                    for mine, its, scheme in zip(ports, ports[::-1], schemes)
                )
                self.assertEqual(self.connect(ports[0], "r0.test:443")[0].status, 502)
                self.assertEqual(self.get(ports[0], "http://r0.test/").status, 502)
                flows = self.ended(one)
                self.assertEqual([self.verdict(flow) for flow in flows].count("proxy-loop"), 2)
                self.assertEqual((len(flows), len(self.ended(other))), (4, 2))


if __name__ == "__main__":
    support.need(*PROGRAMS)
    need_own_hosts()
    support.main()
