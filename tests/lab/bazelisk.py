"""Bazelisk 1.28.1 in labs, through helloscope: a real download that it fails or succeeds with."""
import concurrent.futures
import platform
import time

import labs
import support
from labs import Lab

VERSION = "1.28.1"
MACHINES = {"x86_64": ("amd64", "x86_64"), "aarch64": ("arm64", "arm64")}  # Go's name and Bazel's

# Where it fails without help, by a server that it waits for.
FAILS = ("mtu1400", "mtu1400-down-bigchain")
# Where help of helloscope's lets it succeed, with these options, and the events that tell of it.
SUCCEEDS = [
    (scenario, family, words, told)
    for scenario in FAILS
    for family, words, told in (
        (4, ("--mss", "1360"), ["clamped"]),
        (6, ("--mss", "1340"), ["clamped"]),
        (4, ("--mtu", "1400"), ["clamped"]),
        (6, ("--mtu", "1400"), ["clamped"]),
        (4, ("--heal",), ["heal_attempt", "heal_attempt_ended", "healed"]),
        (6, ("--heal",), ["heal_attempt", "heal_attempt_ended", "healed"]),
    )
] + [
    ("mtu1400", 4, ("--shape", "split:700"), ["shaped", "segmented"]),
    ("mtu1400", 6, ("--shape", "split:700"), ["shaped", "segmented"]),
    ("tail-dropped-up", 4, ("--shape", "split:700"), ["shaped"]),
    ("whole-record-hang", 4, ("--shape", "records:700|split:records"), ["shaped"]),
]


class Run:
    """How one went."""

    def __init__(self, done, seconds, proxy):
        self.status, self.seconds = done.returncode, seconds
        self.stdout, self.stderr = done.stdout.decode(), done.stderr.decode()
        self.flows = [support.Flow(events) for events in proxy.flows().values()]
        self.report = proxy.log


class Runs:
    """All of them beside each other: they wait, mostly."""

    def __init__(self, helloscope, certs, folder):
        self.helloscope, self.certs = helloscope, certs
        package = support.npm_package("@bazel/bazelisk", VERSION)
        go, bazel = MACHINES[platform.machine()]
        self.program = package / f"bazelisk-linux_{go}"
        self.fake = folder / "bazel"
        self.fake.write_text('#!/bin/sh\necho "a Bazel was run: $*"\n')
        self.at = f"releases/7.4.0/bazel-7.4.0-linux-{bazel}"
        self.pool = concurrent.futures.ThreadPoolExecutor(4)
        rows = [(one, 4) for one in FAILS]
        rows += [(scenario, family, *words) for scenario, family, words, _ in SUCCEEDS]
        self.running = {row: self.pool.submit(self.run, *row) for row in rows}

    def of(self, scenario, family=4, *words):
        return self.running[scenario, family, *words].result()

    def run(self, scenario, family, *words):
        with Lab(scenario, helloscope=self.helloscope, family=family, certs=self.certs,
                 files={self.at: self.fake}) as lab:  # fmt: skip
            proxy = lab.helloscope(*words)
            env = lab.client_env(proxy) | {
                "BAZELISK_HOME": labs.INSIDE / "bazelisk", "USE_BAZEL_VERSION": "7.4.0",
                "BAZELISK_BASE_URL": "https://releases.test/releases",
            }  # fmt: skip
            begin = time.monotonic()
            done = lab.run("client", [self.program, "build", "//:hello"], env=env, timeout=90)
            took = time.monotonic() - begin
            proxy.end()
            return Run(done, took, proxy)

    def end(self):
        self.pool.shutdown(cancel_futures=True)
