#!/usr/bin/env python3
"""Real clients whose ClientHello is split, or made into records anew, at thirty positions each: they
get what they asked for, and the server's side of the wire has exactly the planned segments and
records, then what the client sent, byte for byte.

usage: test_shape_clients.py HELLOSCOPE [unittest arguments]
"""
import platform
import shutil
import socket

import shapes
import support

POSITIONS = ["1", "2", "3", "4", "5", "6", "7", "9", "10", "11", "43", "44", "45", "76", "100", "129",
             "200", "250", "sni-1", "sni", "sni+1", "sni+2", "midsni", "sni+8", "-100", "-6", "-5",
             "-2", "-1", "1448"]  # fmt: skip
PLACES = [(kind, position) for kind in ("split", "records") for position in POSITIONS]
HOSTS = {f"p{number:02}.shape.test": place for number, place in enumerate(PLACES)}
MACHINES = {"x86_64": ("amd64", "x64", "x86_64"), "aarch64": ("arm64", "arm64", "arm64")}
SCRIPT = "seen += 1; document.getElementById('p').textContent = seen + ' scripts ' + 'have run';"
NODE = """
const seen = {};
const all = process.argv.slice(2).map(async (url) => {
    const answer = await fetch(url);
    seen[url] = (await answer.arrayBuffer()).byteLength;
});
Promise.all(all).then(() => console.log(Object.values(seen).join(" ")));
"""


def routes():
    return sum((["--route", f"host={host} shape={shapes.shape_of(*place)}"]
                for host, place in HOSTS.items()), [])  # fmt: skip


class ShapeClients(support.Case):
    names = ["*.shape.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_site()
        scripts = "".join(f'<script src="https://{host}/script.js"></script>' for host in HOSTS)
        page = f"<!doctype html><title>a page</title><p id=p>not yet</p><script>seen = 0</script>{scripts}"
        (cls.site / "page.html").write_text(page)
        (cls.site / "script.js").write_text(SCRIPT)
        bazel = cls.site / f"7.4.0/bazel-7.4.0-linux-{MACHINES[platform.machine()][2]}"
        bazel.parent.mkdir()
        bazel.write_text('#!/bin/sh\necho "a Bazel was run"\n')
        cls.port = cls.serve_site("default_type text/html;").port
        # A new profile of Chromium asks for updates: nobody listens where they are sent.
        nowhere = socket.socket()
        nowhere.bind(("127.0.0.1", 0))
        cls.addClassCleanup(nowhere.close)
        cls.nowhere = nowhere.getsockname()[1]

    def shaped(self):
        """A proxy that shapes by host, and what its server leg sends."""
        origins = {f"{host}:443": self.port for host in HOSTS}
        origins[":"] = self.nowhere
        watch = self.watch(origins, *routes())
        return watch, watch.proxy()

    def check(self, watch):
        """Each flow left as planned; how large the hellos were."""
        (proxy,) = watch.proxies
        proxy.end()
        sent = self.sent_to_server(watch.capture.end())
        flows = [flow for flow in proxy.flows().values() if flow.host in HOSTS]
        self.assertEqual({flow.host for flow in flows}, set(HOSTS))
        for flow in flows:
            with self.subTest(flow.host, shape=shapes.shape_of(*HOSTS[flow.host])):
                self.check_flow(flow, sent[flow.local_port])
        return {flow.hello_on_the_wire for flow in flows}

    def sent_to_server(self, capture):
        """{our port: payloads of the segments to the server, in order}, by tshark. What a busy machine
        sends again is left out."""
        seen = support.tshark(
            self, capture, f"tcp.dstport == {self.port} && tcp.len > 0", "tcp.srcport", "tcp.seq",
            "tcp.payload",
        )  # fmt: skip
        by_port, next_byte = {}, {}
        for (port,), (sequence,), (payload,) in seen:
            octets = bytes.fromhex(payload)
            if int(sequence) < next_byte.get(port, 0):
                continue
            next_byte[port] = int(sequence) + len(octets)
            by_port.setdefault(port, []).append(octets)
        return by_port

    def check_flow(self, flow, segments):
        kind, position = HOSTS[flow.host]
        stream = b"".join(segments)
        size = flow.hello_on_the_wire - shapes.HEADER
        first, message = [], b""
        for _, _, body in shapes.records_of(stream)[0]:
            if len(message) < size:
                message += body
                first.append(len(body))
        hello = b"\x16\x03\x01" + size.to_bytes(2, "big") + message
        wanted, records = shapes.planned(kind, position, hello, flow.host)
        self.assertEqual(first, records)
        self.assertEqual([len(one) for one in segments[: len(wanted)]], wanted)
        told = flow.one("shaped")
        self.assertEqual(told["writes"], wanted)
        self.assertEqual(told.get("records", [size]), records)
        outer = f"{kind}: the SNI is the outer one, of ECH or GREASE"  # as Chromium's always is
        if len(wanted) == 1:
            self.assertIn("not inside the", told["note"])
        else:
            self.assertIn(told.get("note", ""), ("", outer))
        counted = flow.one("segmented")
        self.assertEqual((counted["writes"], counted["segments"]), (len(wanted),) * 2)
        # Behind the hello: as many bytes as the client sent, in records that follow each other.
        behind = flow.one("flow_closed")["to_server"] - flow.hello_on_the_wire
        self.assertEqual(len(stream) - sum(wanted), behind)
        self.assertEqual(shapes.records_of(stream)[1], b"")
        self.assertIsNone(flow.verdict)

    def test_curl(self):
        watch, proxy = self.shaped()
        urls = [f"https://{host}/body" for host in HOSTS]
        told = self.run_program(
            "curl", "-sS", "--max-time", support.PATIENCE, "-x", proxy.url, "--cacert", self.ca,
            "-w", "%{http_code}:%{size_download} ", *sum((["-o", "/dev/null", url] for url in urls), []),
        )  # fmt: skip
        self.assertEqual(told.stdout.decode().split(), [f"200:{len(self.body)}"] * len(HOSTS))
        self.assertEqual(self.check(watch), {517})

    def test_bazelisk(self):
        watch, proxy = self.shaped()
        for number, host in enumerate(HOSTS):
            env = self.env | {"BAZELISK_HOME": str(self.path(f"home-{number}")), "HTTPS_PROXY": proxy.url,
                              "USE_BAZEL_VERSION": "7.4.0", "SSL_CERT_FILE": str(self.ca),
                              "BAZELISK_BASE_URL": f"https://{host}:443"}  # fmt: skip
            told = self.run_program(self.bazelisk, "version", env=env)
            self.assertEqual(told.stdout, b"Bazelisk version: v1.28.1\na Bazel was run\n")
        self.assertGreater(min(self.check(watch)), 1460)

    def test_node(self):
        watch, proxy = self.shaped()
        script = self.path("fetch.js")
        script.write_text(NODE)
        env = self.env | {"NODE_USE_ENV_PROXY": "1", "HTTPS_PROXY": proxy.url,
                          "NODE_EXTRA_CA_CERTS": str(self.ca)}  # fmt: skip
        told = self.run_program(self.node, script, *(f"https://{host}/body" for host in HOSTS), env=env)
        self.assertEqual(told.stdout.decode().split(), [str(len(self.body))] * len(HOSTS))
        self.assertGreater(min(self.check(watch)), 1460)

    def test_chromium(self):
        trusted = self.folder / ".pki/nssdb"
        trusted.mkdir(parents=True)
        self.run_program("certutil", "-d", f"sql:{trusted}", "-N", "--empty-password")
        self.run_program("certutil", "-d", f"sql:{trusted}", "-A", "-t", "C,,", "-n", "ca", "-i", self.ca)
        watch, proxy = self.shaped()
        profile = self.path("profile")
        page = self.run_program(
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
            "--dump-dom", f"--user-data-dir={profile}", f"--proxy-server={proxy.url}",
            f"https://{next(iter(HOSTS))}/page.html",
        ).stdout.decode()  # fmt: skip
        shutil.rmtree(profile)
        self.assertIn(f"{len(HOSTS)} scripts have run", page)
        self.assertGreater(min(self.check(watch)), 1460)


if __name__ == "__main__":
    support.need("curl", "nginx", "chromium", "certutil")
    support.need_to_capture()
    package = support.npm_package("@bazel/bazelisk", "1.28.1")
    if platform.machine() not in MACHINES:
        support.skip(f"no Bazelisk for {platform.machine()}")
    go, js, _ = MACHINES[platform.machine()]
    ShapeClients.bazelisk = package / f"bazelisk-linux_{go}"
    ShapeClients.node = support.npm_package(f"node-linux-{js}", "24.21.0") / "bin/node"
    support.main()
