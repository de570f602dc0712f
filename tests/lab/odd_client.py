#!/usr/bin/env python3
"""A client that asks a proxy for a tunnel and then is slow, or stops.

usage: odd_client.py PROXY TARGET CA silent|half|dribble:SIZE:PAUSE|open-close|tls-to-proxy

With silent and half it waits until the tunnel is closed; else it ends after a handshake.
"""
import socket
import ssl
import sys
import time


def tunnel(proxy, target):
    host, port = proxy.rsplit(":", 1)
    connection = socket.create_connection((host, int(port)))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            sys.exit(f"closed after {answer!r}")
        answer += byte
    if b" 200 " not in answer.split(b"\r\n")[0]:
        sys.exit(answer.decode())
    return connection


def handshake(connection, name, ca, send):
    """To its end; `send` sends what a real client would send at once."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = ssl.create_default_context(cafile=ca).wrap_bio(incoming, outgoing, server_hostname=name)
    while True:
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            send(connection, outgoing.read())
            got = connection.recv(1 << 16)
            if not got:
                sys.exit("closed in the handshake")
            incoming.write(got)
        else:
            return send(connection, outgoing.read())


def wait(connection):
    while connection.recv(1 << 16):
        pass


def half(connection, flight):
    connection.sendall(flight[: len(flight) // 2])
    wait(connection)
    sys.exit("closed before the hello was whole")


def dribble(size, pause):
    def send(connection, flight):
        for at in range(0, len(flight), size):
            connection.sendall(flight[at : at + size])
            time.sleep(pause)

    return send


def main():
    proxy, target, ca, how = sys.argv[1:]
    how, *words = how.split(":")
    name = target.rsplit(":", 1)[0]
    if how == "tls-to-proxy":
        host, port = proxy.rsplit(":", 1)
        return handshake(socket.create_connection((host, int(port))), name, ca, socket.socket.sendall)
    connection = tunnel(proxy, target)
    if how == "silent":
        return wait(connection)
    send = {"half": lambda: half, "dribble": lambda: dribble(int(words[0]), float(words[1])),
            "open-close": lambda: socket.socket.sendall}[how]()  # fmt: skip
    return handshake(connection, name, ca, send)


if __name__ == "__main__":
    main()
