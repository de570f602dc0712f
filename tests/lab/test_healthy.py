#!/usr/bin/env python3
"""No flow that goes well has a verdict: slow and lossy ones, large, resumed, idle, opened and closed at
once, with a HelloRetryRequest, a client's certificate, by TLS 1.2 and 1.3.

usage: test_healthy.py HELLOSCOPE [--flows N] [--table FILE] [unittest arguments]

`--flows` is how many, about; `--table` writes what was seen as Markdown.
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import json
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "clients"))
import certificates
import hosts
import labs
import support
import verdicts
from healthy_client import (
    CERTIFICATE, KINDS, LATE_FLIGHT, MAY_HAVE_CERTIFICATE, OTHER_GROUP, USUAL, VERSIONS,
)  # fmt: skip

LIMIT = 1200  # seconds, for a lab


@dataclasses.dataclass(frozen=True)
class Way:
    name: str
    share: int  # percent of all flows
    wan: dict
    leaves_out: tuple = ()


SLOW_TRANSFERS = ("large", "upload", "slow-reader", "slowly")
WAYS = [
    Way("at once", 52, {}),
    Way("10 ms", 8, {"rtt": 10}),
    Way("50 ms", 8, {"rtt": 50}),
    Way("200 ms", 6, {"rtt": 200}),
    Way("600 ms", 3, {"rtt": 600}, SLOW_TRANSFERS),
    Way("50 to 150 ms", 5, {"rtt": 50, "jitter": 50}),
    Way("512 kbit/s, 50 ms", 3, {"rtt": 50, "rate": 512}, SLOW_TRANSFERS),
    Way("1 % lost, 20 ms", 10, {"loss": 1, "rtt": 20}),
    Way("5 % lost, 20 ms", 5, {"loss": 5, "rtt": 20}),
]
assert sum(way.share for way in WAYS) == 100
# Of the others: these take several seconds each.
SELDOM = ("idle", "server-closes", "slowly", "late", "late-flight", "slow-reader", "dribbled-hello", "h2",
          "h2-drop")


def jobs(way, count):
    """So many flows, of all kinds and versions in turn."""
    turn = 0
    while count > 0:
        for kind in KINDS:
            for version in VERSIONS:
                seldom = kind in SELDOM and turn % 3 > 0
                if count <= 0 or kind in way.leaves_out or seldom or (kind == "retry" and version == "1.2"):
                    continue
                count -= 2 if kind == "resumed" else 1
                yield kind, version
        turn += 1


@dataclasses.dataclass
class Seen:
    way: Way
    kind: str
    version: str
    error: str
    verdict: str  # that stands at the end
    suspected: bool  # one was told on the way and taken back
    retried: bool


class Healthy:
    def __init__(self, folder):
        self.folder = folder
        self.certs = folder / "certs"
        certificates.make(support.HELLOSCOPE, self.certs)
        certificates.issue(self.certs, "visitor", ["visitor.test"])
        self.large = folder / "large"
        self.large.write_bytes(bytes(range(256)) * 8192)  # 2 MiB

    def see(self, way, count):
        with labs.Lab("healthy", helloscope=support.HELLOSCOPE, certs=self.certs, wan=way.wan,
                      files={"large": self.large}, limit=LIMIT) as lab:  # fmt: skip
            self.serve(lab)
            proxy = lab.helloscope("--no-record", "--json")
            words = [sys.executable, "-B", Path(__file__).with_name("healthy_client.py"),
                     f"{hosts.PROXY}:{labs.PROXY_PORT}", "long" if way.wan else "short", lab.certs, 16]  # fmt: skip
            done = lab.run("client", words, stdin=json.dumps(list(jobs(way, count))).encode(), timeout=LIMIT)
            assert done.returncode == 0, done.stderr.decode()
            proxy.end()
            return self.pair(way, [json.loads(line) for line in done.stdout.splitlines()], proxy)

    def serve(self, lab):
        """nginx at the ports of healthy_client, and behind it a server that is late."""
        at = hosts.SERVER[4]
        conf = self.folder / f"nginx-{id(lab)}.conf"
        pid = labs.INSIDE / "healthy.pid"
        tls = [(USUAL, ""), (OTHER_GROUP, "ssl_ecdh_curve secp384r1;"),
               (CERTIFICATE, "ssl_verify_client on;"), (MAY_HAVE_CERTIFICATE, "ssl_verify_client optional;")]  # fmt: skip
        servers = "".join(f"""
            server {{
                listen {at}:{port} ssl http2; {more}
                ssl_client_certificate {self.certs}/ca.pem; ssl_session_cache shared:of{port}:1m;
                ssl_certificate {self.certs}/short.pem; ssl_certificate_key {self.certs}/short.key;
                ssl_protocols TLSv1.2 TLSv1.3; keepalive_timeout 5s; client_max_body_size 10m;
                root {labs.INSIDE}/site;
                location = / {{ return 200 "hello\\n"; }}
                location = /take {{ proxy_pass http://127.0.0.1:2080/; }}
                location = /late {{ proxy_pass http://127.0.0.1:2080/late; }}
                location = /slowly {{ alias {labs.INSIDE}/site/body; limit_rate 66k; }}
            }}""" for port, more in tls)  # fmt: skip
        folders = "".join(f"{one}_temp_path {labs.INSIDE}/healthy-{one};"
                          for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
        conf.write_text(f"""
            user root; daemon off; master_process off; pid {pid}; error_log stderr;
            events {{ worker_connections 1024; }}
            http {{ access_log off; types {{ }} default_type application/octet-stream; {folders} {servers} }}""")
        late = [sys.executable, "-B", Path(__file__).with_name("late_server.py"), 2080, at, LATE_FLIGHT, USUAL]
        backend = lab.background("server", late)
        nginx = lab.background("server", ["nginx", "-e", "stderr", "-p", self.folder, "-c", conf])
        support.wait_for("the late server", lambda: b"listens" in backend.stdout)
        support.wait_for("nginx", lambda: lab.read(pid) or nginx.running.status is not None)
        assert nginx.running.status is None, nginx.stderr.decode()

    def pair(self, way, told, proxy):
        """What the clients told of their flows with what helloscope did; a port may come again."""
        events, by_port = {}, collections.defaultdict(list)
        for line in proxy.program.stdout.splitlines():
            if line.startswith(b"{"):
                event = json.loads(line)
                events.setdefault(event["flow"], []).append(event)
                if event["event"] == "flow_opened":
                    by_port[int(event["client"].rsplit(":", 1)[1])].append(event["flow"])
        seen = []
        for one in told:
            flow = events[by_port[one["port"]].pop(0)] if one["port"] else []
            all_told = [event["id"] for event in flow if event["event"] == "verdict" and event.get("id")]
            stands = verdicts.standing(flow)
            retried = any(event.get("server_hello", {}).get("hello_retry_request") for event in flow)
            seen.append(Seen(way, one["kind"], one["version"], one.get("error", ""), stands or "",
                             bool(all_told) and not stands, retried))  # fmt: skip
        return seen


def table(seen, seconds):
    lines = [f"{len(seen)} flows in {seconds:.0f} s, {sum(bool(one.verdict) for one in seen)} with a verdict, "
             f"{sum(one.suspected for one in seen)} with one on the way that was taken back.", "",
             "| flows by kind | TLS 1.2 | TLS 1.3 | taken back | verdicts |", "|---|---|---|---|---|"]  # fmt: skip
    for kind in KINDS:
        own = [one for one in seen if one.kind == kind]
        versions = [str(sum(one.version == version for one in own)) for version in VERSIONS]
        lines.append(f"| {kind} | {' | '.join(versions)} | {sum(one.suspected for one in own)} | "
                     f"{sum(bool(one.verdict) for one in own)} |")  # fmt: skip
    lines += ["", "| flows by their way | flows | taken back | verdicts |", "|---|---|---|---|"]
    for way in WAYS:
        own = [one for one in seen if one.way == way]
        lines.append(f"| {way.name} | {len(own)} | {sum(one.suspected for one in own)} | "
                     f"{sum(bool(one.verdict) for one in own)} |")  # fmt: skip
    return "\n".join([*lines, ""])


class HealthyFlows(unittest.TestCase):
    def test_none_has_a_verdict(self):
        folder = tempfile.TemporaryDirectory(prefix="helloscope-healthy-")
        self.addCleanup(folder.cleanup)
        healthy = Healthy(Path(folder.name))
        begin = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            running = [pool.submit(healthy.see, way, ASKED.flows * way.share // 100) for way in reversed(WAYS)]
            seen = [one for lab in running for one in lab.result()]
        told = table(seen, time.monotonic() - begin)
        print(told.splitlines()[0], file=sys.stderr)
        if ASKED.table:
            Path(ASKED.table).write_text(told)
        for one in seen:
            if one.error or one.verdict:
                self.fail(f"{one.way.name}, {one.kind}, TLS {one.version}: {one.error} {one.verdict}")
        # They are what they say.
        self.assertEqual({one.kind for one in seen}, set(KINDS))
        self.assertEqual({one.retried for one in seen if one.kind == "retry"}, {True})


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, add_help=False)
    parser.add_argument("--flows", type=int, default=300)
    parser.add_argument("--table")
    asked, rest = parser.parse_known_args(sys.argv[1:])
    sys.argv[1:] = rest
    return asked


if __name__ == "__main__":
    ASKED = arguments()
    try:
        labs.namespaces()
    except labs.Impossible as reason:
        support.skip(reason)
    support.main()
