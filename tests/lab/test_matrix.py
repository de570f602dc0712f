#!/usr/bin/env python3
"""Each scenario of the lab gets the verdict that its row names, and each that works gets none.

usage: test_matrix.py HELLOSCOPE [--only REGEX] [--openssl N] [--curl N] [--bazelisk N] [--at-once N]
       [--table FILE] [unittest arguments]

Without numbers each scenario runs once. With them each runs so often through these clients, openssl's at
other round trips, losses and sizes of the hello; 99 of 100 have to be right then. `--table` writes what
was seen as Markdown.
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import json
import os
import platform
import random
import re
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "clients"))
import bazelisk
import certificates
import hosts
import labs
import scenarios
import support
import verdicts
from labs import Lab

PATIENCE = 5.5  # seconds: Go's clients have ten
GOES_ON = 11  # for Bazelisk, which gives up by itself, and tries again
LIMIT = 100  # for a lab: what has not ended by then hangs
HOLDS = {"hangs", "timeout"}  # for ever; these clients are ended
TAKEN_BACK = {"id": None, "certainty": None, "others": [], "after": None}
# What a hello of Go's meets that one of openssl's does not.
OF_GO = {"post-quantum-reset": ("reset-after-hello", "hello-content-refused")}


@dataclasses.dataclass
class Row:
    """A run to be made. `client`: openssl, curl or bazelisk; `use`: as the scenarios tell it."""

    scenario: scenarios.Scenario
    client: str
    use: str
    family: int = 4
    wan: dict = None
    seed: int = 1
    hello: int = None

    @property
    def expected(self):
        if self.client == "bazelisk":
            if self.scenario.name in OF_GO:
                return OF_GO[self.scenario.name]
            # It asks with a big hello, and downloads 200,000 bytes.
            return self.scenario.big.verdicts or self.scenario.data.verdicts
        told = getattr(self.scenario, self.use).verdicts
        # curl ends its handshake before it looks at the name, and leaves: a healthy flow to anybody else.
        wrong_name = self.client == "curl" and told[:1] == ("certificate-wrong-name",)
        return () if wrong_name else told

    @property
    def holds(self):
        how = getattr(self.scenario, self.use).how
        return how in HOLDS or (self.client == "bazelisk" and self.scenario.data.how in HOLDS)

    def __str__(self):
        return f"{self.scenario.name} {self.client} {self.use} IPv{self.family} {self.wan or ''} {self.hello or ''}"


@dataclasses.dataclass
class Run:
    row: Row
    verdicts: list  # in the order in which they were told: {id, certainty, others, after}
    note: str = ""  # the right one, if there is no verdict, but a note of the report names it
    error: str = ""  # of the lab

    @property
    def final(self):
        return self.verdicts[-1] if self.verdicts and self.verdicts[-1]["id"] else None

    @property
    def right(self):
        if not self.row.expected:
            return self.final is None and not self.error
        return self.final is not None and self.final["id"] in self.row.expected

    @property
    def honest(self):
        """Wrong by its first word, but it says that the right one is possible, too: as one of the others, or,
        where nothing tells a broken flow from an idle one, in a note."""
        also = set(self.final["others"]) if self.final else {self.note}
        return not self.right and bool(also & set(self.row.expected))

    @property
    def seconds_to_right(self):
        """Since the last byte before the stall."""
        return next((one["after"] for one in self.verdicts
                     if one["id"] in self.row.expected and one["after"] is not None), None)  # fmt: skip

    @property
    def said(self):
        return self.error or (self.final["id"] if self.final else f"a note of {self.note}" if self.note else "none")

    def __str__(self):
        told = self.final
        said = f"{told['id']} ({told['certainty']}), others {told['others']}" if told else self.said
        return (f"{self.row}: expected {' or '.join(self.row.expected) or 'none'}, got {said}; on the way "
                f"{[one['id'] for one in self.verdicts[:-1]]}")  # fmt: skip


def verdicts_of(events, flow):
    told, quiet_since, closed = [], None, False
    for one in events:
        if one["flow"] != flow:
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
    def __init__(self, folder, soon):
        """`soon`: a client that would wait for ever need not wait longer than for the right verdict."""
        self.soon, self.certs, self.base = soon, folder / "certs", labs.openssl_hello()
        certificates.make(support.HELLOSCOPE, self.certs)
        self.fake = folder / "bazel"
        self.fake.write_bytes(b"#!/bin/sh\nexit 0\n" + b"#" * 200_000)

    def run(self, row):
        try:
            return self.seen(row)
        except (RuntimeError, OSError) as error:
            return Run(row, [], error=f"{type(error).__name__}: {error}")

    def seen(self, row):
        go = bazelisk.MACHINES.get(platform.machine(), ("", ""))[1]
        files = {f"releases/7.4.0/bazel-7.4.0-linux-{go}": self.fake} if row.client == "bazelisk" else {}
        with Lab(row.scenario.name, helloscope=support.HELLOSCOPE, family=row.family, certs=self.certs,
                 wan=row.wan, seed=row.seed, files=files, limit=LIMIT) as lab:  # fmt: skip
            in_data = bool(row.expected) and (row.use == "data" or row.client == "bazelisk")
            proxy = lab.helloscope(*([] if in_data else ["--no-record"]), "--json")
            words, env = getattr(self, row.client)(lab, row)
            client = lab.background("client", words, env=lab.client_env(proxy) | env, stdin=labs.REQUEST)
            patience = labs.PATIENCE if not row.holds else PATIENCE if row.client != "bazelisk" else GOES_ON
            look = lambda: self.enough(row, proxy)  # noqa: E731
            client.wait(patience, look if row.client == "bazelisk" or (self.soon and row.holds) else None)
            if client.running.status is None:
                client.kill()
            proxy.end()
            events = self.events(proxy)
            # The flow that matters is the last one that asked for something; of a client that tries again,
            # the first.
            asked = [one["flow"] for one in events if one["event"] == "requested"] or [0]
            told = verdicts_of(events, asked[0] if row.client == "bazelisk" else asked[-1])
            return Run(row, told, self.note(lab, row, proxy) if in_data else "")

    def note(self, lab, row, proxy):
        report = lab.run("proxy", [lab.program, "report", proxy.recording]).stdout.decode()
        notes = " ".join(report.partition("\n  note ")[2].partition("\n  stages ")[0].split())
        return next((one for one in row.expected if one in notes), "")

    def events(self, proxy):
        return [json.loads(line) for line in proxy.program.stdout.splitlines() if line.startswith(b"{")]

    def enough(self, row, proxy):
        if row.client == "bazelisk":
            return b'"event":"flow_closed"' in proxy.program.stdout
        if b'"event":"verdict"' not in proxy.program.stdout:
            return False
        standing = verdicts.standing([json.loads(line) for line in proxy.program.stdout.splitlines()
                                      if line.startswith(b"{") and line.endswith(b"}")])  # fmt: skip
        return standing in row.expected

    def openssl(self, lab, row):
        words = ["-proxy", f"{hosts.PROXY}:{labs.PROXY_PORT}", "-CAfile", lab.certs / "ca.pem",
                 "-verify_return_error", "-verify_hostname", "registry.test"]  # fmt: skip
        size = {"hello": row.hello or row.scenario.big_hello} if row.use == "big" else {}
        return ["stdbuf", "-o0"] + labs.openssl_client(base=self.base, words=words, **size), {}

    def curl(self, _, __):
        return ["curl", "-sS", "-o", "/dev/null", "https://registry.test/body"], {}

    def bazelisk(self, _, __):
        package = support.npm_package("@bazel/bazelisk", bazelisk.VERSION)
        program = package / f"bazelisk-linux_{bazelisk.MACHINES[platform.machine()][0]}"
        return [program, "version"], {
            "BAZELISK_HOME": labs.INSIDE / "bazelisk", "USE_BAZEL_VERSION": "7.4.0",
            "BAZELISK_BASE_URL": "https://registry.test/releases",
        }  # fmt: skip


def once(scenario):
    """A use that fails, or else the last of those that work."""
    failing = [use for use in scenario.uses if getattr(scenario, use).verdicts]
    use = (failing or scenario.uses[-1:])[0]
    return Row(scenario, "curl" if use == "data" else "openssl", use, scenario.families[0])


def often(scenario, chance):
    handshakes = ["small", "big"] if "big" in scenario.uses else ["small"]
    failing = [use for use in handshakes if getattr(scenario, use).verdicts]
    fixed = scenario.big_hello != 1800
    for again in range(ASKED.openssl):
        use = (failing or handshakes)[again % len(failing or handshakes)]
        wan = {"rtt": chance.choice((0, 5, 20, 50, 100)), "loss": chance.choice((0, 0, 1))}
        # A row that has round trips and losses of its own keeps them; where a count of packets is what is
        # broken, chance must not lose others.
        vary = not scenario.wan and not scenario.near and "-lost" not in scenario.name and any(wan.values())
        hello = chance.randrange(1520, 1940)  # its second segment is a short one
        yield Row(scenario, "openssl", use, scenario.families[again % len(scenario.families)],
                  wan if vary else None, again + 1, None if fixed or use == "small" else hello)  # fmt: skip
    for client, count in (("curl", ASKED.curl), ("bazelisk", ASKED.bazelisk)):
        for again in range(count):
            yield Row(scenario, client, "data" if client == "curl" else "big",
                      scenario.families[again % len(scenario.families)], None, again + 1)  # fmt: skip


def rows():
    chance = random.Random(1)
    chosen = [one for one in scenarios.TABLE if re.search(ASKED.only, one.name)]
    if not (ASKED.openssl or ASKED.curl or ASKED.bazelisk):
        return [once(one) for one in chosen]
    return [row for one in chosen for row in often(one, chance)]


def quantile(sorted_numbers, part):
    return sorted_numbers[min(len(sorted_numbers) - 1, int(len(sorted_numbers) * part))]


def tables(runs):
    """Scenario by verdict, and the times of those that stall."""
    lines = ["| scenario | right is | openssl | curl | bazelisk | verdicts |", "|---|---|---|---|---|---|"]
    times = ["| scenario | runs | median, s | 95th percentile, s | longest, s |", "|---|---|---|---|---|"]
    for name, group in grouped(runs, lambda one: one.row.scenario.name).items():
        rights = list(dict.fromkeys(" or ".join(one.row.expected) or "none" for one in group))
        cells = []
        for client in ("openssl", "curl", "bazelisk"):
            own = [one for one in group if one.row.client == client]
            honest = sum(one.honest for one in own)
            cells.append(f"{sum(one.right for one in own)} of {len(own)}{f', {honest} honest' if honest else ''}"
                         if own else "")  # fmt: skip
        said = collections.Counter(one.said for one in group).most_common()
        cells.append(", ".join(f"{what} {count}" for what, count in said))
        lines.append(f"| {name} | {'; '.join(rights)} | " + " | ".join(cells) + " |")
        took = sorted(one.seconds_to_right for one in group if one.seconds_to_right is not None)
        if took:
            figures = (quantile(took, 0.5), quantile(took, 0.95), took[-1])
            times.append(f"| {name} | {len(took)} | " + " | ".join(f"{one:.1f}" for one in figures) + " |")
    return "\n".join([*lines, "", *times, ""])


def grouped(things, key):
    groups = {}
    for one in things:
        groups.setdefault(key(one), []).append(one)
    return groups


class TheMatrix(unittest.TestCase):
    def test_each_scenario_gets_its_verdict(self):
        folder = tempfile.TemporaryDirectory(prefix="helloscope-matrix-")
        self.addCleanup(folder.cleanup)
        todo = rows()
        whole = len(todo) > len(scenarios.TABLE)
        matrix = Matrix(Path(folder.name), soon=not whole)
        # The slow ones first: the others pass beside them.
        order = sorted(todo, key=lambda row: -row.scenario.seconds) if not whole else todo
        begin = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(ASKED.at_once) as pool:
            runs = []
            for one in pool.map(matrix.run, order):
                runs.append(one)
                if whole and len(runs) % 100 == 0:
                    print(f"{len(runs)} of {len(order)}", file=sys.stderr, flush=True)
        right, honest = sum(one.right for one in runs), sum(one.honest for one in runs)
        told = f"{len(runs)} runs in {time.monotonic() - begin:.0f} s, {right} right"
        told += f", {honest} more name the right one among others" if honest else ""
        print(told, file=sys.stderr)
        for one in runs:
            if not one.right:
                print(f"not right: {one}", file=sys.stderr)
        if ASKED.table:
            Path(ASKED.table).write_text(f"{told}.\n\n{tables(runs)}")
        for one in runs if not whole else []:
            with self.subTest(str(one.row)):
                self.assertTrue(one.right or one.honest, str(one))
        self.assertGreaterEqual(right + honest, 0.99 * len(runs))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, add_help=False)
    parser.add_argument("--only", default="")
    for name in ("openssl", "curl", "bazelisk"):
        parser.add_argument(f"--{name}", type=int, default=0)
    parser.add_argument("--at-once", type=int, default=4 * (os.cpu_count() or 1))
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
