#!/usr/bin/env python3
"""Each scenario of the lab gets the verdict that its row names, and each that works gets none.

usage: test_matrix.py HELLOSCOPE [--runs N] [--all-uses] [--both-families] [--table FILE] [unittest arguments]

Without arguments each scenario runs once: as long as its client waits, the others pass beside it. `--runs`
repeats them with openssl as the client, at other round trips and sizes of the hello; `--table` writes what
was seen as Markdown.
"""
import argparse
import concurrent.futures
import dataclasses
import json
import random
import statistics
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "clients"))
import certificates
import hosts
import labs
import scenarios
import support
import verdicts
from labs import Lab

AT_ONCE = 16  # labs: most of their time they wait
PATIENCE = 5.5  # seconds: Go's clients have ten
TAKEN_BACK = {"id": None, "certainty": None, "others": [], "after": None}
HOLDS = {"hangs", "timeout"}  # for ever; these clients are ended


@dataclasses.dataclass
class Run:
    scenario: str
    use: str
    family: int
    wan: dict
    expected: tuple
    verdicts: list  # in the order in which they were told: {id, certainty, others, after}

    @property
    def final(self):
        return self.verdicts[-1] if self.verdicts and self.verdicts[-1]["id"] else None

    @property
    def right(self):
        if not self.expected:
            return self.final is None
        return self.final is not None and self.final["id"] in self.expected

    @property
    def honest(self):
        """Wrong by its first word, but it says that the right one is possible, too."""
        return bool(self.expected and self.final and set(self.final["others"]) & set(self.expected))

    @property
    def seconds_to_right(self):
        """Since the last byte before the stall."""
        return next((one["after"] for one in self.verdicts
                     if one["id"] in self.expected and one["after"] is not None), None)  # fmt: skip

    def __str__(self):
        told = self.final
        said = f"{told['id']} ({told['certainty']}), others {told['others']}" if told else "none"
        return (f"{self.scenario} {self.use} IPv{self.family} {self.wan or ''}: expected "
                f"{' or '.join(self.expected) or 'none'}, got {said}; on the way "
                f"{[one['id'] for one in self.verdicts[:-1]]}")  # fmt: skip


def uses(scenario, every):
    """What is to be told apart: the uses that fail, or one that works."""
    if scenario.through_helloscope or scenario.hosts:
        return ["data"]
    all_uses = ["small"] if scenario.seconds or "lost" in scenario.name else ["small", "big", "data"]
    if every:
        return all_uses
    failing = [use for use in all_uses if getattr(scenario, use).verdicts]
    return failing[:1] or all_uses[-1:]


def expected(scenario, use):
    verdicts = getattr(scenario, use).verdicts
    # curl ends its handshake before it looks at the name, and leaves: a healthy flow to anybody else.
    return () if use == "data" and verdicts[:1] == ("certificate-wrong-name",) else verdicts


def verdicts_of(lines):
    """Of the flow that matters, which is the last one that asked for something."""
    events = [json.loads(line) for line in lines.splitlines() if line.startswith(b"{")]
    flows = [one["flow"] for one in events if one["event"] == "requested"]
    told, quiet_since, closed = [], None, False
    for one in events:
        if not flows or one["flow"] != flows[-1]:
            continue
        closed = closed or one["event"] == "closed"
        if one["event"] in verdicts.MOVES and not closed and told and told[-1]["id"]:
            told.append(TAKEN_BACK)
        if one["event"] == "stalled":
            quiet_since = one["t"] - one["waited"]
        if one["event"] == "verdict":
            told.append({"id": one.get("id"), "certainty": one.get("certainty"), "others": one.get("others", []),
                         "after": quiet_since and one["t"] - quiet_since})  # fmt: skip
    return told


class Matrix:
    def __init__(self, certs):
        self.certs, self.base = certs, labs.openssl_hello()

    def run(self, scenario, use, family, wan=None, seed=1, hello=None):
        with Lab(scenario.name, helloscope=support.HELLOSCOPE, family=family, certs=self.certs, wan=wan,
                 seed=seed) as lab:  # fmt: skip
            proxy = lab.helloscope("--no-record", "--json")
            holds = getattr(scenario, use).how in HOLDS
            patience = PATIENCE if holds else labs.PATIENCE
            words = self.curl() if use == "data" else self.openssl(lab, use, hello)
            lab.run("client", words, env=lab.client_env(proxy), timeout=patience, stdin=labs.REQUEST)
            proxy.end()
            return Run(scenario.name, use, family, wan or {}, expected(scenario, use),
                       verdicts_of(proxy.program.stdout))  # fmt: skip

    def curl(self):
        return ["curl", "-sS", "-o", "/dev/null", "https://registry.test/body"]

    def openssl(self, lab, use, hello):
        words = ["-proxy", f"{hosts.PROXY}:{labs.PROXY_PORT}", "-CAfile", lab.certs / "ca.pem",
                 "-verify_return_error", "-verify_hostname", "registry.test"]  # fmt: skip
        size = {"hello": hello or lab.scenario.big_hello} if use == "big" else {}
        return ["stdbuf", "-o0"] + labs.openssl_client(base=self.base, words=words, **size)


def rows():
    """(scenario, use, family, wan, seed, hello) of this run."""
    chance = random.Random(1)
    for one in scenarios.TABLE:
        families = one.families if ASKED.both_families else one.families[:1]
        for use in uses(one, ASKED.all_uses):
            for family in families:
                yield one, use, family, None, 1, None
                for again in range(1, ASKED.runs):
                    fixed = one.big_hello != 1800 or one.wan
                    wan = None if one.wan else {"rtt": chance.choice((0, 5, 20, 50, 100)), "loss": chance.choice((0, 0, 1))}
                    hello = None if fixed else chance.randrange(1520, 2600)
                    yield one, use, family, wan, again + 1, hello


def write_table(runs, path):
    lines = ["| scenario | client | runs | right | honest | verdicts | median s | p95 s |", "|---|---|---|---|---|---|---|---|"]
    groups = {}
    for one in runs:
        groups.setdefault((one.scenario, one.use), []).append(one)
    for (scenario, use), group in groups.items():
        ids = {}
        for one in group:
            said = one.final["id"] if one.final else "none"
            ids[said] = ids.get(said, 0) + 1
        times = sorted(one.seconds_to_right for one in group if one.seconds_to_right is not None)
        figures = [f"{statistics.median(times):.1f}", f"{times[min(len(times) - 1, int(len(times) * 0.95))]:.1f}"] if times else ["", ""]
        lines.append("| " + " | ".join([
            scenario, use, str(len(group)), str(sum(one.right for one in group)),
            str(sum(one.honest and not one.right for one in group)),
            ", ".join(f"{name} ×{count}" for name, count in ids.items()), *figures]) + " |")  # fmt: skip
    Path(path).write_text("\n".join(lines) + "\n")


class TheMatrix(unittest.TestCase):
    def test_each_scenario_gets_its_verdict(self):
        folder = tempfile.TemporaryDirectory(prefix="helloscope-matrix-")
        self.addCleanup(folder.cleanup)
        certs = Path(folder.name) / "certs"
        certificates.make(support.HELLOSCOPE, certs)
        matrix = Matrix(certs)
        # The slow ones first: the others pass beside them.
        order = sorted(rows(), key=lambda row: -row[0].seconds)
        runs = []
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for one in [pool.submit(matrix.run, *row) for row in order]:
                runs.append(one.result())
        if ASKED.table:
            write_table(runs, ASKED.table)
        right = sum(one.right for one in runs)
        honest = sum(one.honest and not one.right for one in runs)
        print(f"{len(runs)} runs, {right} right, {honest} more name the right one among others", file=sys.stderr)
        for one in runs:
            with self.subTest(one.scenario, use=one.use, family=one.family):
                self.assertTrue(one.right or (one.honest and ASKED.runs > 1), str(one))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, add_help=False)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--all-uses", action="store_true")
    parser.add_argument("--both-families", action="store_true")
    parser.add_argument("--table")
    asked, rest = parser.parse_known_args(sys.argv[1:])
    sys.argv[1:] = rest
    return asked


if __name__ == "__main__":
    ASKED = arguments()
    support.need("curl", "openssl")
    try:
        labs.namespaces()
    except labs.Impossible as reason:
        support.skip(reason)
    support.main()
