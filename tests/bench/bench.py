#!/usr/bin/env python3
"""Measures helloscope beside other relays: `make bench`, or this with a selection of its own.

Prints each run as it ends, then Markdown; that and every single result are left in the --out folder.
"""
import argparse
import json
import os
import platform
import signal
import sys
from pathlib import Path

from runs import Bench
from selections import SELECTIONS, WHOLE


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=Path, help="folder of a release build with bench_load in it")
    parser.add_argument("selection", nargs="?", default="quick", choices=(*SELECTIONS, "whole"))
    parser.add_argument("--rounds", type=int, help="of runs side by side [quick: 3, others: 5]")
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    parser.add_argument("--relay-core", default="0")
    parser.add_argument("--load-core", default="1")
    parser.add_argument("--scenario", action="append", default=[], help="only those with this name")
    parser.add_argument("--relay", action="append", default=[], help="only those with this in it")
    return parser.parse_intermixed_args()


def in_own_network():
    """Root measures in a network namespace, where nobody else has connections or ports.

    Nor BBR, which some systems have as their default: it paces each connection with timers of its
    own, even on loopback, and those are then most of what is measured.
    """
    if os.geteuid() != 0 or "HELLOSCOPE_BENCH_NETWORK" in os.environ:
        return
    os.environ["HELLOSCOPE_BENCH_NETWORK"] = "own"
    prepare = 'ip link set lo up && sysctl -qw net.ipv4.tcp_congestion_control=reno && exec "$@"'
    os.execvp("unshare", ["unshare", "--net", "sh", "-c", prepare, "sh",
                          sys.executable, "-B", *sys.argv])  # fmt: skip


def machine():
    model = next((line.split(":", 1)[1].strip()
                  for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), "unknown processor")  # fmt: skip
    return f"{os.cpu_count()} cores of {model}, Linux {platform.release()}"


def main():
    given = options()
    in_own_network()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # and with us whom we started
    given.out.mkdir(parents=True, exist_ok=True)
    texts, data = [f"{machine()}.\n"], {}
    with Bench(given) as bench:
        for name in WHOLE if given.selection == "whole" else (given.selection,):
            print(f"==> {name}", flush=True)
            text, data[name] = SELECTIONS[name](bench)
            texts.append(f"## {name}\n\n{text}")
            (given.out / f"{given.selection}.md").write_text("\n".join(texts))
            (given.out / f"{given.selection}.json").write_text(json.dumps(data, indent=1) + "\n")
    print("\n" + "\n".join(texts))
    print(f"every single result: {given.out / given.selection}.json")


if __name__ == "__main__":
    main()
