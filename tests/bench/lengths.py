"""Holds a recording against the load's own list of what it sent: every record's length, in order."""
import json
import re
import subprocess
from itertools import groupby

TYPES = {20: "change_cipher_spec", 21: "alert", 22: "handshake", 23: "application_data"}


def sent(lengths_file):
    """{(client's port, direction): [(type, length, count), …]} as the load wrote it."""
    found = {}
    for line in lengths_file.read_text().splitlines():
        each = json.loads(line)
        runs = [(TYPES[kind], length, count) for kind, length, count in each["records"]]
        found[each["client_port"], each["dir"]] = runs
    return found


def recorded(helloscope, files):
    """The same from the recordings of one run, and how many events they say were lost."""
    ports, runs, lost = {}, {}, 0
    for file in sorted(files, key=number_of):
        told = subprocess.run([str(helloscope), "report", "--json", str(file)],
                              env={"HOME": str(file.parent)}, check=True, capture_output=True)  # fmt: skip
        for line in told.stdout.splitlines():
            event = json.loads(line)
            if event["event"] == "flow_opened":
                ports[event["flow"]] = int(event["client"].rsplit(":", 1)[1])
            elif event["event"] == "record":
                runs.setdefault((event["flow"], event["dir"]), []).append(
                    (event["content_type"], event["length"], 1))  # fmt: skip
            elif event["event"] == "records":
                runs.setdefault((event["flow"], event["dir"]), []).extend(
                    (TYPES[23], run["length"], run["count"]) for run in event["lengths"])
            elif event["event"] == "lost":
                lost += event["events"]
    return {(ports.get(flow), way): joined(of) for (flow, way), of in runs.items()}, lost


def number_of(file):
    """NAME.pcapng is followed by NAME.1.pcapng."""
    match = re.search(r"\.(\d+)\.pcapng$", file.name)
    return int(match[1]) if match else 0


def joined(runs):
    """Neighbours of one type and length become one run."""
    return [(*key, sum(run[2] for run in group))
            for key, group in groupby(runs, key=lambda run: run[:2])]  # fmt: skip


def compare(lengths_file, helloscope, files):
    """What differs, in words; None when nothing does. And how many records there were."""
    expected = sent(lengths_file)
    found, lost = recorded(helloscope, files)
    count = sum(run[2] for runs in expected.values() for run in runs)
    if lost:
        return f"the recording says that {lost} events were lost", count
    for key, runs in expected.items():
        if found.get(key) != runs:
            return difference(key, runs, found.get(key, [])), count
    extra = found.keys() - expected.keys()
    return (f"recorded, and never sent: {sorted(extra)[:3]}" if extra else None), count


def difference(key, expected, found):
    at = next((i for i, (a, b) in enumerate(zip(expected, found)) if a != b),
              min(len(expected), len(found)))  # fmt: skip
    return (f"client port {key[0]}, {key[1]}, run {at}: sent {expected[at:at + 3]}, "
            f"recorded {found[at:at + 3]}")  # fmt: skip
