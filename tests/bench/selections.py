"""What bench.py can be asked for. Each returns its text in Markdown, and its results as data."""
import json
import os
import platform
import subprocess
import sys

import cost
import lengths
import scenarios as what
from relays import (
    HAPROXY_HTTP, HAPROXY_TCP, HAPROXY_TCP_BIG, OTHERS, Direct, Helloscope, Running, on_core,
)  # fmt: skip
from runs import take_turns
from tables import medians, per_core, ratios, table, text


def quick(bench):
    relays = [helloscope(bench), HAPROXY_HTTP, HAPROXY_TCP_BIG, HAPROXY_TCP, Direct()]
    return compared(bench, relays, (*what.QUICK, *what.IDLE), 3)


def peers(bench):
    relays = [helloscope(bench), HAPROXY_HTTP, HAPROXY_TCP_BIG, HAPROXY_TCP, *OTHERS, Direct()]
    return compared(bench, relays, (*what.WHOLE, *what.IDLE), 5)


def recording(bench):
    silent = helloscope(bench, name="without recording", recording=False)
    return compared(bench, [helloscope(bench), silent], what.RECORDING, 5)


def healing(bench):
    """Of flows that are well: what it costs to be ready."""
    ready = helloscope(bench, name="with --heal", options=("--heal",))
    return compared(bench, [ready, helloscope(bench)], what.HEALING, 5)


def paths(bench):
    """The ways to move bytes that kernels have, beside each other."""
    kinds = (*(["peek"] if peeks_at_offsets() else []), "tee", "tee-whole", "copy")
    ways = [helloscope(bench, name=kind, options=("--data-path", kind)) for kind in kinds]
    return compared(bench, ways, what.PATHS, 5)


def peeks_at_offsets():
    """SO_PEEK_OFF on TCP: since Linux 6.9."""
    major, minor = platform.release().split(".")[:2]
    return (int(major), int(minor)) >= (6, 9)


def flat(bench):
    return compared(bench, [helloscope(bench), HAPROXY_HTTP], what.FLAT, 5)


def threads(bench):
    """Two threads need two cores that the load leaves alone."""
    cores = os.cpu_count() or 1
    free = [str(core) for core in range(cores) if cores == 2 or str(core) != bench.load_core][:2]
    two = helloscope(bench, name="two threads", options=("--threads", "2"), cores=",".join(free))
    said, data = compared(bench, [two, helloscope(bench)], what.THREADS, 5)
    if cores == 2:
        said += "\nThe load has one of the two cores: this says nothing of two threads elsewhere.\n"
    return said, data


def costs(bench):
    """A table a scenario: relays beside each other."""
    texts, data = [], {}
    for scenario in chosen(what.COST, bench.given.scenario):
        unit = "flow" if scenario.words[0] == "rate" else "MB"
        for relay in chosen([helloscope(bench), HAPROXY_HTTP], bench.given.relay):
            calls = cost.calls(bench, relay, scenario)
            allocated = cost.allocations(bench, relay, scenario)
            data[f"{relay.name}: {scenario.name}"] = {"calls": calls, "allocated": allocated}
            print(f"  {scenario.name}  {relay.name}: {calls['all']:.1f} calls, "
                  f"{allocated['allocations']:.1f} allocations", flush=True)  # fmt: skip
            most = ", ".join(f"{name} {text(number)}" for name, number in calls.items()
                             if name != "all" and number >= 0.05)  # fmt: skip
            texts.append([scenario.name, relay.name, f"{text(calls['all'])} a {unit}: {most}",
                          f"{text(allocated['allocations'])} ({text(allocated['bytes'])} bytes)"])
    return table(["", "relay", "system calls", "allocations"], texts), data


def exact_lengths(bench):
    """Under load, and the recorder may not miss one."""
    rows, data = [], {}
    for scenario in chosen(what.LENGTHS, bench.given.scenario):
        with Running(helloscope(bench), bench.relay_core) as running:
            file = running.folder / "lengths"
            result = bench.run_load([*scenario.words, "--seconds", "1", "--warm-up", "0",
                                     "--verify-lengths", str(file), *running.load_words()])
            running.stop()
            files = (running.folder / "recordings").glob("*.pcapng")
            wrong, count = lengths.compare(file, bench.helloscope, files)
        verdict = wrong or f"all {count:,} lengths, in order"
        print(f"  {scenario.name}, {result['gb_per_s']} GB/s: {verdict}", flush=True)
        rows.append([" ".join(scenario.words[1:]), str(result["gb_per_s"]), verdict])
        data[" ".join(scenario.words)] = {"load": result, "wrong": wrong, "records": count}
    said = table(["", "GB/s", "recorded as sent"], rows)
    if any(each["wrong"] for each in data.values()):
        sys.exit(f"\n{said}\na recording differs from what was sent")
    return said, data


def micro(bench):
    """Without sockets: the walker, the hello parser and the encoders."""
    done = subprocess.run(
        on_core(bench.load_core, str(bench.given.build / "tests/bench/bench_micro"),
                "--benchmark_min_time=0.3", "--benchmark_format=json"),
        check=True, capture_output=True,
    )  # fmt: skip
    data = json.loads(done.stdout)
    rows = [[each["name"], f"{each['cpu_time']:.1f}", speed(each)] for each in data["benchmarks"]]
    said = table(["", "ns", ""], rows)
    print(said)
    return said, data


def speed(of):
    if "bytes_per_second" in of:
        return f"{of['bytes_per_second'] / 1e9:.1f} GB/s"
    if "items_per_second" in of:
        return f"{of['items_per_second'] / 1e6:.1f} million records/s"
    return f"{of['bytes']:.0f} bytes written" if "bytes" in of else ""


def helloscope(bench, **how):
    return Helloscope(bench.helloscope, **how)


def compared(bench, relays, scenarios, rounds):
    """The first relay is held against the others."""
    relays = chosen([each for each in relays if usable(each)], bench.given.relay)
    scenarios = chosen(scenarios, bench.given.scenario)
    rounds = bench.given.rounds or rounds
    results = {}
    for scenario in scenarios:
        once = scenario.words[0] == "idle"
        results |= take_turns(bench, relays, [scenario], 1 if once else rounds)
    said = "\n".join([
        f"Medians of {rounds} rounds (least–most).\n",
        medians(results, relays, scenarios),
        ratios(results, relays[0], relays[1:], scenarios),
        per_core(results, [each for each in relays if each.name != "direct"], scenarios),
    ])  # fmt: skip
    return said, [{"relay": relay, "scenario": scenario, "runs": runs}
                  for (relay, scenario), runs in results.items()]  # fmt: skip


def usable(relay):
    why = relay.missing()
    if why:
        print(f"without {relay.name}: {why}", file=sys.stderr)
    return not why


def chosen(from_all, names):
    return [each for each in from_all
            if not names or any(name in each.name for name in names)]  # fmt: skip


SELECTIONS = {
    "quick": quick, "peers": peers, "recording": recording, "heal": healing, "paths": paths, "flat": flat,
    "threads": threads, "cost": costs, "micro": micro, "lengths": exact_lengths,
}  # fmt: skip
WHOLE = tuple(name for name in SELECTIONS if name != "quick")
