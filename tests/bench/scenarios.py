"""What is measured: the load's options, and which figures of its answer count."""
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Figure:
    key: str  # in the load's JSON
    unit: str
    more_is_better: bool = True
    scale: float = 1.0
    per_core: str = ""  # what the figure is called when divided by the relay's cores, if it makes sense


GB = Figure("gb_per_s", "GB/s", per_core="GB")
PER_S = Figure("per_s", "/s", per_core="connections")
P50 = Figure("p50_us", "µs, p50", more_is_better=False)
P99 = Figure("p99_us", "µs, p99", more_is_better=False)
SILENT = Figure("each_bytes", "KiB each", more_is_better=False, scale=1 / 1024)
AFTER = Figure("each_after_burst_bytes", "KiB each, after", more_is_better=False, scale=1 / 1024)


@dataclass(frozen=True)
class Scenario:
    name: str
    words: tuple
    figures: tuple
    seconds: float = 1.0
    warm_up: float = 0.4


def bulk(way, connections, *more):
    words = ("bulk", "--way", way, "--connections", str(connections), *more)
    return Scenario(f"{way} {connections}{aside(more)}", words, (GB,))


def rate(parallel, *more):
    words = ("rate", "--connections", str(parallel), *more)
    return Scenario(f"rate {parallel}{aside(more)}", words, (PER_S,), 1.5)


def beside(tunnels):
    return ("--beside", str(tunnels))


def aside(more):
    """What is special, for the scenario's name."""
    notes = []
    if "--plain" in more:
        notes.append("plain")
    if "record" in more:
        notes.append("record by record")
    if "flight" in more:
        notes.append("hellos only")
    if "--beside" in more:
        notes.append(f"beside {more[more.index('--beside') + 1]} idle")
    return "".join(f", {note}" for note in notes)


def idle(tunnels):
    words = ("idle", "--connections", str(tunnels))
    return Scenario(f"idle {tunnels}", words, (SILENT, AFTER), 2)


RECORDS = ("--write", "record")
HELLOS = ("--plain", "--exchange", "flight")
LATENCY = Scenario("latency", ("latency",), (P50, P99))
PLAIN_LATENCY = Scenario("plain latency", ("latency", "--plain"), (P50, P99))

QUICK = (
    bulk("down", 8), bulk("up", 8), bulk("down", 500), bulk("up", 500),
    bulk("down", 8, *RECORDS), bulk("down", 500, *RECORDS),
    rate(1), rate(32), rate(32, *HELLOS), LATENCY,
)  # fmt: skip
WHOLE = (
    *(bulk(way, many) for way in ("down", "up") for many in (1, 8, 64, 500)),
    *(bulk(way, many, *RECORDS) for way in ("down", "up") for many in (1, 8, 64, 500)),
    bulk("down", 8, "--plain"), bulk("up", 8, "--plain"),
    rate(1), rate(32), rate(1, *HELLOS), rate(32, *HELLOS), LATENCY, PLAIN_LATENCY,
)  # fmt: skip
IDLE = (idle(9000),)
HEALING = (bulk("down", 8), bulk("up", 8), rate(32), rate(1))
RECORDING = (*HEALING, bulk("down", 8, *RECORDS), bulk("down", 500), bulk("up", 500))
PATHS = (
    bulk("down", 8), bulk("up", 8), bulk("down", 500),
    bulk("down", 8, *RECORDS), bulk("down", 8, "--plain"),
)  # fmt: skip
# After five seconds: in the first four a handshake that goes no further is looked at at each tick.
FLAT = tuple(
    replace(of(*more, *beside(open_beside)), warm_up=5)
    for of, more in ((bulk, ("down", 8)), (rate, (32,)))
    for open_beside in (10, 100, 1000, 9000)
)
THREADS = (rate(32),)
COST = (rate(1), rate(32), bulk("down", 8), bulk("down", 8, *RECORDS))
LENGTHS = (
    bulk("down", 8, "--record", "varied"), bulk("down", 8, "--record", "varied", *RECORDS),
    bulk("up", 64, "--record", "varied"), bulk("down", 500),
)  # fmt: skip
