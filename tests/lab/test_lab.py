#!/usr/bin/env python3
"""Each scenario of the lab does to plain clients, openssl and curl without helloscope, what its row says;
and the case that helloscope is there for: Bazelisk, whose ClientHello is longer than a packet.

usage: test_lab.py HELLOSCOPE [unittest arguments]
"""
import concurrent.futures
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "clients"))
import bazelisk
import certificates
import clients
import labs
import scenarios
import support
from labs import Lab

STALL = 2.5  # seconds: who has said nothing by then says nothing
AT_ONCE = 12  # labs: most of their time they wait


def setUpModule():
    folder = tempfile.TemporaryDirectory(prefix="helloscope-lab-test-")
    unittest.addModuleCleanup(folder.cleanup)
    global CERTS, BAZELISK_RUNS
    CERTS = Path(folder.name) / "certs"
    certificates.make(support.HELLOSCOPE, CERTS)
    # They wait for half a minute, so they begin first and are looked at last.
    BAZELISK_RUNS = bazelisk.Runs(support.HELLOSCOPE, CERTS, Path(folder.name))
    unittest.addModuleCleanup(BAZELISK_RUNS.end)


class Table(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.clients = clients.Clients()

    def seen(self, scenario, family):
        """{use: how it ended, and after how long}"""
        with Lab(scenario.name, helloscope=support.HELLOSCOPE, family=family, certs=CERTS) as lab:
            seen = {}
            for use in scenario.uses:
                seen[use] = self.use(lab, use)
                if scenario.path and use != scenario.uses[-1]:
                    lab.forget()
            return seen

    def use(self, lab, use):
        wanted = getattr(lab.scenario, use).how
        patience = STALL if wanted in ("hangs", "timeout") else labs.PATIENCE
        begin = time.monotonic()
        if lab.scenario.through_helloscope:
            proxy = lab.helloscope("--no-record")
            how = self.clients.data(lab, patience, proxy)
        else:
            how = getattr(self.clients, use)(lab, patience)
        return how, time.monotonic() - begin

    def test_each_scenario_does_what_its_row_says(self):
        rows = [(one, family) for one in scenarios.TABLE for family in one.families_that_differ]
        # The slow ones first: the others pass beside them.
        rows.sort(key=lambda row: -(20 if row[0].small.how == "timeout" else row[0].seconds))
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            running = [(row, pool.submit(self.seen, *row)) for row in rows]
            for (scenario, family), one in running:
                with self.subTest(scenario.name, family=family):
                    self.check(scenario, one.result())

    def check(self, scenario, seen):
        for use, (how, seconds) in seen.items():
            wanted = getattr(scenario, use).how
            if use == "data":  # curl does not say which
                wanted = {"timeout": "hangs", "unreachable": "refused"}.get(wanted, wanted)
            self.assertEqual(how, wanted, use)
            self.assertGreaterEqual(seconds, scenario.seconds, use)


class OddClients(unittest.TestCase):
    def test_they_stop_where_they_say(self):
        client = clients.Clients()
        with Lab("healthy", helloscope=support.HELLOSCOPE, certs=CERTS) as lab:
            proxy = lab.helloscope("--no-record")
            for how, verdict in clients.ODD.items():
                with self.subTest(how):
                    ended = client.odd(lab, how, STALL if how in ("silent", "half") else labs.PATIENCE, proxy)
                    self.assertEqual(ended == "works", verdict is None, ended)


class Segments(unittest.TestCase):
    def test_they_are_those_of_a_real_network(self):
        for family, longest in ((4, 1448), (6, 1428)):
            with self.subTest(family), Lab("mtu1400", helloscope=support.HELLOSCOPE, family=family,
                                           certs=CERTS) as lab:  # fmt: skip
                captures = [labs.Capture(lab, *link) for link in (("client", "proxy"), ("server", "far"))]
                self.assertEqual(clients.Clients().big(lab, 1), "hangs")
                left, reached = (self.to_server(one) for one in captures)
                self.assertEqual((left[:2], set(reached)), ([longest, 1800 - longest], {1800 - longest}))

    def to_server(self, capture):
        capture.end()
        return [int(length) for (length,) in capture.segments("tcp.len", shown="tcp.dstport == 443 && tcp.len > 0")]


class TheRealBazelisk(unittest.TestCase):
    """In the order of the alphabet this class is the last."""

    def test_without_help_it_fails(self):
        for scenario in bazelisk.FAILS:
            with self.subTest(scenario):
                run = BAZELISK_RUNS.of(scenario)
                self.assertEqual(run.status, 1)
                self.assertIn("net/http: TLS handshake timeout", run.stderr)
                self.assertTrue(32 < run.seconds < 60, run.seconds)
                self.assertEqual([flow.hello_on_the_wire for flow in run.flows], [1493] * 3)
                self.assertTrue(all(flow.verdict for flow in run.flows))

    def test_with_help_it_succeeds(self):
        for scenario, family, words, told in bazelisk.SUCCEEDS:
            with self.subTest(scenario, family=family, words=words):
                run = BAZELISK_RUNS.of(scenario, family, *words)
                self.assertEqual((run.status, run.stdout), (0, "a Bazel was run: build //:hello\n"), run.stderr)
                (flow,) = run.flows
                # What healed shows what it was; without an attempt that failed there is nothing to say.
                cause = scenarios.BY_NAME[scenario].big.verdicts[:1] if "--heal" in words else ()
                self.assertEqual(flow.verdict, *cause or (None,))
                for event in told:
                    self.assertTrue(flow.all(event), f"no {event}")
                if "--heal" in words:
                    self.assertLess(flow.all("healed")[0]["took"], 3)


if __name__ == "__main__":
    support.need("curl", "openssl")
    try:
        labs.namespaces()
    except labs.Impossible as reason:
        support.skip(reason)
    support.main()
