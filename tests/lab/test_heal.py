#!/usr/bin/env python3
"""What --heal makes of broken paths: which attempt is joined to the client, and after how long.

usage: test_heal.py HELLOSCOPE [--table | unittest arguments]
"""
import concurrent.futures
import dataclasses
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "clients"))
import certificates
import labs
import support
from labs import Lab

PATIENCE = 30  # seconds
GO = 1493  # bytes of the hello of Go 1.24, which is Bazelisk's
SMALL = 0  # of openssl as it is


@dataclasses.dataclass(frozen=True)
class Row:
    scenario: str
    hello: int
    healed: str  # by this shape; "first": the first attempt was joined; "none": none was answered
    at_most: float  # seconds from the hello to that
    attempts: int = 2
    family: int = 4
    works: bool = True

    @property
    def name(self):
        return f"{self.scenario}{', IPv6' if self.family == 6 else ''}"


# Where the first attempt is answered after all, it is as if healing were off.
ROWS = [
    Row("mtu1400", GO, "mtu:1400", 3),
    Row("mtu1400", GO, "mtu:1400", 3, family=6),
    Row("mtu1400-bigchain", GO, "mtu:1400", 3),
    Row("mtu1400-down-bigchain", SMALL, "mtu:1400", 3),
    Row("mtu1400-down-bigchain", SMALL, "mtu:1400", 3, family=6),
    Row("mtu1400-down-bigchain-tls12", SMALL, "mtu:1400", 3),
    Row("mtu1400-up-no-tail", 1420, "mtu:1400", 3),
    Row("mtu1400-down-no-tail", SMALL, "mtu:1280", 3),
    Row("mtu1280", GO, "mtu:1280", 3, attempts=3),
    Row("mtu576", GO, "mtu:576", 3, attempts=4),
    Row("fragments-dropped", GO, "mtu:1400", 3),
    Row("tail-dropped-up", GO, "split:747", 3),
    Row("whole-record-reset", GO, "records:744|split:records", 3, attempts=4),
    Row("sni-dropped", SMALL, "split:even", 3),
    Row("sni-reset", SMALL, "split:even", 3, attempts=3),
    Row("slow3", SMALL, "first", 4),
    Row("slow7", SMALL, "first", 8),
    Row("silent", SMALL, "none", 8.5, works=False),
    Row("payload-dropped-up", SMALL, "none", 8.5, attempts=3, works=False),
    Row("hello-reset", SMALL, "none", 1, attempts=4, works=False),
    Row("hello-closed", SMALL, "none", 1, attempts=4, works=False),
    Row("first-segment-reset", GO, "none", 1, attempts=4, works=False),
]  # fmt: skip
# Nothing is broken, or what is heals by itself: there is no second attempt.
QUIET = ["healthy", "first-segment-lost", "bigchain", "retry", "rtt200", "hello-alert", "mtu1400-icmp"]


@dataclasses.dataclass
class Seen:
    works: bool
    seconds: float
    events: list

    def all(self, name):
        return [one for one in self.events if one["event"] == name]

    @property
    def healed(self):
        told = self.all("healed")
        return told[0] if told else None

    @property
    def by(self):
        if not self.healed or self.healed["attempt"] == 1:
            return "first"
        return self.healed["shape"] if self.healed["attempt"] else "none"

    @property
    def attempts(self):
        return [one.get("shape", "") for one in self.all("heal_attempt")]


class Healing:
    """Runs a handshake in a lab, through helloscope with --heal."""

    def __init__(self, certs):
        self.certs = certs
        self.base = labs.openssl_hello()

    def see(self, scenario, hello=SMALL, family=4, options=("--heal",)):
        with Lab(scenario, helloscope=support.HELLOSCOPE, family=family, certs=self.certs) as lab:
            proxy = lab.helloscope(*options)
            words = ["-proxy", proxy.url.removeprefix("http://"), "-CAfile", lab.certs / "ca.pem",
                     "-verify_return_error"]  # fmt: skip
            words = labs.openssl_client(hello=hello, base=self.base, words=words)
            begin = time.monotonic()
            done = lab.run("client", words, timeout=PATIENCE if scenario != "silent" else 9.5,
                           stdin=labs.REQUEST, env=lab.client_env(proxy))  # fmt: skip
            seconds = time.monotonic() - begin
            proxy.end()
            return Seen(done.returncode == 0, seconds, proxy.flows()[1])

    def rows(self):
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            return list(zip(ROWS, pool.map(lambda row: self.see(row.scenario, row.hello, row.family), ROWS)))


def made_certificates(folder):
    certs = Path(folder) / "certs"
    certificates.make(support.HELLOSCOPE, certs)
    return certs


class HealTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="helloscope-heal-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.healing = Healing(made_certificates(folder.name))

    def test_broken_paths(self):
        for row, seen in self.healing.rows():
            with self.subTest(row.name, hello=row.hello):
                told = "\n".join(map(str, seen.all("heal_attempt") + seen.all("heal_attempt_ended")))
                self.assertEqual(seen.works, row.works, told)
                self.assertLessEqual(seen.healed["took"], row.at_most, told)
                self.assertEqual(len(seen.attempts), row.attempts, told)
                if row.healed == "split:even":
                    self.assertRegex(seen.by, r"^split:\d+$")
                else:
                    self.assertEqual(seen.by, row.healed, told)

    def test_where_nothing_is_to_be_healed_there_is_one_connection(self):
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            for name, seen in zip(QUIET, pool.map(self.healing.see, QUIET)):
                with self.subTest(name):
                    self.assertEqual(seen.attempts, [])
                    self.assertIsNone(seen.healed)

    def test_what_worked_is_tried_at_once_the_next_time(self):
        with Lab("mtu1400", helloscope=support.HELLOSCOPE, certs=self.healing.certs) as lab:
            proxy = lab.helloscope("--heal")
            words = labs.openssl_client(hello=GO, base=self.healing.base, words=[
                "-proxy", proxy.url.removeprefix("http://"), "-CAfile", lab.certs / "ca.pem"])  # fmt: skip
            for _ in range(2):
                self.assertEqual(lab.run("client", words, stdin=labs.REQUEST, timeout=PATIENCE).returncode, 0)
            proxy.end()
            again = [one for one in proxy.events() if one["event"] == "healed"][1]
            self.assertTrue(again["remembered"])
            self.assertEqual(again["shape"], "mtu:1400")
            self.assertLess(again["took"], 0.2)
            listed = lab.run("proxy", [support.HELLOSCOPE, "heal", "list"]).stdout.decode()
            self.assertIn("registry.test:443  mtu:1400", listed)


def table():
    with tempfile.TemporaryDirectory(prefix="helloscope-heal-test-") as folder:
        healing = Healing(made_certificates(folder))
        print("| path | hello | healed by | after | attempts |\n|---|---|---|---|---|")
        for row, seen in healing.rows():
            hello = row.hello or healing.base
            print(f"| {row.name} | {hello:,} | {seen.by} | {seen.healed['took']:.2f} s | {len(seen.attempts)} |"
                  f"{'' if seen.works == row.works else ' UNEXPECTED'}")  # fmt: skip


if __name__ == "__main__":
    if "--table" in sys.argv:
        table()
    else:
        support.main()
