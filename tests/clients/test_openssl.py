#!/usr/bin/env python3
"""openssl s_client through helloscope: each hello is recorded with the size and the name that
tshark sees at the server's port.

usage: test_openssl.py HELLOSCOPE [unittest arguments]
"""
import support
from support import Capture, Nginx


class SClient(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port = cls.serve("--tls-min", "1.0")

    def s_client(self, proxy, *words, **options):
        return self.run_program(
            "openssl", "s_client", "-proxy", f"127.0.0.1:{proxy.port}", "-connect", "registry.test:443",
            "-CAfile", self.ca, "-verify_return_error", *words, **options,
        )  # fmt: skip

    def through(self, port, rows):
        """For each row its words, its flow, and tshark's reading of its hellos at `port`."""
        capture = Capture(self, port)
        proxy = self.proxy("--connect-to", f"registry.test:443:127.0.0.1:{port}")
        told = [self.s_client(proxy, "-brief", *words).stderr.decode() for words, _ in rows]
        proxy.end()
        flows = list(proxy.flows().values())
        self.assertEqual(len(flows), len(rows))
        seen = support.tshark(
            self, capture.end(), "tls.handshake.type == 1", "tcp.srcport", "tls.record.length",
            "tls.handshake.length", "tls.handshake.extensions_server_name",
            more=["-d", f"tcp.port=={port},tls"],  # whatever else either port may be known for
        )  # fmt: skip
        for (words, version), flow, text in zip(rows, flows, told):
            with self.subTest(words=words):
                self.assertIn(f"Protocol version: TLSv{version.removesuffix('.0')}\n", text)
                self.assertIn("Verification: OK\n", text)
                self.assertEqual((flow.version, flow.verdict), (version, None))
                self.assertEqual(flow.one("requested")["protocol"], "HTTP/1.0")
        return [(words, flow, [one[1:] for one in seen if one[0] == [flow.local_port]])
                for (words, _), flow in zip(rows, flows)]  # fmt: skip

    def test_a_hello_of_each_version_is_recorded_as_tshark_sees_it(self):
        weak = ["-cipher", "ALL:@SECLEVEL=0"]
        rows = [
            (["-tls1", *weak], "1.0"),
            (["-tls1_1", *weak], "1.1"),
            (["-tls1_2"], "1.2"),
            (["-tls1_3"], "1.3"),
            ([], "1.3"),
            (["-alpn", "h2,http/1.1", "-status"], "1.3"),
            (["-noservername"], "1.3"),
        ]
        for words, flow, seen in self.through(self.port, rows):
            with self.subTest(words=words):
                ((records, messages, names),) = seen
                self.assertEqual(flow.hello_on_the_wire, 5 + int(records[0]))
                self.assertEqual(flow.hello["size"], 4 + int(messages[0]))
                self.assertEqual(flow.sni, names[0] if names else None)
                self.assertEqual(flow.sni is None, "-noservername" in words)

    def test_both_hellos_around_a_retry_are_recorded(self):
        folder = self.path("nginx")
        folder.mkdir()
        nginx = self.start(Nginx(self, folder, self.certs / "leaf.pem", self.certs / "leaf.key",
                                 "ssl_ecdh_curve P-384;"))  # fmt: skip
        rows = [(["-groups", "X25519:P-384"], "1.3")]
        ((_, flow, seen),) = self.through(nginx.port, rows)
        hellos = flow.all("handshake", type="client_hello")
        self.assertEqual([one["length"] for one in hellos], [int(one[1][0]) for one in seen])
        self.assertEqual(len(hellos), 2)
        shares = [one["client_hello"]["key_shares"][0]["group"] for one in hellos]
        self.assertEqual(shares, ["0x001d", "0x0018"])
        answers = flow.all("handshake", type="server_hello")
        retries = [one["server_hello"]["hello_retry_request"] for one in answers]
        self.assertEqual(retries, [True, False])


def prepare():
    support.need("openssl", "nginx")
    support.need_to_capture()


if __name__ == "__main__":
    prepare()
    support.main()
