#!/usr/bin/env python3
"""Each real client through helloscope and then through other people's proxies: all that the client's own
test wants is so, helloscope finds nothing wrong, and the hellos that it recorded are those that tshark
reads where the parents connect to. Behind a parent that opens TLS, a client that does not trust it fails,
and the verdict says so.

Clients that take seconds of processor time share the parents out; with HELLOSCOPE_EVERY_PARENT=1 each
meets all.

usage: test_clients_through_parents.py HELLOSCOPE [unittest arguments]
"""
import contextlib
import functools
import os
import types
from collections import Counter, namedtuple

import peers
import support
import test_bazel
import test_bazelisk
import test_chromium
import test_go
import test_java
import test_npm_node
import test_openssl
import test_python
import test_ways_in
import test_wget_git_apt
from real_parents import LOGIN, PROGRAMS, RealParents

NOTE = "closed-without-request"
EVERY = bool(os.environ.get("HELLOSCOPE_EVERY_PARENT"))
MODULES = [test_bazel, test_bazelisk, test_chromium, test_go, test_java, test_npm_node, test_openssl,
           test_python, test_ways_in, test_wget_git_apt]  # fmt: skip
NAMES = {"archive.test", "files.test", "page.test", "parent.test", "proxy.test", "pypi.test",
         "registry.test", "releases.test", "site.test"}  # fmt: skip

# at: where helloscope connects to; words: what it is told; ca: whom its clients trust; opens: what arrives
# behind it is not the client's own TLS.
Parent = namedtuple("Parent", "name at words ca opens", defaults=[False])
LOGIN_WANTED, TINYPROXY, DANTE, OVER_TLS = "squid-login", "tinyproxy", "dante", "squid-tls"
TRUSTED, STRANGER = "mitmproxy", "mitmproxy-not-trusted"
QUIET = [LOGIN_WANTED, TINYPROXY, DANTE, OVER_TLS]
ALL = [*QUIET, TRUSTED, STRANGER]


class Peers(RealParents):
    """The parents, for all classes below."""

    names = sorted(NAMES)

    @classmethod
    def list(cls):
        login = f"http://{LOGIN}@{cls.squid_login.at}"
        mitm = [cls.mitmdump.at, ["--via", f"http://{cls.mitmdump.at}"]]
        return [
            Parent(LOGIN_WANTED, cls.squid_login.at, ["--via", login], cls.ca),
            Parent(TINYPROXY, cls.tinyproxy.at, ["--via", f"http://{cls.tinyproxy.at}"], cls.ca),
            Parent(DANTE, cls.dante.at, ["--via", f"socks5h://{cls.dante.at}"], cls.ca),
            Parent(OVER_TLS, cls.squid_tls.at, ["--via", cls.parent_test, *cls.to_parent_test], cls.ca),
            Parent(TRUSTED, *mitm, cls.mitmdump.ca, True),
            Parent(STRANGER, *mitm, cls.ca, True),
        ]


def setUpModule():
    support.unittest.addModuleCleanup(Peers.doClassCleanups)
    Peers.setUpClass()


class Refused(Exception):
    """A client had TLS flows of which none can have brought it anything."""


class Watch(support.Watch):
    """One whose flows go to a parent; what it recorded is compared later."""

    def start_capture(self):
        if not self.case.parent.opens:
            self.case.see(self.ports)

    def flows(self, hosts=None):
        flows, parent = self.ended(hosts), self.case.parent
        for flow in flows:
            self.case.assertEqual({one["address"] for one in flow.all("connected")}, {parent.at})
        if parent.name == STRANGER and any(flow.all("record") for flow in flows):
            self.case.look_at_refused(flows)
            raise Refused
        hellos = [hello for _, hello in self.went_well(flows)]
        if not parent.opens:
            self.case.recorded.update(hellos)
        self.case.tell(flows, "no verdict")
        return flows


class Through:
    """Before a class of tests: each test once for each of its parents."""

    @classmethod
    def make_certs(cls):
        return Peers.certs

    def setUp(self):
        self.capture, self.recorded = None, Counter()

    def path(self, name):
        folder = super().path(self.parent.name)
        folder.mkdir(exist_ok=True)
        return folder / name

    def watch(self, origins, *words):
        self.watched = Watch(self, origins, [*self.parent.words, *words])
        return self.watched

    def see(self, ports):
        """One capture for all parents of a test."""
        if self.capture is None:
            self.ports, self.capture = ports, support.Capture(self, *ports)
        self.assertEqual(self.ports, ports)

    def each_way(self, origins, test, hosts=None):
        test(functools.partial(self.standing, origins, hosts))

    @contextlib.contextmanager
    def subTest(self, *of, **more):
        with super().subTest(*of, **more), self.refusing():
            yield

    @contextlib.contextmanager
    def refusing(self):
        """A client that trusts nobody here has failed where its test says that it succeeds."""
        try:
            yield
        except Refused:
            self.refused += 1
        except support.Ended:
            if self.parent.name != STRANGER or self.watched is None:
                raise
            self.look_at_refused(self.watched.ended())
            self.refused += 1

    def look_at_refused(self, flows):
        flows = [flow for flow in flows if flow.all("record")]
        seen = {flow.verdict or NOTE for flow in flows}
        self.assertEqual(seen, {self.wanted})
        for flow in flows:
            self.assertLess(flow.one("flow_closed")["to_client"], 10_000)
        if NOTE in seen:
            self.assertIn(NOTE, "".join(proxy.err.read_text() for proxy in self.watched.proxies))
        self.tell(flows, " ".join(sorted(seen)))

    def tell(self, flows, how):
        if EVERY:
            sizes = Counter(flow.hello_on_the_wire for flow in flows if flow.all("record"))
            print(f"{self.id()} | {self.parent.name} | {len(flows)} flows | {dict(sizes)} | {how}", flush=True)

    def meet(self, parent, verdict, test):
        if parent.opens:
            self.compare()  # before hellos of its own are on the wire
        self.parent, self.ca, self.wanted = parent, parent.ca, verdict
        self.watched, self.refused = None, 0
        with self.refusing():
            test(self)
        self.assertEqual(self.refused > 0, parent.name == STRANGER)

    def compare(self):
        capture, self.capture = self.capture, None
        if capture:
            file = capture.end()
            wire = support.hellos_on_the_wire(self, file, *self.ports, by="tcp.stream")
            self.assertEqual(self.recorded, Counter(wire.values()))


def meeting(test, parents, verdict=None):
    """A test of a class of Through. `verdict`: on the client that does not trust its parent."""

    @functools.wraps(test)
    def meet_each(self):
        for parent in Peers.list():
            if parent.name in parents:
                with super(Through, self).subTest(parent.name):
                    self.meet(parent, verdict, test)
        self.compare()

    return meet_each


def through(base, **tests):
    """`base` with these tests alone: each with its verdict and, if it is slow, the parents that it meets."""
    made = {name: None for name in dir(base) if name.startswith("test_")}
    for name, (verdict, *slow) in tests.items():
        made[name] = meeting(getattr(base, name), ALL if EVERY or not slow else slow, verdict)
    return type(base.__name__, (Through, base), made)


UNTRUSTED, REJECTED, FINISHED = "certificate-untrusted", "certificate-rejected", NOTE

Bazel = through(test_bazel.Bazel, test_bazel_alone=[REJECTED, TINYPROXY, OVER_TLS])
Bazelisk = through(
    test_bazelisk.Bazelisk,
    test_a_download_runs_and_its_hello_is_the_one_on_the_wire=[REJECTED, *QUIET, TRUSTED],
)
Chromium = through(test_chromium.Chromium, test_a_page_and_its_script=[REJECTED, DANTE, STRANGER])
Go = through(test_go.Go, test_net_http=[REJECTED])
Java = through(
    test_java.Java, test_http_client=[REJECTED, LOGIN_WANTED, TRUSTED],
    test_https_url_connection=[REJECTED, TINYPROXY, STRANGER],
)  # fmt: skip
NpmNode = through(
    test_npm_node.NpmNode, test_npm_installs_a_package=[REJECTED, OVER_TLS, STRANGER],
    test_node_20_with_undici=[REJECTED], test_node_24_obeys_the_environment=[REJECTED],
)  # fmt: skip
Python = through(test_python.Python, test_urllib=[UNTRUSTED], test_pip=[UNTRUSTED, DANTE, TRUSTED])
WgetGitApt = through(
    test_wget_git_apt.WgetGitApt, test_wget=[FINISHED], test_git=[FINISHED], test_apt=[REJECTED]
)


class Curl(through(test_ways_in.WaysIn)):
    def refused_by_each_way(self):
        watch, proxy = self.ways_in()
        for way, *_ in test_ways_in.WAYS:
            done = self.curl(proxy, way, "https://site.test/body", status=None)
            inside_tls = way[1].startswith("https:")  # where curl 7.88 has no word for it
            self.assertEqual(done.returncode, 35 if inside_tls else 60, done.stderr)
        watch.flows()

    test_one_that_does_not_trust = meeting(refused_by_each_way, [STRANGER], UNTRUSTED)
    for name in ("https_with_http_2_and_with_1", "many_at_once", "plain_http", "the_right_login_gets_in",
                 "plain_http_with_a_login"):
        locals()[f"test_{name}"] = meeting(getattr(test_ways_in.WaysIn, f"test_{name}"), [*QUIET, TRUSTED])


class Openssl(through(test_openssl.SClient)):
    def s_client_downloads(self):
        watch = self.watch({"registry.test:443": self.port})
        request = b"GET /bytes/100000 HTTP/1.1\r\nHost: registry.test\r\nConnection: close\r\n\r\n"
        done = self.s_client(watch.proxy(), "-quiet", "-ignore_unexpected_eof", input=request)
        self.assertEqual(len(done.stdout.split(b"\r\n\r\n", 1)[1]), 100_000)
        watch.flows()

    test_s_client = meeting(s_client_downloads, ALL, UNTRUSTED)


if __name__ == "__main__":
    support.need(*PROGRAMS)
    peers.need_own_hosts()
    for module in MODULES:
        module.prepare()
    support.main()
