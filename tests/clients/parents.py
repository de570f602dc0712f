"""What the tests of parent proxies share: the ways to ask helloscope, and an origin behind it."""
import json
import ssl

import support
from http_wire import Incoming
from scripted import Scripted, greet
from support import Flow


class Parents(support.Case):
    names = ["registry.test", "parent.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.origin = cls.serve()
        cls.target = f"registry.test:{cls.origin}"
        cls.plain = Scripted(greet)
        cls.addClassCleanup(cls.plain.stop)

    def scripted(self, server):
        self.addCleanup(server.stop)
        return server

    def setUp(self):
        self.clients = []
        self.addCleanup(self.leave)

    def ask(self, port, octets):
        """What comes from the proxy that has been sent this."""
        self.clients.append(support.ask(port, octets))
        return Incoming(self.clients[-1])

    def leave(self):
        for client in self.clients:
            client.close()

    def open(self, port, *lines):
        return self.ask(port, "\r\n".join(lines).encode() + b"\r\n\r\n")

    def connect(self, port, target, *fields):
        """Asks for a tunnel: the answer, and what comes behind it."""
        incoming = self.open(port, f"CONNECT {target} HTTP/1.1", f"Host: {target}", *fields)
        return incoming.response("CONNECT"), incoming

    def get(self, port, url, *fields):
        """A GET in absolute-form."""
        host = f"Host: {url.split('/')[2]}"
        return self.open(port, f"GET {url} HTTP/1.1", host, "Connection: close", *fields).response()

    def socks5(self, port, target):
        """Asks for a tunnel by SOCKS5: the reply code, and what comes behind it."""
        incoming = self.ask(port, b"\5\1\0")
        self.assertEqual(incoming.exactly(2), b"\5\0")
        host, number = target.rsplit(":", 1)
        asked = b"\5\1\0\3%c%s" % (len(host), host.encode()) + int(number).to_bytes(2, "big")
        incoming.connection.sendall(asked)
        reply = incoming.exactly(4)
        incoming.exactly({1: 6, 4: 18}[reply[3]])
        return reply[1], incoming

    def fetch(self, port, ca=None, *fields):
        """A file of the origin through a tunnel."""
        answer, incoming = self.connect(port, self.target, *fields)
        self.assertEqual(answer.status, 200, answer)
        context = ssl.create_default_context(cafile=str(ca or self.ca))
        with context.wrap_socket(incoming.connection, server_hostname="registry.test") as server:
            server.sendall(b"GET /bytes/1000 HTTP/1.1\r\nHost: registry.test\r\n\r\n")
            answer = Incoming(server).response()
        self.assertEqual((answer.status, len(answer.body)), (200, 1000))

    def proxy(self, *words, env=None):
        return super().proxy("--json", *words, env=env)

    def ended(self, proxy):
        """The flows as they were told on stdout, in order."""
        self.leave()  # it would wait for them
        proxy.end()
        flows = {}
        for line in proxy.out.read_text().splitlines():
            event = json.loads(line)
            flows.setdefault(event["flow"], []).append(event)
        return [Flow(events) for number, events in sorted(flows.items()) if number > 0]

    def the_flow(self, proxy):
        flows = self.ended(proxy)
        self.assertEqual(len(flows), 1)
        return flows[0]

    def verdict(self, flow):
        """The one that stands: a flow may be judged while it lasts, too."""
        return flow.verdict
