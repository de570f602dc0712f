#!/usr/bin/env python3
"""The admin API as its clients know it: Toxiproxy's Node client leads proxies and toxics through
their whole life, and what is wrong is told and changes nothing.

usage: test_toxiproxy.py HELLOSCOPE [unittest arguments]
"""
import http.client
import json
import socket
import ssl
import threading
from pathlib import Path

import support

CLIENT = "4.1.0"
SCRIPT = Path(__file__).with_suffix("").parent / "toxiproxy.js"


class Api:
    """The admin API of a proxy, asked without any client library."""

    def __init__(self, port):
        self.port = port

    def ask(self, method, path, body=None, **fields):
        """(status, JSON or None)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=support.PATIENCE)
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        if body is not None:
            headers = {"Content-Type": "application/json"} | headers
            body = body if isinstance(body, (str, bytes)) else json.dumps(body)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None

    def must(self, method, path, body=None):
        status, told = self.ask(method, path, body)
        assert 200 <= status < 300, (method, path, status, told)
        return told


class Admin(support.Case):
    def start_api(self, *words):
        proxy = self.proxy("--admin", "127.0.0.1:0", *words)
        return proxy, Api(proxy.ports[-1])

    def accept_one(self, answer=b""):
        """A server that answers one connection and keeps it; its port, and what it keeps."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        kept = []

        def serve():
            try:
                while True:
                    peer, _ = listener.accept()
                    peer.sendall(answer)
                    kept.append(peer)
                    self.addCleanup(peer.close)
            except OSError:
                pass  # it was closed

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1], kept


class Toxiproxy(Admin):
    def test_the_node_client_does_all_it_can(self):
        proxy, api = self.start_api()
        package = support.npm_package("toxiproxy-node-client", CLIENT)
        done = self.run_program(
            "node", SCRIPT, package, f"http://127.0.0.1:{api.port}", status=None)
        self.assertEqual(0, done.returncode, done.stdout.decode() + done.stderr.decode())
        self.assertEqual(
            done.stdout.decode().splitlines(),
            ["version", "life", "populate and reset", "toxics by name", "latency", "bandwidth",
             "slicer", "limit_data", "timeout", "reset_peer", "slow_close", "toxicity"])  # fmt: skip
        flows = api.must("GET", "/helloscope/v1/flows")["flows"]
        self.assertIn("latency_downstream", json.dumps(flows))

    def test_what_is_wrong_is_told_and_changes_nothing(self):
        _, api = self.start_api()
        upstream, _ = self.accept_one()
        wanted = {"name": "db", "listen": "localhost:0", "upstream": f"127.0.0.1:{upstream}"}
        made = api.must("POST", "/proxies", wanted)
        taken = made["listen"]
        for expected, error, *asked in (
            (400, "bad request body: no JSON: incomplete", "POST", "/proxies", '{"name":'),
            (400, "bad request body: no JSON: syntax error", "POST", "/populate", "[}"),
            (400, "missing required field: name", "POST", "/proxies", {"upstream": "h:1"}),
            (400, "missing required field: upstream at proxy 1", "POST", "/populate", [{"name": "x"}]),
            (409, "proxy already exists", "POST", "/proxies", wanted),
            (404, "proxy not found", "GET", "/proxies/none"),
            (404, "proxy not found", "POST", "/proxies/none", {"enabled": False}),
            (404, "proxy not found", "DELETE", "/proxies/none"),
            (404, "toxic not found", "GET", "/proxies/db/toxics/none"),
            (404, "there is no /nothing", "GET", "/nothing"),
            (405, "PUT is not for /proxies", "PUT", "/proxies"),
            (500, f"cannot listen on {taken}: the port is in use by helloscope", "POST", "/proxies",
             wanted | {"name": "second", "listen": taken}),
            (500, f"cannot listen on {taken}", "POST", "/populate",
             [wanted | {"name": "first"}, wanted | {"name": "second", "listen": taken}]),
            (400, "everybody who reaches 0.0.0.0:0 could use 'open'", "POST", "/proxies",
             wanted | {"name": "open", "listen": "0.0.0.0:0"}),
            (400, "everybody who reaches [::]:0 could use 'db'", "POST", "/proxies/db",
             {"listen": ":0"}),
            (400, 'bad request body: "listen"', "POST", "/proxies/db", {"listen": "db.test"}),
            (400, 'bad request body: "toxicity"', "POST", "/proxies/db/toxics",
             {"type": "latency", "toxicity": 2}),
            (400, "bad request body: route 2: ", "PUT", "/helloscope/v1/routes",
             [{"host": "a.test"}, {"hots": "b.test"}]),
            (400, "bad request body: fault ", "POST", "/helloscope/v1/listeners/db/faults",
             {"fault": "stal@1460"}),
            (404, "there is no listener 'none'", "GET", "/helloscope/v1/listeners/none"),
        ):  # fmt: skip
            with self.subTest(asked):
                status, told = api.ask(*asked)
                self.assertEqual((status, told["status"]), (expected, expected), told)
                self.assertTrue(told["error"].startswith(error), told)
        self.assertEqual(api.must("GET", "/proxies"), {"db": made})
        self.assertEqual(api.must("GET", "/helloscope/v1/routes"), {"routes": []})

    def test_a_page_in_a_browser_cannot_reach_it(self):
        _, api = self.start_api()
        for fields in ({"Host": "evil.example:8474"}, {"Origin": "http://evil.example"},
                       {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}):  # fmt: skip
            with self.subTest(fields):
                self.assertEqual(api.ask("POST", "/reset", **fields)[0], 403)
        for kind in ("text/plain", "application/x-www-form-urlencoded"):
            status, told = api.ask("POST", "/populate", "[]", Content_Type=kind)
            self.assertEqual(status, 415)
            self.assertIn("Content-Type: application/json", told["error"])

    def test_it_listens_where_it_was_told_to(self):
        proxy, api = self.start_api()
        second = self.run_program(
            support.HELLOSCOPE, "run", "--admin", f"127.0.0.1:{api.port}", "--no-record", status=3)
        self.assertIn(b"the port is in use by helloscope", second.stderr)
        self.assertIn(f"# admin API: http://127.0.0.1:{api.port}\n", proxy.out.read_text())
        for words, said in ((["--admin", "nonsense"], b"--admin"),
                            (["--admin", "0.0.0.0:0"], b"--allow-from CIDR")):  # fmt: skip
            done = self.run_program(support.HELLOSCOPE, "run", *words, status=2)
            self.assertIn(said, done.stderr)


class Own(Admin):
    """What Toxiproxy cannot say."""

    names = ["registry.test"]

    def test_a_tls_aware_fault_on_the_proxy_port_and_the_verdict_of_its_flow(self):
        serve = self.serve()
        proxy, api = self.start_api("--connect-to", f"registry.test:443:127.0.0.1:{serve}")
        listener = f"/helloscope/v1/listeners/127.0.0.1:{proxy.port}"
        self.assertEqual(api.must("GET", listener)["how"], "proxy")
        fault = {"name": "frozen", "fault": "to_server stall@sni"}
        self.assertEqual(api.must("POST", listener + "/faults", fault)["name"], "frozen")
        context = ssl.create_default_context(cafile=str(self.ca))
        tunnel = support.connect_through(proxy.port, "registry.test:443")
        tunnel.settimeout(2)
        client = context.wrap_socket(
            tunnel, server_hostname="registry.test", do_handshake_on_connect=False)
        with client, self.assertRaises(TimeoutError):
            client.do_handshake()

        def verdict():
            return api.must("GET", "/helloscope/v1/flows/1").get("verdict", {}).get("id")

        support.wait_for("the verdict", lambda: verdict() == "fault-injected")
        told = api.must("GET", "/helloscope/v1/flows/1")
        self.assertEqual(told["faulted"], ["frozen: stall@sni"])
        self.assertIn("fault-injected", told["report"])
        api.must("DELETE", listener + "/faults/frozen")
        with support.tls_through(proxy.port, "registry.test:443", self.ca) as client:
            self.assertIn("TLS", client.version())

    def test_routes_change_and_no_flow_is_dropped(self):
        serve = self.serve()
        proxy, api = self.start_api("--connect-to", f"registry.test:443:127.0.0.1:{serve}")
        with support.tls_through(proxy.port, "registry.test:443", self.ca) as old:
            wanted = [{"name": "broken", "host": "registry.test", "fault": ["to_client reset@record:1"]}]
            self.assertEqual(
                api.must("PUT", "/helloscope/v1/routes", wanted), {"routes": wanted})
            with self.assertRaises(OSError):
                support.tls_through(proxy.port, "registry.test:443", self.ca)
            old.sendall(b"GET / HTTP/1.1\r\nHost: registry.test\r\n\r\n")
            self.assertTrue(old.recv(100).startswith(b"HTTP/1.1 "))
            api.must("PUT", "/helloscope/v1/routes", [])
            with support.tls_through(proxy.port, "registry.test:443", self.ca):
                pass

        def flows():  # the last one is told of in a moment
            told = api.must("GET", "/helloscope/v1/flows")["flows"]
            return told if len(told) == 3 else None

        routes = [one.get("route") for one in support.wait_for("three flows", flows)]
        self.assertEqual(routes, [None, "broken", None])

    def test_events_are_followed_while_they_happen(self):
        upstream, kept = self.accept_one(b"hi")
        _, api = self.start_api()
        ears = support.ask(api.port, b"GET /helloscope/v1/events HTTP/1.1\r\nHost: a\r\n\r\n")
        head = ears.recv(65536)
        self.assertIn(b"application/x-ndjson", head)
        made = api.must("POST", "/helloscope/v1/listeners", {"name": "r", "target": f"127.0.0.1:{upstream}"})
        with socket.create_connection(("127.0.0.1", int(made["listen"].rsplit(":", 1)[1]))) as client:
            self.assertEqual(client.recv(2), b"hi")
        support.wait_for("the server", lambda: kept)[0].close()
        heard = b""
        while b'"event":"flow_closed"' not in heard:
            more = ears.recv(65536)
            self.assertTrue(more)
            heard += more
        self.assertIn(b'"event":"flow_opened","flow":1', heard)
        ears.close()


if __name__ == "__main__":
    support.need("node", "npm")
    support.main()
