#!/usr/bin/env python3
"""Two hundred flows of several clients at once: the TLS records that helloscope recorded are the
ones that tshark reads from a capture at the servers' ports, record for record; and Wireshark's
tools read the recording itself.

usage: test_tshark.py HELLOSCOPE [unittest arguments]
"""
import os
import random
import re
import ssl
import subprocess
import xml.etree.ElementTree as ElementTree
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import support
from support import Capture, Nginx

CONTENT_TYPES = {"change_cipher_spec": 20, "alert": 21, "handshake": 22, "application_data": 23}
AT_ONCE = 8


def recorded(flow):
    """Of each direction the records as (content type, length, cut), by our events in order."""
    out = {"to_server": [], "to_client": []}
    for event in flow.events:
        if event["event"] == "record":
            one = CONTENT_TYPES[event["content_type"]], event["length"], event.get("cut_at")
            out[event["dir"]].append(one)
        elif event["event"] == "records":
            run = [(23, one["length"], None) for one in event["lengths"] for _ in range(one["count"])]
            assert event["count"] == len(run)
            assert event["bytes"] == sum(5 + length for _, length, _ in run)
            out[event["dir"]] += run
    return out


def ports_of(packet):
    named = {field.get("name"): field.get("show") for field in packet.iter("field")
             if field.get("name") in ("tcp.srcport", "tcp.dstport")}  # fmt: skip
    return int(named["tcp.srcport"]), int(named["tcp.dstport"])


def records_of(packet):
    for record in packet.iterfind("proto[@name='tls']/field[@name='tls.record']"):
        told = {field.get("name"): field.get("show") for field in record.findall("field")}
        kind = told.get("tls.record.content_type") or told["tls.record.opaque_type"]
        yield int(kind), int(told["tls.record.length"]), None


class Tshark(support.Case):
    names = ["registry.test", "h2.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.folder / "nginx"
        folder.mkdir()
        (folder / "body").write_bytes(os.urandom(200_000))
        nginx = cls.start(Nginx(cls, folder, cls.certs / "leaf.pem", cls.certs / "leaf.key"))
        cls.ports = cls.serve("--record-size", 1500), nginx.port
        cls.content = cls.folder / "content"
        cls.content.write_bytes(os.urandom(300_000))

    def shark_reads(self, file, ports):
        """{(client's port, server's port, direction): records} of the connections to `ports`."""
        # Loopback has two processors: a capture may hold a stream's packets out of order.
        decode = [*self.decode_as("tls", *ports), "-o", "tcp.reassemble_out_of_order:TRUE"]
        program = subprocess.Popen(
            ["tshark", "-n", "-r", file, "-Y", "tls.record", *decode, "-T", "pdml", "-J", "tcp tls"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.env,
        )  # fmt: skip
        out = {}
        for _, packet in ElementTree.iterparse(program.stdout):
            if packet.tag != "packet":
                continue
            source, destination = ports_of(packet)
            if destination in ports:
                flow = source, destination, "to_server"
            elif source in ports:
                flow = destination, source, "to_client"
            else:
                flow = None  # the client leg of our own file
            if flow:
                out.setdefault(flow, []).extend(records_of(packet))
            packet.clear()
        program.stdout.close()
        self.assertEqual(program.wait(), 0)
        return out

    def curl(self, proxy, *words):
        done = self.run_program(
            "curl", "-sS", "--fail", "--max-time", 2 * support.PATIENCE, "--cacert", self.ca,
            "-x", proxy.url, "-o", "/dev/null", "-o", "/dev/null", *words,
        )  # fmt: skip
        self.assertEqual(done.stderr, b"")

    def openssl(self, proxy, *words):
        self.run_program(
            "openssl", "s_client", "-proxy", f"127.0.0.1:{proxy.port}", "-connect",
            "registry.test:443", "-CAfile", self.ca, "-verify_return_error", "-quiet", *words,
            input=b"GET /bytes/5000 HTTP/1.1\r\nHost: registry.test\r\nConnection: close\r\n\r\n",
        )  # fmt: skip

    def python(self, proxy, seed):
        """A body sent in writes of random sizes, and echoed."""
        chance = random.Random(seed)
        version = chance.choice([ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
        body = chance.randbytes(chance.choice([1, 2_000, 40_000, 150_000]))

        def configure(context):
            context.minimum_version = context.maximum_version = version

        with support.tls_through(proxy.port, "registry.test:443", self.ca, configure) as tunnel:
            head = f"POST /echo HTTP/1.1\r\nHost: registry.test\r\nContent-Length: {len(body)}\r\n"
            tunnel.sendall(head.encode() + b"Connection: close\r\n\r\n")
            rest = memoryview(body)
            while rest:
                size = chance.choice([1, 100, 1_400, 16_384, 40_000])
                tunnel.sendall(rest[:size])
                rest = rest[size:]
            with tunnel.makefile("rb") as answer:
                self.assertTrue(answer.read().endswith(body))

    def work(self):
        """(how many flows it makes, what to call with the proxy) of each client."""
        def curl(*words, flows=1):
            return flows, lambda proxy: self.curl(proxy, *words)

        def openssl(*words):
            return 1, lambda proxy: self.openssl(proxy, *words)

        registry, h2 = "https://registry.test", "https://h2.test/body"
        close = ["-H", "Connection: close", registry + "/bytes/999", registry + "/bytes/70000"]
        upload = ["--data-binary", f"@{self.content}", registry + "/upload"]
        out = [curl(registry + f"/bytes/{random.randint(1, 100_000)}") for _ in range(30)]
        out += [curl("--tls-max", "1.2", registry + "/bytes/30000")] * 20
        out += [curl(*close, flows=2), curl("--tls-max", "1.2", *close, flows=2)] * 10
        out += [curl(h2, h2), curl("--tls-max", "1.2", h2)] * 12
        out += [curl(*upload), curl("--tls-max", "1.2", *upload)] * 6
        out += [curl(registry + "/bytes/1800000"), curl("-T", self.folder / "large", registry + "/upload")]
        out += [openssl("-tls1_3"), openssl("-tls1_2"), openssl("-groups", "P-521:X25519")] * 6
        out += [(1, lambda proxy, seed=random.random(): self.python(proxy, seed)) for _ in range(54)]
        random.shuffle(out)
        return out

    def run_flows(self, *words):
        (self.folder / "large").write_bytes(os.urandom(1_000_000))
        capture = Capture(self, *self.ports)
        proxy = self.proxy(
            *words, "--connect-to", f"registry.test:443:127.0.0.1:{self.ports[0]}",
            "--connect-to", f"h2.test:443:127.0.0.1:{self.ports[1]}",
        )  # fmt: skip
        work = self.work()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(one, proxy) for _, one in work]:
                done.result()
        proxy.end()
        flows = proxy.flows()
        self.assertEqual(len(flows), sum(count for count, _ in work))
        self.assertEqual(len(flows), 200)
        self.assertEqual(Counter(flow.verdict for flow in flows.values()), {None: 200})
        return proxy, flows, capture.end()

    def compare(self, flows, read):
        """Record for record. Behind a reset, what was under way went by unread: there the shorter
        list is the beginning of the longer one."""
        compared = 0
        reset = {number for number, flow in flows.items() if flow.all("closed", how="rst")}
        self.assertLess(len(reset), len(flows) // 10)
        by_ports = self.by_ports(flows)
        for (port, server), numbers in by_ports.items():
            for direction in ("to_server", "to_client"):
                ours = [one for number in numbers for one in recorded(flows[number])[direction]]
                theirs = read[port, server, direction]
                if reset & set(numbers):
                    common = min(len(ours), len(theirs)) if len(numbers) == 1 else 0
                    ours, theirs = ours[:common], theirs[:common]
                if ours != theirs:
                    at = next(i for i, pair in enumerate([*zip(ours, theirs), None])
                              if pair is None or pair[0] != pair[1])  # fmt: skip
                    self.fail(f"flows {numbers} {direction}, record {at}: {ours[at : at + 3]}, tshark "
                              f"{theirs[at : at + 3]}, of {len(ours)} and {len(theirs)}")  # fmt: skip
                compared += len(ours)
        self.assertEqual(len(read), 2 * len(by_ports))
        return compared

    def by_ports(self, flows):
        """{(our port, the server's): flows, in order}: a port that is free again may be taken again."""
        out = {}
        for number, flow in sorted(flows.items(), key=lambda item: item[1].one("connected")["t"]):
            server = int(flow.one("connected")["address"].rsplit(":", 1)[1])
            out.setdefault((int(flow.local_port), server), []).append(number)
        return out

    def decode_as(self, protocol, *ports):
        """For tshark, which takes some ports of clients for those of other protocols."""
        return sum((["-d", f"tcp.port=={port},{protocol}"] for port in ports), [])

    def check_with_tools(self, proxy, flows):
        """What Wireshark's tools and tcpdump make of our own file."""
        recording = proxy.recording
        decode = self.decode_as("tls", *self.ports) + self.decode_as("http", proxy.port)
        hellos = sum(len(flow.all("handshake", type="client_hello")) for flow in flows.values())
        malformed = support.tshark(self, recording, "_ws.malformed", "frame.number", more=decode)
        self.assertEqual(malformed, [])
        told = support.tshark(
            self, recording, r'systemd_journal.message contains "\"type\":\"client_hello\""',
            "frame.number",
        )  # fmt: skip
        self.assertEqual(len(told), hellos)
        legs = support.tshark(
            self, recording, "tls.handshake.type == 1", "frame.interface_name", more=decode
        )
        counted = Counter(leg for (leg,), in legs)
        self.assertEqual(counted, {"client leg": hellos, "server leg": hellos})
        dumped = self.run_program("tcpdump", "-n", "-t", "-r", recording).stdout.decode()
        packets = len(re.findall("^IP", dumped, re.MULTILINE))
        told = self.run_program("capinfos", "-M", "-c", recording).stdout.decode()
        self.assertIn(f"Number of packets:   {packets}\n", told)

    def test_every_record_singly(self):
        proxy, flows, capture = self.run_flows("--record-detail", "all")
        self.assertEqual([flow for flow in flows.values() if flow.all("records")], [])
        read = self.shark_reads(capture, self.ports)
        self.assertGreater(self.compare(flows, read), 5_000)
        self.assertEqual(self.shark_reads(proxy.recording, self.ports), read)
        self.check_with_tools(proxy, flows)

    def test_bulk_as_runs(self):
        proxy, flows, capture = self.run_flows()
        self.assertNotEqual([flow for flow in flows.values() if flow.all("records")], [])
        self.assertGreater(self.compare(flows, self.shark_reads(capture, self.ports)), 5_000)
        self.check_with_tools(proxy, flows)


if __name__ == "__main__":
    support.need("curl", "openssl", "nginx", "capinfos")
    support.need_to_capture()
    random.seed(seed := os.urandom(8).hex())
    print(f"seed {seed}", flush=True)
    support.main()
