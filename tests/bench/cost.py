"""What a flow, or a megabyte, costs a relay: system calls, as strace counts them, and allocations, as
a preloaded library counts them. Neither says anything of time: both slow the relay down.
"""
import signal
import struct
import subprocess
import time
from pathlib import Path

from relays import PATIENCE, Running, as_nobody, given_away

BOUNDS = ("--seconds", "2", "--warm-up", "0")


def units(result):
    """What the load did in all: flows, or megabytes."""
    return result["total"] if "total" in result else result["total_bytes"] / 1e6


def calls(bench, relay, scenario):
    """{name: calls a unit}, most first, and their sum under "all"."""
    with Running(relay, bench.relay_core) as running:
        out = running.folder / "strace"
        tracer = subprocess.Popen(
            as_nobody("strace", "-f", "-c", "-U", "name,calls", "-o", str(out), "-p",
                      str(running.process.pid)),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            wait_until_traced(running.process.pid, tracer)
            result = bench.run_load([*scenario.words, *BOUNDS, *running.load_words()])
        finally:
            tracer.send_signal(signal.SIGINT)  # it lets go, and writes its table
            tracer.wait(PATIENCE)
        table = out.read_text()
    counted = {}
    for line in table.splitlines():
        name, _, number = line.strip().rpartition(" ")
        if number.isdigit() and name.strip() != "total":
            counted[name.strip()] = int(number) / units(result)
    counted["all"] = sum(counted.values())
    return dict(sorted(counted.items(), key=lambda item: -item[1]))


def wait_until_traced(process, tracer):
    limit = time.monotonic() + PATIENCE
    status = Path(f"/proc/{process}/status")
    while "TracerPid:\t0\n" in status.read_text():
        if tracer.poll() is not None or time.monotonic() > limit:
            raise RuntimeError(f"strace cannot attach: {tracer.stderr.read().decode().strip()}")
        time.sleep(0.02)


def allocations(bench, relay, scenario):
    """A unit: {"allocations": …, "bytes": …, "frees": …}."""
    shared = bench.folder / f"allocations-{time.monotonic_ns()}"
    shared.write_bytes(bytes(24))
    given_away(shared)
    preloaded = {"LD_PRELOAD": str(bench.allocations), "BENCH_ALLOCATIONS": str(shared)}
    with Running(relay, bench.relay_core, preloaded) as running:
        before = struct.unpack("3Q", shared.read_bytes())
        result = bench.run_load([*scenario.words, *BOUNDS, *running.load_words()])
        after = struct.unpack("3Q", shared.read_bytes())
    each = [(b - a) / units(result) for a, b in zip(before, after)]
    return dict(zip(("allocations", "bytes", "frees"), each))
