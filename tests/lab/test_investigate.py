#!/usr/bin/env python3
"""What --investigate makes of flows that fail: suspicions become causes, and rejected certificates are
looked at.

usage: test_investigate.py HELLOSCOPE [--all] [--table] [unittest arguments]

--all also makes the rows that show nothing new of the program, but of the catalogue.
"""
import concurrent.futures
import dataclasses
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "clients"))
import certificates
import hosts
import labs
import support
import verdicts
from labs import Lab

AT_ONCE = 6  # labs: most of their time they wait
PATIENCE = 8  # seconds of a client whose handshake hangs: what is asked beside it is over by then
GO = 1493  # bytes of the hello of Go 1.24, which is Bazelisk's
SMALL = 0  # of openssl as it is
CURL = None


@dataclasses.dataclass(frozen=True)
class Row:
    scenario: str
    hello: int
    verdict: str  # "" for none
    certainty: str = ""
    others: tuple = None  # what it may be, too; None: whatever
    answered: tuple = ()  # the tests that were
    remedy: str = ""  # a command
    always: bool = True


SERVER, CLIENT = "mtu-black-hole-to-server", "mtu-black-hole-to-client"
SHORT = ("mss:536", "mtu:1400")
ROWS = [
    Row("mtu1400", GO, SERVER, "confirmed", (), (*SHORT, "without-post-quantum"), "helloscope run --mss 1360"),
    Row("mtu1280", GO, SERVER, "confirmed", (), ("mss:536", "without-post-quantum", "mtu:1280"),
        "helloscope run --mss 1240", always=False),
    Row("mtu1400-up-no-tail", 1420, SERVER, "confirmed", (), SHORT, always=False),  # see the command below
    Row("mtu1400-down-no-tail", SMALL, CLIENT, "confirmed", ()),
    Row("mtu1400-down-bigchain", SMALL, CLIENT, "confirmed", (), SHORT),
    Row("mtu1400-down-bigchain-tls12", SMALL, CLIENT, "confirmed", always=False),
    Row("tail-dropped-up", GO, "tail-dropped-to-server", "confirmed", ()),
    Row("sni-dropped", SMALL, "name-filtered", "likely", ("hello-content-refused",), ("split:midsni",)),
    Row("sni-reset", SMALL, "name-filtered", "likely", ("hello-content-refused",), ("split:midsni",), always=False),
    Row("payload-dropped-up", SMALL, "hello-dropped", "likely", ("name-filtered", "path-dead"), always=False),
    Row("silent", SMALL, "server-silent", "likely",
        ("name-filtered", "address-broken", "server-slow", "backend-down")),
    Row("payload-dropped-down", SMALL, "server-silent", "likely", always=False),
    Row("hello-reset", SMALL, "reset-after-hello", "likely", ("name-filtered",), always=False),
    Row("hello-closed", SMALL, "closed-after-hello", "likely", ("backend-down",), always=False),
    Row("hello-too-long", GO, "hello-size-intolerant", "confirmed", (),
        ("without-post-quantum", "without-post-quantum|split:100")),
    Row("first-segment-hang", GO, "split-intolerant", "confirmed", (), ("without-post-quantum",)),
    Row("first-segment-reset", GO, "split-intolerant", "confirmed", (), always=False),
    Row("first-segment-alert", GO, "split-intolerant", "confirmed", ()),
    Row("whole-record-hang", GO, "record-split-required", "confirmed", (), always=False),
    Row("whole-record-reset", GO, "record-split-required", "confirmed", ()),
    # Nothing is to be asked of these, and where something was the answer of the server counts.
    Row("healthy", GO, ""),
    Row("slow3", SMALL, ""),
    Row("tls12", CURL, "", always=False),
    Row("expired", CURL, "certificate-expired", "confirmed", ()),
    Row("untrusted", CURL, "certificate-untrusted", "confirmed", ()),
    Row("wrong-name", CURL, "certificate-wrong-name", "likely", ("closed-without-request",)),
    Row("incomplete", CURL, "certificate-untrusted", "confirmed", ()),
    Row("expired-tls12", CURL, "certificate-expired", "confirmed", (), always=False),
    Row("untrusted-tls12", CURL, "certificate-untrusted", "confirmed", (), always=False),
    Row("wrong-name-tls12", CURL, "certificate-wrong-name", "likely", ("closed-without-request",)),
    Row("incomplete-tls12", CURL, "certificate-untrusted", "confirmed", (), always=False),
    # The client says itself that it takes no other name.
    Row("wrong-name", SMALL, "certificate-wrong-name", "confirmed", ()),
]  # fmt: skip


@dataclasses.dataclass
class Seen:
    events: list
    report: str

    def all(self, name):
        return [one for one in self.events if one["event"] == name]

    @property
    def verdict(self):
        return verdicts.standing_event(self.events)

    @property
    def tests(self):
        return {one["test"]: one["outcome"] for one in self.all("investigated")}


class Investigating:
    """Runs a client in a lab, through helloscope with --investigate."""

    def __init__(self, certs):
        self.certs, self.base = certs, labs.openssl_hello()

    def see(self, scenario, hello, *options):
        with Lab(scenario, helloscope=support.HELLOSCOPE, certs=self.certs) as lab:
            proxy = lab.helloscope("--investigate", *options)
            words = self.curl() if hello is CURL else self.openssl(lab, hello)
            lab.run("client", words, env=lab.client_env(proxy), timeout=PATIENCE, stdin=labs.REQUEST)
            return self.seen(proxy)

    def seen(self, proxy):
        proxy.program.wait(labs.PATIENCE, look=lambda: "info flow 1 " in proxy.log)  # its last line
        report = proxy.end()
        flows = list(proxy.flows().values())
        if not flows:
            raise AssertionError(f"the client of {proxy.lab.scenario.name} did not come: {report}")
        return Seen(flows[0], report)

    def curl(self):
        return ["curl", "-sS", "-o", "/dev/null", "https://registry.test/"]

    def openssl(self, lab, hello):
        words = ["-proxy", f"{hosts.PROXY}:{labs.PROXY_PORT}", "-CAfile", lab.certs / "ca.pem",
                 "-verify_return_error", "-verify_hostname", "registry.test"]  # fmt: skip
        return labs.openssl_client(hello=hello, base=self.base, words=words)

    def rows(self, every):
        rows = [row for row in ROWS if row.always or every]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            return list(zip(rows, pool.map(lambda row: self.see(row.scenario, row.hello), rows)))


def made_certificates(folder):
    certs = Path(folder) / "certs"
    certificates.make(support.HELLOSCOPE, certs)
    return certs


class InvestigateTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="helloscope-investigate-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.lab = Investigating(made_certificates(folder.name))

    def test_suspicions_become_causes(self):
        for row, seen in self.lab.rows(EVERY):
            with self.subTest(row.scenario, hello=row.hello):
                told = f"{seen.verdict}\n{seen.tests}\n{seen.all('chain_fetched')}"
                self.assertEqual(seen.verdict.get("id", ""), row.verdict, told)
                if not row.verdict:
                    continue
                self.assertEqual(seen.verdict["certainty"], row.certainty, told)
                if row.others is not None:
                    self.assertEqual(set(seen.verdict.get("others", [])), set(row.others), told)
                for test in row.answered:
                    self.assertEqual(seen.tests.get(test), "answered", told)
                if row.remedy:
                    self.assertIn(row.remedy, [one.get("command") for one in seen.verdict["remedies"]])
                self.check_bounds(row, seen, told)

    def check_bounds(self, row, seen, told):
        self.assertLessEqual(len(seen.tests), 5, told)
        self.assertLess(sum(one["took"] for one in seen.all("investigated")), 12, told)
        self.assertEqual(seen.events[-1]["event"], "flow_closed")
        if row.verdict.startswith("certificate"):
            self.assertEqual(len(seen.all("chain_fetched")), 1, told)
            self.assertEqual(seen.tests, {})
            self.assertRegex(seen.report, r"\n  chain +CN=")
        else:
            self.assertRegex(seen.report, r"\n  asked again (a|one)")

    def test_a_server_is_asked_once_in_a_while(self):
        with Lab("hello-reset", helloscope=support.HELLOSCOPE, certs=self.lab.certs) as lab:
            proxy = lab.helloscope("--investigate")
            for _ in range(2):
                lab.run("client", self.lab.curl(), env=lab.client_env(proxy))
            proxy.program.wait(labs.PATIENCE, look=lambda: "info flow 2 " in proxy.log)
            self.lab.seen(proxy)
            first, second = proxy.flows().values()
            self.assertTrue([one for one in first if one["event"] == "investigated"])
            self.assertFalse([one for one in second if one["event"] == "investigated"])

    def test_around_a_command_helloscope_waits_for_the_answers(self):
        with Lab("mtu1400-up-no-tail", helloscope=support.HELLOSCOPE, certs=self.lab.certs) as lab:
            client = labs.openssl_client(hello=1420, base=self.lab.base, words=[])
            inner = " ".join(map(str, client)) + ' -proxy "${HTTPS_PROXY#http://}"'
            done = lab.run("proxy", [
                *labs.WITHOUT_PRIVILEGES, support.HELLOSCOPE, "run", "--investigate", "--no-record", "--",
                "timeout", "5", "sh", "-c", inner], stdin=labs.REQUEST)  # fmt: skip
            report = done.stderr.decode()
            self.assertEqual(done.returncode, 124, report)
            self.assertIn("mtu-black-hole-to-server (confirmed)", report)

    def test_without_the_option_nobody_is_asked(self):
        with Lab("hello-reset", helloscope=support.HELLOSCOPE, certs=self.lab.certs) as lab:
            proxy = lab.helloscope()
            lab.run("client", self.lab.curl(), env=lab.client_env(proxy))
            seen = self.lab.seen(proxy)
            self.assertEqual(seen.tests, {})
            self.assertEqual(seen.verdict["id"], "reset-after-hello")

    def test_cacert_says_whom_to_trust(self):
        with Lab("untrusted", helloscope=support.HELLOSCOPE, certs=self.lab.certs) as lab:
            proxy = lab.helloscope("--investigate", "--cacert", self.lab.certs / "strangers" / "ca.pem")
            lab.run("client", self.lab.curl(), env=lab.client_env(proxy))
            seen = self.lab.seen(proxy)
            self.assertEqual(seen.verdict["id"], "certificate-untrusted")
            self.assertEqual(seen.all("chain_fetched")[0].get("error", ""), "")


def table():
    with tempfile.TemporaryDirectory(prefix="helloscope-investigate-test-") as folder:
        print("| path | hello | verdict | tests |\n|---|---|---|---|")
        for row, seen in Investigating(made_certificates(folder)).rows(True):
            hello = "curl" if row.hello is CURL else f"{row.hello:,}" if row.hello else "small"
            tests = ", ".join(f"{test} {outcome}" for test, outcome in seen.tests.items())
            told = seen.verdict
            said = f"{told['id']} ({told['certainty']})" if told.get("id") else "none"
            wrong = "" if told.get("id", "") == row.verdict else f" UNEXPECTED, others {told.get('others')}"
            print(f"| {row.scenario} | {hello} | {said}{wrong} | {tests or json.dumps(seen.all('chain_fetched'))} |")


if __name__ == "__main__":
    EVERY = "--all" in sys.argv
    if EVERY:
        sys.argv.remove("--all")
    support.need("curl", "openssl")
    try:
        labs.namespaces()
    except labs.Impossible as reason:
        support.skip(reason)
    if "--table" in sys.argv:
        table()
    else:
        support.main()
