"""The first process of a lab, alone in its own namespaces: it makes the network, starts the servers and
runs what it is asked to. When it ends, for whatever reason, the kernel ends everything in the lab: the
processes with the process namespace, the network and the mounts with the last of them.

usage: inside.py FD, a socket on which JSON is told and asked (see labs.py)
"""
import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import certificates
import hosts
import scenarios

RUN = Path("/run")  # a tmpfs of our own: `ip netns` and our files need one, and it goes with us
MESSAGE = 1 << 17
PATIENCE = 60  # seconds, for a program to get ready on a machine that is busy


class Inside:
    """What a scenario's server may use."""

    def __init__(self, asked):
        self.scenario = scenarios.BY_NAME[asked["scenario"]]
        self.family = asked["family"]
        self.address = hosts.SERVER[self.family]
        self.delay_program = asked["delay_program"]
        self.folder = RUN / "lab"
        self.site = self.folder / "site"
        self.children, self.kept = {}, []
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", RUN], check=True)
        self.folder.mkdir()
        self.make_site(asked["files"])
        self.certs = self.folder / "certs"
        if asked["certs"]:
            self.certs.symlink_to(asked["certs"])
        else:
            certificates.make(asked["helloscope"], self.certs)

        wan = self.scenario.wan | asked["wan"]
        self.network = hosts.Network(wan)
        self.names(self.name_lines())
        for change in self.scenario.path:
            change(self.network)
        self.network.apply()
        if wan:
            self.lengthen(wan, asked["seed"])
        self.scenario.server(self)

    def make_site(self, files):
        self.site.mkdir()
        (self.site / "body").write_bytes(os.urandom(200_000))
        for name, source in files.items():
            (self.site / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, self.site / name)

    def name_lines(self):
        """The addresses of names, in the family that this lab is about."""
        lines = []
        for name in certificates.NAMES:
            own = self.scenario.hosts.get(name, ("10.77.4.2 fd77:4::2",))
            for addresses in own:
                either = addresses.split()
                chosen = [one for one in either if (":" in one) == (self.family == 6)]
                lines.append(f"{(chosen or either)[0]} {name}")
        return lines

    def names(self, lines, name_server=hosts.addresses(2, 2)[0].split("/")[0]):
        """What /etc/hosts says, and who else is asked; by default nobody is there, which is soon known."""
        self.cover("/etc/hosts", "\n".join(["127.0.0.1 localhost", "::1 localhost", *lines, ""]))
        self.cover("/etc/resolv.conf", f"nameserver {name_server}\n")

    def cover(self, path, text):
        """Another file at this path, for us alone."""
        real = Path(os.path.realpath(path))
        if real.is_relative_to(RUN):  # that is empty now
            real.parent.mkdir(parents=True, exist_ok=True)
            real.write_text(text)
            return
        ours = self.folder / real.name
        fresh = not ours.exists()
        ours.write_text(text)
        if fresh and real.exists():
            subprocess.run(["mount", "--bind", ours, real], check=True)

    def lengthen(self, wan, seed):
        words = [self.delay_program, "router", "far", "--seed", seed, "--delay", wan.get("rtt", 0) / 2]
        for name in ("jitter", "loss", "rate"):
            words += [f"--{name}", wan.get(name, 0)]
        self.background("wan", words, ready=lambda said: b"ready" in said)

    def addresses(self):
        """All that the server has."""
        return [*hosts.SERVER.values(), *hosts.SERVER_TOO.values()]

    def listen(self, port=443, backlog=128):
        return [self.network["server"].listen(one, port, backlog) for one in self.addresses()]

    def keep(self, sockets):
        self.kept += sockets

    def background(self, host, words, inherited=(), ready=lambda _: True):
        """A program that stays. `ready` looks at what it printed; it inherits sockets."""
        words = [str(word) for word in words]
        log = self.folder / f"{Path(words[0]).name}-{len(self.children)}.log"
        fds = [one.fileno() for one in inherited]
        with open(log, "wb") as out:
            child = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, pass_fds=fds,
                preexec_fn=self.network[host].enter_now, start_new_session=True,
            )  # fmt: skip
        for one in inherited:
            one.close()
        self.children[child.pid] = child
        deadline = time.monotonic() + PATIENCE
        while not ready(log.read_bytes()):
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{words[0]} is not ready: {log.read_text()}")
            time.sleep(0.005)

    def run(self, host, words, env, cwd, fds, own_session):
        def enter():
            self.network[host].enter_now()
            signal.signal(signal.SIGINT, signal.SIG_DFL)

        child = subprocess.Popen(words, stdin=fds[0], stdout=fds[1], stderr=fds[2], env=env, cwd=cwd,
                                 preexec_fn=enter, start_new_session=own_session)  # fmt: skip
        self.children[child.pid] = child
        return child.pid


class Desk:
    """Does what is asked for on the socket, and tells of each program that ended."""

    def __init__(self, control, inside):
        self.control, self.inside = control, inside
        self.woken, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)

    def serve(self):
        waits = selectors.DefaultSelector()
        waits.register(self.control, selectors.EVENT_READ)
        waits.register(self.woken, selectors.EVENT_READ)
        while True:
            for key, _ in waits.select():
                if key.fileobj is self.control:
                    if not self.answer():
                        return
                else:
                    os.read(self.woken, 4096)
            self.bury()

    def answer(self):
        said, fds, _, _ = socket.recv_fds(self.control, MESSAGE, 3)
        if not said:
            return False  # whoever asked is gone, and so are we
        asked = json.loads(said)
        try:
            self.tell(getattr(self, "do_" + asked.pop("do"))(fds, **asked))
        except Exception as error:
            self.tell({"error": str(error), "kind": type(error).__name__})
        for fd in fds:
            os.close(fd)
        return True

    def do_run(self, fds, **asked):
        return {"pid": self.inside.run(fds=fds, **asked)}

    def do_signal(self, fds, pid, number):
        if pid in self.inside.children:
            os.kill(pid, number)
        return {}

    def do_read(self, fds, path):
        return {"text": Path(path).read_text() if Path(path).exists() else ""}

    def bury(self):
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if self.inside.children.pop(pid, None):
                    self.tell({"ended": pid, "status": os.waitstatus_to_exitcode(status)})

    def tell(self, what):
        with contextlib.suppress(BrokenPipeError):
            self.control.send(json.dumps(what).encode())


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that runs
    control = socket.socket(fileno=int(sys.argv[1]))
    asked = json.loads(control.recv(MESSAGE))
    try:
        inside = Inside(asked)
    except Exception as error:
        told = getattr(error, "stderr", None) or b""
        control.send(json.dumps({"error": f"{error}{told.decode()}"}).encode())
        return 1
    desk = Desk(control, inside)
    desk.tell({"ready": str(inside.certs)})
    desk.serve()


if __name__ == "__main__":
    sys.exit(main())
