#!/usr/bin/env python3
"""--heal on loopback, where no packet is lost: servers that fail some connections and not others, parents
that do, a thousand flows that need no healing. Broken paths are in tests/lab/test_heal.py.

usage: test_heal.py HELLOSCOPE [unittest arguments]
"""
import concurrent.futures
import socket
import ssl
import threading
from pathlib import Path

import support
from scripted import Scripted

FLOWS = 1000
DATA = Path(__file__).resolve().parents[1] / "data/tls"


def flights(name):
    """The first of the client and of the server, from tests/data/tls/NAME.dialogue."""
    first = {">": b"", "<": b""}
    records = []
    for line in (DATA / f"{name}.dialogue").read_text().splitlines():
        if line and line[0] in "<>":
            records.append([line[0], ""])
        if line and line[0] != "#":
            records[-1][1] += line[1:].strip()
    for way, text in records:
        if way == ">" and first["<"]:
            break
        record = bytes.fromhex(text.rstrip("*"))
        hidden = int.from_bytes(record[3:5], "big") if text.endswith("*") else 0
        first[way] += record + bytes(hidden)
    return first[">"], first["<"]


def pipe(one, other):
    """Bytes from one socket to the other, until it ends."""
    try:
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def joined(visit, port):
    """The visit goes on with the server at that port."""
    with socket.create_connection(("127.0.0.1", port)) as server:
        back = threading.Thread(target=pipe, args=(server, visit.connection), daemon=True)
        back.start()
        pipe(visit.connection, server)
        back.join()


def fails_first(port, times=1):
    """Resets after the hello so many times, then lets the server answer."""
    count = iter(range(1_000_000))

    def script(visit):
        if next(count) < times:
            visit.connection.recv(1)
            visit.reset()
        else:
            joined(visit, port)

    return script


class Heal(support.Case):
    names = ["registry.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port = cls.serve()

    def heals(self, *words):
        return self.proxy("--heal", *words, env=self.env | {"XDG_STATE_HOME": str(self.path("state"))})

    def handshake(self, proxy, target="registry.test:443"):
        with support.tls_through(proxy.port, target, self.ca) as tunnel:
            tunnel.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return tunnel.version(), b"".join(iter(lambda: tunnel.recv(65536), b""))

    def story(self, flow):
        return [(one["number"], one["how"]) for one in flow.all("heal_attempt_ended")]

    def test_a_server_that_resets_is_asked_again(self):
        with Scripted(fails_first(self.port)) as server:
            proxy = self.heals("--connect-to", f"registry.test:443:{server.at}")
            version, answer = self.handshake(proxy)
            self.assertEqual(version, "TLSv1.3")
            self.assertIn(b"HTTP/1.1 200", answer)
            told = proxy.end()
        (flow,) = proxy.flows().values()
        self.assertEqual(self.story(flow), [(1, "rst"), (2, "answered")])
        healed = flow.one("healed")
        self.assertEqual((healed["attempt"], healed["shape"]), (2, "mtu:1400"))
        self.assertLess(healed["took"], 1)
        self.assertIn("healed      by mtu:1400", told)
        self.assertIn("--shape 'mtu:1400'", told)
        self.assertEqual(len(server.visits), 2)

    def test_one_that_always_resets_is_asked_four_times_and_the_client_is_told(self):
        with Scripted(fails_first(self.port, 1000)) as server:
            proxy = self.heals("--connect-to", f"registry.test:443:{server.at}")
            with self.assertRaises(OSError):
                self.handshake(proxy)
            proxy.end()
        (flow,) = proxy.flows().values()
        self.assertEqual([how for _, how in self.story(flow)], ["rst"] * 4)
        self.assertEqual(flow.one("healed")["attempt"], 0)
        self.assertEqual(flow.all("closed")[0]["how"], "rst")
        self.assertEqual(flow.verdict, "reset-after-hello")

    def test_of_two_addresses_one_is_silent(self):
        with Scripted(lambda visit: visit.rest(), "127.0.0.2") as silent:
            port = silent.port
            with socket.create_server(("127.0.0.3", port)) as listener:
                good = threading.Thread(target=self.lead, args=(listener,), daemon=True)
                good.start()
                proxy = self.heals("--resolve", f"registry.test:{port}:127.0.0.2,127.0.0.3")
                version, _ = self.handshake(proxy, f"registry.test:{port}")
                self.assertEqual(version, "TLSv1.3")
                proxy.end()
        (flow,) = proxy.flows().values()
        first, second = flow.all("heal_attempt")
        self.assertEqual(first["address"], f"127.0.0.2:{port}")
        self.assertEqual(second["address"], f"127.0.0.3:{port}")
        self.assertEqual(second["why"], "acknowledged and not answered")
        self.assertLess(flow.one("healed")["took"], 3)

    def lead(self, listener):
        """Everybody who comes there to the server."""
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            visit = type("visit", (), {"connection": connection})
            threading.Thread(target=joined, args=(visit, self.port), daemon=True).start()

    def test_each_attempt_asks_the_parent_anew(self):
        count = iter(range(1_000_000))

        def parent(visit):
            visit.request()
            visit.send(b"HTTP/1.1 200 OK\r\n\r\n")
            if next(count) == 0:
                visit.connection.recv(1)
                visit.reset()
            else:
                joined(visit, self.port)

        with Scripted(parent) as server:
            proxy = self.heals("--via", f"http://{server.at}")
            self.assertEqual(self.handshake(proxy)[0], "TLSv1.3")
            proxy.end()
            self.assertEqual(len(server.requests), 2)
        (flow,) = proxy.flows().values()
        self.assertEqual(self.story(flow), [(1, "rst"), (2, "answered")])
        self.assertEqual(len(flow.all("parent_answered")), 1)  # of the flow's own way
        listed = self.helloscope("heal", "list", "--file", self.path("state") / "helloscope/heal")
        self.assertIn(f"through http://{server.at}".encode(), listed.stdout)

    def test_without_it_nothing_is_tried(self):
        with Scripted(fails_first(self.port)) as server:
            proxy = self.proxy("--connect-to", f"registry.test:443:{server.at}")
            with self.assertRaises(OSError):
                self.handshake(proxy)
            proxy.end()
            self.assertEqual(len(server.visits), 1)

    def test_a_thousand_healthy_flows_make_no_second_attempt(self):
        """Recorded flights: what a thousand real handshakes compute is not looked at here."""
        hello, flight = flights("tls13")

        def answers(visit):
            visit.connection.recv(len(hello), socket.MSG_WAITALL)
            visit.send(flight)
            visit.rest()

        def flow(_):
            with support.connect_through(proxy.port, server.at) as tunnel:
                tunnel.sendall(hello)
                return tunnel.recv(len(flight), socket.MSG_WAITALL) == flight

        with Scripted(answers) as server:
            proxy = self.heals("--no-report")
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                self.assertEqual(list(pool.map(flow, range(FLOWS))), [True] * FLOWS)
            proxy.end()
            self.assertEqual(len(server.visits), FLOWS)
        told = self.helloscope("report", "--json", proxy.recording).stdout
        self.assertEqual(told.count(b'"event":"flow_closed"'), FLOWS)
        self.assertNotIn(b'"event":"heal', told)

    def test_a_server_that_speaks_first_is_heard_at_once(self):
        with Scripted(lambda visit: (visit.send(b"220 ready\r\n"), visit.rest())) as server:
            proxy = self.heals()
            with support.connect_through(proxy.port, server.at) as tunnel:
                self.assertEqual(tunnel.recv(100), b"220 ready\r\n")
                tunnel.sendall(b"QUIT\r\n")
            proxy.end()
        (flow,) = proxy.flows().values()
        self.assertEqual(flow.all("heal_attempt"), [])

    def test_an_older_handshake_is_passed_on_whole(self):
        def older(context):
            context.maximum_version = ssl.TLSVersion.TLSv1_2

        proxy = self.heals("--connect-to", f"registry.test:443:127.0.0.1:{self.port}")
        with support.tls_through(proxy.port, "registry.test:443", self.ca, older) as tunnel:
            self.assertEqual(tunnel.version(), "TLSv1.2")
        proxy.end()
        (flow,) = proxy.flows().values()
        self.assertEqual(flow.all("heal_attempt"), [])


if __name__ == "__main__":
    support.main()
