"""One run of the load against one relay, and many of them taken in turns."""
import json
import os
import shutil
import subprocess
import sys

from relays import PATH, Direct, Running, as_nobody, folder_for_nobody, start

LIMIT = 240  # seconds, for any run of the load
DISTURBED = 0.05  # of the time the load waited for its core: then the run is repeated
REPEATS = 3


def waited(result):
    return result.get("load_waited", 0)


class Bench:
    """Where things are and which cores they get; made once, closed at the end."""

    def __init__(self, given):
        self.given = given  # the command line
        self.relay_core, self.load_core = given.relay_core, given.load_core
        # Nobody may not be allowed to look into the checkout.
        self.folder = folder_for_nobody()
        self.helloscope = shutil.copy(given.build / "helloscope", self.folder)
        built = given.build / "tests/bench"
        self.load = shutil.copy(built / "bench_load", self.folder)
        self.allocations = shutil.copy(built / "libbench_allocations.so", self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run_load(self, words):
        words = as_nobody(str(self.load), *words, "--core", str(self.load_core))
        process = start(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                        env={"PATH": PATH}, cwd=self.folder)  # fmt: skip
        try:
            out, err = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"the load was not done after {LIMIT} s") from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode != 0:
            raise RuntimeError(err.strip())
        return json.loads(out)

    def run_once(self, relay, words):
        if isinstance(relay, Direct):
            return self.run_load([*words, "--direct", "--pid", str(os.getpid())])
        with Running(relay, self.relay_core) as running:
            try:
                return self.run_load([*words, *running.load_words()])
            except RuntimeError as error:
                tail = running.log.read_text(errors="replace")[-300:]
                raise RuntimeError(f"{relay.name}: {error}\n{tail}") from None

    def run(self, relay, scenario):
        """The least disturbed of a few runs; the first when nobody disturbs it."""
        words = [*scenario.words, "--seconds", str(scenario.seconds), "--warm-up", str(scenario.warm_up)]
        best = None
        for _ in range(REPEATS):
            result = self.run_once(relay, words)
            if best is None or waited(result) < waited(best):
                best = result
            if waited(best) <= DISTURBED:
                break
        return best


def take_turns(bench, relays, scenarios, rounds):
    """A B A B …: {(relay's name, scenario's name): [result or None, a round each]}."""
    results = {}
    for turn in range(rounds):
        for scenario in scenarios:
            order = relays[turn % len(relays):] + relays[: turn % len(relays)]
            for relay in order:
                if scenario.words[0] == "idle" and isinstance(relay, Direct):
                    continue
                try:
                    result = bench.run(relay, scenario)
                except RuntimeError as error:
                    print(f"  {scenario.name}: {error}", file=sys.stderr, flush=True)
                    result = None
                results.setdefault((relay.name, scenario.name), []).append(result)
                show(turn, relay, scenario, result)
    return results


def show(turn, relay, scenario, result):
    if result is None:
        return
    figures = ", ".join(f"{result[f.key] * f.scale:.4g} {f.unit}" for f in scenario.figures)
    note = f"  (waited {waited(result):.0%})" if waited(result) > DISTURBED else ""
    print(f"  round {turn + 1}  {scenario.name:26} {relay.name:26} {figures}{note}", flush=True)
