#!/usr/bin/env python3
"""A name server at a UDP socket that is bound already, with one answer for all: what is asked for does
not exist, the server fails, or nothing comes.

usage: odd_dns.py FD nxdomain|servfail|silent|late:SECONDS [ADDRESS]
"""
import ipaddress
import socket
import sys
import threading

CODES = {"servfail": 2, "nxdomain": 3}  # RFC 1035 4.1.1


def answer(query, code, address):
    """The question again, and the address if it was asked for."""
    end = query.index(b"\0", 12) + 5
    kind = int.from_bytes(query[end - 4 : end - 2], "big")
    wanted = address and kind == (1 if address.version == 4 else 28)
    record = b""
    if wanted:
        data = address.packed
        record = b"\xc0\x0c" + kind.to_bytes(2, "big") + b"\0\1\0\0\0\0" + len(data).to_bytes(2, "big") + data
    flags = (0x8180 | code).to_bytes(2, "big")
    return query[:2] + flags + b"\0\1" + (b"\0\1" if wanted else b"\0\0") + b"\0\0\0\0" + query[12:end] + record


def main():
    fd, how, *address = sys.argv[1:]
    server = socket.socket(fileno=int(fd))
    server.setblocking(True)
    how, _, seconds = how.partition(":")
    address = ipaddress.ip_address(address[0]) if address else None
    while True:
        query, client = server.recvfrom(4096)
        if how == "silent":
            continue
        reply = answer(query, CODES.get(how, 0), address)
        threading.Timer(float(seconds or 0), server.sendto, (reply, client)).start()


if __name__ == "__main__":
    main()
