#!/usr/bin/env python3
"""curl through each way in: it gets what it asked for, helloscope records how it was asked, and the
hellos are those that tshark reads from the wire. The wrong password gets nobody in.

usage: test_ways_in.py HELLOSCOPE [unittest arguments]
"""
import itertools

import support

USER, PASSWORD = "user", "open:sesame"
LOGIN = f"{USER}:{PASSWORD}"
ADDRESS = "192.0.2.7"  # of site.test, for a curl that resolves names; parents are not asked for loopback
WAYS = [
    # curl's options, {0} being the plain port and {1} the one with TLS; which of the two it is; the
    # way's name in events; what it asks for: curl may resolve the name for itself
    (["-x", "http://127.0.0.1:{0}"], 0, "connect", "site.test"),
    (["-x", "https://proxy.test:{1}"], 1, "connect", "site.test"),
    (["-x", "socks4://127.0.0.1:{0}"], 0, "socks4", ADDRESS),
    (["-x", "socks4a://127.0.0.1:{0}"], 0, "socks4", "site.test"),
    (["-x", "socks5://127.0.0.1:{0}"], 0, "socks5", ADDRESS),
    (["-x", "socks5h://127.0.0.1:{0}"], 0, "socks5", "site.test"),
]
REFUSED = {"connect": 56, "socks4": 97, "socks5": 97}  # curl's status


class WaysIn(support.Case):
    names = ["site.test", "proxy.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_site()
        nginx = cls.serve_site()
        cls.origins = {"site.test:443": nginx.port, f"{ADDRESS}:443": nginx.port,
                       "site.test:80": nginx.plain_port, f"{ADDRESS}:80": nginx.plain_port}  # fmt: skip
        hashed = cls.run_program("openssl", "passwd", "-6", PASSWORD).stdout.decode()
        cls.users = cls.folder / "users"
        cls.users.write_text(f"{USER}:{hashed}")

    def ways_in(self, *words):
        watch = self.watch(self.origins)
        return watch, watch.proxy("--listen-tls", "127.0.0.1:0", "--certs", self.certs, *words)

    def curl(self, proxy, way, *words, status=0):
        names = ["--resolve", f"site.test:443:{ADDRESS}", "--resolve", f"site.test:80:{ADDRESS}",
                 "--resolve", f"proxy.test:{proxy.ports[1]}:127.0.0.1"]  # fmt: skip
        return self.run_program(
            "curl", "-sS", "--max-time", support.PATIENCE, "--cacert", self.ca, "--proxy-cacert",
            self.certs / "ca.pem", *names, *(word.format(*proxy.ports) for word in way), *words, status=status,
        )  # fmt: skip

    def through_each(self, ways, fetch, *words, front=None):
        """Calls `fetch` for each way, and returns the flows: they came by these ways, in order."""
        watch, proxy = self.ways_in(*words)
        for way, *_ in ways:
            with self.subTest(way):
                fetch(proxy, way)
        flows = watch.flows()
        came = [(proxy.ports.index(flow.port), flow.front, flow.host) for flow in flows]
        self.assertEqual([one for one, _ in itertools.groupby(came)], [
            (at, front if front and name == "connect" else name, host) for _, at, name, host in ways])
        return flows

    def test_https_with_http_2_and_with_1(self):
        def fetch(proxy, way):
            for http in ("2", "1.1"):
                told = self.curl(proxy, way, f"--http{http}", "-w", "%{stderr}%{http_version}",
                                 "https://site.test/body")  # fmt: skip
                self.assertEqual((told.stdout, told.stderr), (self.body, http.encode()))

        self.assertEqual(len(self.through_each(WAYS, fetch)), 2 * len(WAYS))

    def test_many_at_once(self):
        def fetch(proxy, way):
            out = self.path(way[1].split(":")[0])
            self.curl(proxy, way, "--parallel", "--parallel-immediate", "--create-dirs", "--http1.1",
                      "-o", out / "#1", "https://site.test/body?[1-8]")  # fmt: skip
            self.assertEqual([file.read_bytes() for file in out.iterdir()], [self.body] * 8)

        self.through_each(WAYS, fetch)

    def test_plain_http(self):
        def fetch(proxy, way):
            done = self.curl(proxy, way, *["http://site.test/body"] * 2)
            self.assertEqual(done.stdout, self.body * 2)

        flows = self.through_each(WAYS, fetch, front="http")
        self.assertEqual(len(flows), len(WAYS))
        for flow in flows[:2]:
            told = [(one["method"], one["status"], one["response_bytes"])
                    for one in flow.all("exchanged")]  # fmt: skip
            self.assertEqual(told, [("GET", 200, len(self.body))] * 2)

    def test_the_right_login_gets_in(self):
        ways = [way for way in WAYS if way[2] != "socks4"]  # it has no password

        def fetch(proxy, way):
            done = self.curl(proxy, [*way, "--proxy-user", LOGIN], "https://site.test/body")
            self.assertEqual(done.stdout, self.body)

        self.through_each(ways, fetch, "--proxy-auth", self.users)

    def test_plain_http_with_a_login(self):
        def fetch(proxy, way):
            done = self.curl(proxy, [*way, "--proxy-user", LOGIN], "http://site.test/body")
            self.assertEqual(done.stdout, self.body)

        self.through_each(WAYS[:2], fetch, "--proxy-auth", self.users, front="http")

    def test_no_login_and_a_wrong_one_do_not(self):
        watch, proxy = self.ways_in("--proxy-auth", self.users)
        for way, _, front, _ in WAYS:
            for login in ([], ["--proxy-user", f"{USER}:wrong"], ["--proxy-user", f"other:{PASSWORD}"]):
                with self.subTest(way, login=login):
                    done = self.curl(proxy, [*way, *login], "https://site.test/body",
                                     status=REFUSED[front])  # fmt: skip
                    self.assertEqual(done.stdout, b"")
                    if front == "connect":
                        self.assertIn(b"407", done.stderr)
                        done = self.curl(proxy, [*way, *login], "-w", "%{stderr}%{http_code}",
                                         "http://site.test/body")  # fmt: skip
                        self.assertEqual(done.stderr, b"407")
                        self.assertNotIn(self.body[:16], done.stdout)
        proxy.end()
        flows = proxy.flows().values()
        self.assertEqual({flow.verdict for flow in flows}, {"front-refused"})
        self.assertFalse(any(flow.all("connecting") for flow in flows))


def prepare():
    support.need("curl", "openssl", "nginx")
    support.need_to_capture()


if __name__ == "__main__":
    prepare()
    support.main()
