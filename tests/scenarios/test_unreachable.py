#!/usr/bin/env python3
"""Targets that a network does not let through, behind a real router in network namespaces: what the
kernel and the router say is in the events, and the verdict names it.

usage: test_unreachable.py HELLOSCOPE [unittest arguments]
"""
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "clients"))
import networks
import support

# client 10.77.1.1 - router 10.77.1.2, which forbids 10.77.3.2, drops 10.77.3.3 and knows no 10.88.
ROUTER_RULES = """
table inet lab {
    chain forward {
        type filter hook forward priority 0
        ip daddr 10.77.3.2 reject with icmp type admin-prohibited
        ip daddr 10.77.3.3 drop
    }
}
"""


class Unreachable(support.Case):
    def setUp(self):
        super().setUp()
        self.client, router = (networks.Host(name, self.addCleanup) for name in ("client", "router"))
        self.client.link("up0", ["10.77.1.1/24"], router, "down0", ["10.77.1.2/24"])
        router.link("far0", ["10.77.3.1/24"], router, "far1", [])
        self.client.route("default", "10.77.1.2")
        router.forward()
        router.run("nft", "-f", "-", input=ROUTER_RULES.encode())

    def events(self, address):
        """Of one curl to that address, through helloscope in the client's namespace."""
        done = subprocess.run(
            [*self.client.inside, support.HELLOSCOPE, "run", "--json", "--no-record",
             "--connect-timeout", "2.5", "--resolve", f"far.test:443:{address}", "--",
             "curl", "-sS", "https://far.test/"],
            env=self.env, capture_output=True, timeout=60,
        )  # fmt: skip
        self.assertEqual(done.returncode, 56, done.stderr)
        lines = done.stderr.decode().splitlines()
        self.told = done.stderr.decode()
        return support.Flow([json.loads(line) for line in lines if line.startswith('{"event"')])

    def check(self, address, error, reported_by, status, verdict):
        flow = self.events(address)
        failed = flow.one("connect_failed")
        self.assertEqual((failed["error"], failed.get("reported_by")), (error, reported_by))
        self.assertEqual((flow.one("answered")["status"], flow.verdict), (status, verdict))
        self.assertIn(f"response {status}", self.told)  # our lines and curl's may meet
        return failed

    def test_a_router_that_forbids_is_named(self):
        self.check("10.77.3.2", "EHOSTUNREACH", "10.77.1.2 (ICMP type 3 code 13)", 502, "host-unreachable")

    def test_a_router_that_knows_no_way_is_named(self):
        self.check("10.88.0.1", "ENETUNREACH", "10.77.1.2 (ICMP type 3 code 0)", 502, "host-unreachable")

    def test_a_router_that_drops_leaves_a_timeout(self):
        failed = self.check("10.77.3.3", "timeout", None, 504, "connect-timeout")
        self.assertGreaterEqual(failed["syn_retransmits"], 1)


if __name__ == "__main__":
    networks.need()
    support.need("curl", "nft")
    support.main()
