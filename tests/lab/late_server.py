#!/usr/bin/env python3
"""What is late behind a good server, and before it: a plain HTTP server on loopback that takes what it
gets, and is late at /late; and at ADDRESS:LATE_PORT the TLS server of ADDRESS:PORT, whose first answer
comes late.

usage: late_server.py HTTP_PORT ADDRESS LATE_PORT PORT
"""
import http.server
import socket
import sys
import threading
import time

ANSWER_LATE = 2.6  # seconds: as long as a stall takes to be one
FLIGHT_LATE = 1.5  # what is no stall yet


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/late":
            time.sleep(ANSWER_LATE)
        self.answer()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer()

    def answer(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"done\n")

    def log_message(self, *_):
        pass


def pump(source, target):
    while got := source.recv(1 << 16):
        target.sendall(got)
    target.shutdown(socket.SHUT_WR)


def visit(client, server):
    with client, socket.create_connection(server) as behind:
        for one in (client, behind):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        hello = client.recv(1 << 16)
        time.sleep(FLIGHT_LATE)
        behind.sendall(hello)
        back = threading.Thread(target=pump, args=(behind, client))
        back.start()
        pump(client, behind)
        back.join()


def serve_late(listener, server):
    while True:
        threading.Thread(target=visit, args=(listener.accept()[0], server), daemon=True).start()


def main():
    http_port, address, late_port, port = sys.argv[1:]
    listener = socket.create_server((address, int(late_port)))
    threading.Thread(target=serve_late, args=(listener, (address, int(port))), daemon=True).start()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(http_port)), Answers)
    print("listens", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
