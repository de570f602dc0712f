#!/usr/bin/env python3
"""A parent proxy that lets nobody through, at sockets that listen already.

usage: odd_parent.py FD,FD,… 'STATUS REASON'|hang|close|garbage [FIELD…]
"""
import socket
import sys
import threading


def visit(connection, answer, fields):
    with connection:
        head = b""
        while b"\r\n\r\n" not in head:
            got = connection.recv(4096)
            if not got:
                return
            head += got
        if answer == "close":
            return
        if answer == "hang":
            while connection.recv(4096):
                pass
            return
        if answer == "garbage":
            connection.sendall(b"220 mail.test ESMTP ready\r\n")
        else:
            lines = [f"HTTP/1.1 {answer}", *fields, "Content-Length: 0", "", ""]
            connection.sendall("\r\n".join(lines).encode())
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass


def safely(*words):
    try:
        visit(*words)
    except OSError as error:
        print(error, file=sys.stderr, flush=True)


def listen(listener, answer, fields):
    listener.setblocking(True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=safely, args=(connection, answer, fields), daemon=True).start()


def main():
    fds, answer, *fields = sys.argv[1:]
    for fd in fds.split(","):
        threading.Thread(target=listen, args=(socket.socket(fileno=int(fd)), answer, fields)).start()


if __name__ == "__main__":
    main()
