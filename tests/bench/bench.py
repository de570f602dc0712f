#!/usr/bin/env python3
"""Measures helloscope beside other relays: `make bench`, or this with a selection of its own.

usage: bench.py LOAD HELLOSCOPE [quick|whole] [--rounds N] [--out FOLDER] [--scenario TEXT …]

Prints each run, then tables in Markdown; both they and every single result are left in FOLDER.
"""
import argparse
import json
import os
import platform
import signal
import sys
from pathlib import Path

import scenarios as what
from relays import HAPROXY_HTTP, HAPROXY_TCP, HAPROXY_TCP_BIG, OTHERS, Direct, Helloscope
from runs import Bench, take_turns
from tables import medians, per_core, ratios


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("load", help="bench_load")
    parser.add_argument("helloscope", help="a release build")
    parser.add_argument("selection", nargs="?", default="quick", choices=("quick", "whole"))
    parser.add_argument("--rounds", type=int, default=0, help="quick 3, whole 5")
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    parser.add_argument("--relay-core", default="0")
    parser.add_argument("--load-core", default="1")
    parser.add_argument("--scenario", action="append", default=[], help="only those with this name")
    parser.add_argument("--relay", action="append", default=[], help="only those with this in it")
    return parser.parse_args()


def chosen(all_of_them, names, exact):
    if not names:
        return list(all_of_them)
    return [each for each in all_of_them
            if any(each.name == name or not exact and name in each.name for name in names)]  # fmt: skip


def machine():
    model = next((line.split(":", 1)[1].strip()
                  for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), "unknown processor")  # fmt: skip
    return f"{os.cpu_count()} cores of {model}, Linux {platform.release()}"


def main():
    given = options()
    in_own_network()
    whole = given.selection == "whole"
    rounds = given.rounds or (5 if whole else 3)
    given.out.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # and with us whom we started
    with Bench(given.load, given.helloscope, given.relay_core, given.load_core) as bench:
        ours = Helloscope(bench.helloscope)
        best = [HAPROXY_HTTP, HAPROXY_TCP_BIG, HAPROXY_TCP]
        relays = [ours, *best, *(OTHERS if whole else ()), Direct()]
        relays = [each for each in relays if usable(each)]
        relays = chosen(relays, given.relay, exact=False)
        scenarios = [*(what.WHOLE if whole else what.QUICK), what.idle(what.IDLE_TUNNELS)]
        scenarios = chosen(scenarios, given.scenario, exact=True)
        results = {}
        for scenario in scenarios:
            once = scenario.words[0] == "idle"
            results |= take_turns(bench, relays, [scenario], 1 if once else rounds)
    text = report(results, ours, relays, scenarios, rounds)
    print("\n" + text)
    (given.out / "results.md").write_text(text)
    flat = [{"relay": relay, "scenario": scenario, "runs": runs}
            for (relay, scenario), runs in results.items()]  # fmt: skip
    (given.out / "results.json").write_text(json.dumps(flat, indent=1) + "\n")
    print(f"every single result: {given.out / 'results.json'}")


def in_own_network():
    """Root measures in a network namespace, where nobody else has connections or ports."""
    if os.geteuid() != 0 or "HELLOSCOPE_BENCH_NETWORK" in os.environ:
        return
    os.environ["HELLOSCOPE_BENCH_NETWORK"] = "own"
    os.execvp("unshare", ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh",
                          sys.executable, "-B", *sys.argv])  # fmt: skip


def usable(relay):
    why = relay.missing()
    if why:
        print(f"without {relay.name}: {why}", file=sys.stderr)
    return not why


def report(results, ours, relays, scenarios, rounds):
    others = [each for each in relays if each is not ours]
    return "\n".join([
        f"{machine()}. Medians of {rounds} rounds (least–most).", "",
        medians(results, relays, scenarios),
        ratios(results, ours, others, scenarios),
        per_core(results, [each for each in relays if each.name != "direct"], scenarios),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
