#!/usr/bin/env python3
"""Clients that know of no proxy: a gateway between two networks, and a machine that redirects its
own connections, each with the rules that helloscope prints.

usage: test_transparent.py HELLOSCOPE [unittest arguments]
"""
import contextlib
import os
import re
import shutil
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "clients"))
import networks
import support
from support import PATIENCE, Process

# client - gateway - server, each link with both families; the client can reach the server itself.
CLIENT, SERVER = {4: "10.77.1.2", 6: "fd77:1::2"}, {4: "10.77.2.2", 6: "fd77:2::2"}
NOWHERE = "10.77.2.77"
GATEWAY = {4: "10.77.2.1", 6: "fd77:2::1"}  # on its link to the server
GATEWAY_NEAR = {4: "10.77.1.1", 6: "fd77:1::1"}
USER, OTHER = 47110, 47111  # two users that own nothing
PORT = {"https": 443, "http": 80}


def at(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def address_in(endpoint):
    return endpoint.rsplit(":", 1)[0].strip("[]")


class Server(Process):
    """nginx at 443 and 80 of both addresses. Beside the files it says under /who by which address
    it was asked, and at which of its own."""

    def __init__(self, case, host):
        folder, certs = case.folder / "server", case.certs
        folder.mkdir()
        (folder / "body").write_bytes(case.body)
        conf = folder / "nginx.conf"
        listen = [at(address, port) for address in SERVER.values() for port in (443, 80)]
        lines = [f"listen {one}{' ssl' if one.endswith('443') else ''};" for one in listen]
        conf.write_text(f"""
            user root; daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;
            events {{ worker_connections 512; }}
            http {{
                access_log off;
                server {{
                    {" ".join(lines)}
                    ssl_protocols TLSv1.2 TLSv1.3;
                    ssl_certificate {certs}/leaf.pem; ssl_certificate_key {certs}/leaf.key;
                    root {folder};
                    location /who {{ return 200 "$remote_addr $server_addr $server_port"; }}
                }}
            }}""")
        sockets = [host.listen(address, port) for address in SERVER.values() for port in (443, 80)]
        fds = [one.fileno() for one in sockets]
        super().__init__(
            folder, ["nginx", "-e", "stderr", "-p", folder, "-c", conf],
            case.env | {"NGINX": "".join(f"{fd};" for fd in fds)}, pass_fds=fds,
        )  # fmt: skip
        for one in sockets:
            one.close()


class Case(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.body = os.urandom(800_000)
        cls.client, cls.gateway, cls.server = (
            networks.Host(name, cls.addClassCleanup) for name in ("client", "gateway", "server"))  # fmt: skip
        cls.client.link("up0", ["10.77.1.2/24", "fd77:1::2/64"],
                        cls.gateway, "near0", ["10.77.1.1/24", "fd77:1::1/64"])  # fmt: skip
        cls.gateway.link("far0", ["10.77.2.1/24", "fd77:2::1/64"],
                         cls.server, "down0", ["10.77.2.2/24", "fd77:2::2/64"])  # fmt: skip
        cls.gateway.forward()
        for family in (4, 6):
            cls.client.route("default", GATEWAY_NEAR[family])
            cls.server.route("default", GATEWAY[family])
        cls.start(Server(cls, cls.server))
        for path in (cls.folder, cls.certs, cls.ca):  # other users are among the clients
            path.chmod(path.stat().st_mode | 0o055)

    @contextlib.contextmanager
    def rules(self, host, *words, before=()):
        """Applies what --print-rules says of these words, and undoes it, both as its comment says."""
        printed = self.run_program(*before, support.HELLOSCOPE, "run", *words, "--print-rules").stdout.decode()
        said = re.match(
            r"# As root. To undo: (nft delete table inet \w+)(; the ip lines with del for add)?\n", printed)
        self.assertTrue(said, printed)
        ip_lines = re.findall(r"(?m)^ip .*", printed)
        self.assertEqual(bool(said[2]), bool(ip_lines), printed)
        undo = [said[1], *(line.replace(" add ", " del ") for line in ip_lines)]
        host.run("sh", "-e", input=printed.encode())
        try:
            yield
        finally:
            host.run("sh", "-e", input="\n".join(undo).encode())

    def routing(self, host):
        """Everything that rules change; the kernel's own routes come and go."""
        return host.told("sh", "-c", "nft list ruleset; ip rule; ip -6 rule; (ip route show table all; "
                         "ip -6 route show table all) | grep -v ' proto kernel ' || :")  # fmt: skip

    def curl(self, host, family, scheme, path, *, to=None, before=(), **options):
        """It knows the name's address, and of no proxy."""
        port, address = PORT[scheme], to or SERVER[family]
        return self.run_program(
            *host.inside, *before, "curl", "-sS", "--max-time", PATIENCE, "--cacert", self.ca,
            "--resolve", f"registry.test:{port}:{address}", f"{scheme}://registry.test{path}", **options,
        )  # fmt: skip

    def is_reset(self, *words, **options):
        """curl is told so while it connects, or when it has begun to speak."""
        done = self.curl(*words, "/body", status=None, **options)
        self.assertIn(done.returncode, (7, 35))
        self.assertEqual(done.stdout, b"")

    def who(self, *words, **options):
        return self.curl(*words, "/who", **options).stdout.decode().split()

    @contextlib.contextmanager
    def transparent(self, host, mode, addresses, *words):
        """helloscope and its rules; the rules are gone afterwards, helloscope is not."""
        ways_in = sum((["--transparent", f"{mode}@{at(one, 8485)}"] for one in addresses), [])
        proxy = self.proxy(*words, ways_in=ways_in, before=host.inside)
        with self.rules(host, *ways_in, *words):
            yield proxy


class Gateway(Case):
    allowed = ["--allow-from", "10.77.1.0/24,fd77:1::/64"]

    def on_the_gateway(self, mode, *words):
        return self.transparent(self.gateway, mode, ["0.0.0.0", "::"], *(words or self.allowed))

    def check(self, mode):
        rows = [(family, scheme) for family in (4, 6) for scheme in ("https", "http")]
        before = self.routing(self.gateway)
        with self.on_the_gateway(mode) as proxy:
            self.assertEqual(proxy.ports, [8485, 8485])
            for family, scheme in rows:
                with self.subTest(family=family, scheme=scheme):
                    self.assertEqual(self.curl(self.client, family, scheme, "/body").stdout, self.body)
                    told = self.who(self.client, family, scheme)
                    self.assertEqual(told, [GATEWAY[family], SERVER[family], str(PORT[scheme])])
        self.assertEqual(self.routing(self.gateway), before)
        self.assertEqual(self.who(self.client, 4, "https"), [CLIENT[4], SERVER[4], "443"])
        told = proxy.end()
        flows = list(proxy.flows().values())
        self.assertEqual(len(flows), 2 * len(rows), told)
        for (family, scheme), flow in zip([row for row in rows for _ in (1, 2)], flows):
            with self.subTest(family=family, scheme=scheme):
                self.check_flow(flow, mode, family, scheme)
                self.assertIn(at(SERVER[family], PORT[scheme]), told)

    def check_flow(self, flow, mode, family, scheme):
        asked = flow.one("requested")
        self.assertEqual((asked["front"], asked["host"], asked["port"]),
                         (mode, SERVER[family], PORT[scheme]))  # fmt: skip
        opened, connected = flow.one("flow_opened"), flow.one("connected")
        self.assertEqual(address_in(opened["client"]), CLIENT[family])
        self.assertEqual(connected["address"], at(SERVER[family], PORT[scheme]))
        self.assertEqual(address_in(connected["local"]), GATEWAY[family])
        self.assertIsNone(flow.verdict)
        if scheme == "https":
            self.assertEqual((flow.sni, flow.version), ("registry.test", "1.3"))
            self.assertEqual(flow.hello_on_the_wire, 517)
        else:
            self.assertTrue(flow.all("not_tls"))

    def test_redirect(self):
        self.check("redirect")

    def test_tproxy(self):
        self.check("tproxy")

    def test_a_server_that_cannot_be_reached_is_a_reset_to_the_client(self):
        """It would understand no answer: the recording and the report say why."""
        self.gateway.ip("route", "add", "unreachable", NOWHERE)
        self.addCleanup(self.gateway.ip, "route", "del", "unreachable", NOWHERE)
        for mode in ("redirect", "tproxy"):
            with self.subTest(mode):
                with self.on_the_gateway(mode) as proxy:
                    self.is_reset(self.client, None, "https", to=NOWHERE)
                told = proxy.end()
                (flow,) = proxy.flows().values()
                self.assertEqual(flow.verdict, "host-unreachable")
                self.assertEqual(flow.one("answered")["status"], 502)
                self.assertIn(at(NOWHERE, 443), told)

    def test_who_may_come_in(self):
        with self.on_the_gateway("redirect", "--allow-from", "192.0.2.0/24,fd77:1::/64") as proxy:
            self.is_reset(self.client, 4, "https")
            self.assertEqual(self.curl(self.client, 6, "https", "/body").stdout, self.body)
        proxy.end()
        forbidden, allowed = proxy.flows().values()
        answered = forbidden.one("answered")
        self.assertEqual((answered["status"], answered["reason"]),
                         (403, f"{CLIENT[4]} may not use this proxy (--allow-from)"))  # fmt: skip
        self.assertEqual((forbidden.all("connecting"), allowed.verdict), ([], None))

    def test_a_connection_straight_to_the_port_goes_nowhere(self):
        """Its only destination is helloscope itself."""
        hosts = [(self.client, GATEWAY_NEAR[4]), (self.client, GATEWAY_NEAR[6]), (self.client, GATEWAY[4]),
                 (self.gateway, "127.0.0.1"), (self.gateway, "::1")]  # fmt: skip
        ways_in = ["--transparent", "redirect@0.0.0.0:8485", "--transparent", "redirect@[::]:8485"]
        without_rules = self.proxy(*self.allowed, ways_in=ways_in, before=self.gateway.inside)
        self.straight(without_rules, hosts)
        for mode in ("redirect", "tproxy"):
            with self.on_the_gateway(mode) as proxy:
                self.straight(proxy, hosts)

    def straight(self, proxy, hosts):
        for host, address in hosts:
            with self.assertRaises(ConnectionResetError):
                with host.call(lambda: socket.create_connection((address, 8485), PATIENCE)) as connection:
                    connection.recv(1)
        told = proxy.end()
        flows = list(proxy.flows().values())
        self.assertEqual(len(flows), len(hosts))
        for flow in flows:
            self.assertIsNotNone(flow.verdict)
            self.assertIn(flow.one("answered")["reason"], told.replace("\n  ", " "))
            self.assertFalse(flow.all("connected"))

    def test_the_gateways_own_users_are_redirected_too(self):
        """--allow-from is asked about them as about everybody."""
        with self.on_the_gateway("redirect", *self.allowed, "--allow-from", GATEWAY[6]) as proxy:
            other = ["setpriv", f"--reuid={OTHER}", "--clear-groups"]
            self.is_reset(self.gateway, 4, "https", before=other)
            self.assertEqual(self.curl(self.gateway, 6, "https", "/body", before=other).stdout, self.body)
            self.assertEqual(self.curl(self.gateway, 4, "https", "/body").stdout, self.body)
        proxy.end()
        self.assertEqual([flow.one("requested")["front"] for flow in proxy.flows().values()], ["redirect"] * 2)


class Local(Case):
    """One machine that redirects what its own users connect to."""

    listeners = ["127.0.0.1", "::1"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Other users write here, and may have no way to where the program was built.
        cls.folder.chmod(0o777)
        cls.addClassCleanup(setattr, support, "HELLOSCOPE", support.HELLOSCOPE)
        support.HELLOSCOPE = shutil.copy(support.HELLOSCOPE, cls.folder / "helloscope")

    def as_user(self, user, *words):
        return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *words]

    def check(self, own):
        """`own`: what leads to a process of helloscope's own user."""
        for family in (4, 6):
            for scheme in ("https", "http"):
                for user in (self.as_user(OTHER), own):
                    with self.subTest(family=family, scheme=scheme, user=user):
                        got = self.curl(self.client, family, scheme, "/body", before=user).stdout
                        self.assertEqual(got, self.body)

    def check_flows(self, flows):
        self.assertEqual([flow.one("requested")["front"] for flow in flows], ["redirect"] * 4)
        targets = [(flow.one("requested")["host"], flow.one("requested")["port"]) for flow in flows]
        self.assertEqual(targets, [(SERVER[family], port) for family in (4, 6) for port in (443, 80)])
        for flow in flows:
            self.assertIsNone(flow.verdict)
            self.assertNotEqual(flow.one("flow_opened")["client"], flow.one("connected")["local"])
        self.assertEqual([flow.sni for flow in flows[::2]], ["registry.test"] * 2)

    def test_helloscope_as_root(self):
        with self.transparent(self.client, "redirect", self.listeners) as proxy:
            self.check([])
        self.assertEqual(self.client.told("nft", "list", "ruleset"), "")
        self.curl(self.client, 4, "https", "/body", before=self.as_user(OTHER))
        proxy.end()
        self.check_flows(list(proxy.flows().values()))

    def test_helloscope_without_rights(self):
        """Only the rules are root's. They are printed by the user that helloscope runs as."""
        user = self.as_user(USER)
        ways_in = sum((["--transparent", f"redirect@{at(one, 8485)}"] for one in self.listeners), [])
        proxy = self.proxy(ways_in=ways_in, before=[*self.client.inside, *user])
        with self.rules(self.client, *ways_in, before=user):
            self.check(user)
        proxy.end()
        self.check_flows(list(proxy.flows().values()))

    def test_rules_of_another_user_are_a_loop_and_no_storm(self):
        """They lead helloscope's own connections back to it."""
        ways_in = ["--transparent", "redirect@127.0.0.1:8485"]
        proxy = self.proxy("--max-flows", "50", ways_in=ways_in,
                           before=[*self.client.inside, *self.as_user(USER)])  # fmt: skip
        with self.rules(self.client, *ways_in):
            self.is_reset(self.client, 4, "https", before=[*self.as_user(OTHER), "timeout", "5"])
        proxy.end()
        flows = list(proxy.flows().values())
        self.assertLessEqual(len(flows), 2)
        self.assertIn("proxy-loop", [flow.verdict for flow in flows])

    def test_tproxy_needs_a_right_and_says_which(self):
        for words, status in ((["--transparent", "tproxy"], 3),
                              (["--transparent", "tproxy@[::1]:0", "--", "true"], 125)):  # fmt: skip
            with self.subTest(words):
                done = self.run_program(*self.as_user(USER), support.HELLOSCOPE, "run", "--no-record",
                                        *words, status=status)  # fmt: skip
                told = done.stderr.decode()
                self.assertEqual(told.count("\n"), 1, told)
                self.assertIn("CAP_NET_ADMIN", told)
        with_it = self.as_user(USER, "--inh-caps=+net_admin", "--ambient-caps=+net_admin")
        self.proxy(ways_in=["--transparent", "tproxy@127.0.0.1:0"], before=with_it).end()

    def test_a_busy_port_is_named_with_its_flag(self):
        taken = self.client.listen("127.0.0.1", 8485)
        self.addCleanup(taken.close)
        done = self.run_program(
            *self.client.inside, support.HELLOSCOPE, "run", "--no-record", "--transparent", status=3)
        self.assertRegex(done.stderr.decode(), r"cannot listen on 127.0.0.1:8485: .*in use.*--transparent")


if __name__ == "__main__":
    networks.need()
    support.need("curl", "nft", "nginx", "setpriv")
    support.main()
