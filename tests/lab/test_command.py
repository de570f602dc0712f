#!/usr/bin/env python3
"""The command `lab`: what it passes on, what it leaves behind (nothing, even when it is killed), who may
start it, and what it says where nobody may.

usage: test_command.py HELLOSCOPE [unittest arguments]
"""
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "clients"))
import labs
import support

LAB = Path(__file__).parent / "lab"
NOBODY = 65534
# Debian's own, since another may be where nobody else can read.
PYTHON = "/usr/bin/python3"


def words(*more, python=sys.executable):
    return [python, "-B", str(LAB), *map(str, more)]


def run(*more, before=(), python=sys.executable, **options):
    env = os.environ | {"HELLOSCOPE": str(Path(support.HELLOSCOPE).resolve())}
    return subprocess.run([*before, *words(*more, python=python)], capture_output=True, text=True, env=env,
                          stdin=subprocess.DEVNULL, timeout=120, **options)  # fmt: skip


@contextlib.contextmanager
def started(*more):
    """`lab` in the background, until the block ends, however it does: nobody waits for one that runs on."""
    env = os.environ | {"HELLOSCOPE": support.HELLOSCOPE}
    lab = subprocess.Popen(words(*more), env=env, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield lab
    finally:
        lab.kill()  # at the latest now
        lab.wait(support.PATIENCE)


def descendants(pid):
    """All processes below this one, whatever namespace they are in; those that end meanwhile may lack."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for child in map(int, task.read_text().split()):
                found += [child, *descendants(child)]
    return found


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def namespaces(pids):
    """Those of these processes that are not ours."""
    kinds = ("net", "mnt", "pid", "user")
    of = lambda pid: {reads(f"/proc/{pid}/ns/{kind}") for kind in kinds}  # noqa: E731
    return set().union(*map(of, pids)) - of("self") - {None}


def left_of(namespaces):
    """What still holds on to one of them: a process, or a mount of the machine's."""
    found = [link for link in Path("/proc").glob("[0-9]*/ns/*") if reads(link) in namespaces]
    mounts = Path("/proc/self/mountinfo").read_text()
    return found + [one for one in namespaces if one in mounts]


def reads(link):
    try:
        return os.readlink(link)
    except OSError:
        return None  # it has ended


class Command(unittest.TestCase):
    def test_it_passes_on_what_the_command_prints_and_how_it_ends(self):
        done = run("run", "healthy", "--direct", "--", "sh", "-c", "cat; curl -sS https://registry.test/; exit 7")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (7, "hello\n", ""))
        for command, status in ((["no-such-command"], 127), (["sh", "-c", "kill -9 $$"], 137)):
            self.assertEqual(run("run", "healthy", "--direct", "--", *command).returncode, status)

    def test_the_report_comes_at_the_end_and_the_recording_is_kept_when_asked_for(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run("run", "silent", "--keep", folder, "--ipv6", "--helloscope", "--idle-timeout 30", "--",
                       "curl", "-sS", "-m", "4", "https://registry.test/")  # fmt: skip
            self.assertEqual(done.returncode, 28, done.stderr)
            self.assertIn("server-silent", done.stderr)
            recorded, captured = sorted(Path(folder).glob("*.pcapng"))
            told = subprocess.run([support.HELLOSCOPE, "report", "--json", recorded], capture_output=True)
            events = [json.loads(line) for line in told.stdout.splitlines()]
            (connected,) = (one for one in events if one["event"] == "connected")
            self.assertEqual(connected["address"], "[fd77:4::2]:443")
            seen = subprocess.run(["tshark", "-r", captured, "-Y", "tls.handshake.type == 1 && !tcp.analysis."
                                   "retransmission"], capture_output=True, text=True)  # fmt: skip
            self.assertEqual(len(seen.stdout.splitlines()), 1, seen)

    def test_what_it_cannot_do_is_said(self):
        for more, status, said in (
            (["run", "no-such-scenario", "--", "true"], 2, "invalid choice: 'no-such-scenario'"),
            (["run", "fragments", "--ipv6", "--", "true"], 125, "fragments is about IPv4 alone"),
            (["run", "healthy", "--program", "/nowhere", "--", "true"], 125, "no helloscope at /nowhere"),
            (["run", "healthy", "--helloscope", "--no-such-option", "--", "true"], 125, "--no-such-option"),
        ):
            done = run(*more)
            self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
            self.assertIn(said, done.stderr)

    def test_a_killed_lab_leaves_nothing_behind(self):
        for victim in (0, 1, 2):  # the command, the namespaces' parent, their first process
            with self.subTest(victim):
                mark = f"{300 + victim}.{os.getpid()}"  # longer than anybody waits here
                with started("run", "never-accepts", "--", "sleep", mark) as lab:
                    runs = support.wait_for("the command in the lab", lambda: self.runs(lab.pid, mark))
                    self.assertGreaterEqual(len(runs), 4)  # with helloscope
                    held = namespaces(runs)
                    self.assertGreaterEqual(len(held), 5)  # three hosts among them
                    os.kill([lab.pid, *runs][victim], signal.SIGKILL)
                    support.wait_for("the end of all", lambda: not any(map(is_alive, runs)))
                support.wait_for("nothing to be left", lambda: not left_of(held))
                self.assertFalse(labs.INSIDE.exists())

    def runs(self, pid, mark):
        """Once the command runs: all that the lab runs, in the order in which they were started."""
        below = descendants(pid)
        commands = [Path(f"/proc/{one}/cmdline") for one in below]
        try:
            return any(one.read_bytes() == b"sleep\0%s\0" % mark.encode() for one in commands) and below
        except (FileNotFoundError, ProcessLookupError):
            return None

    def test_an_unprivileged_user_starts_one(self):
        drop = self.as_nobody()
        self.assertIn("a user namespace of its own", run("check", before=drop, python=PYTHON).stdout)
        done = run("run", "mtu1400-icmp", "--rtt", "20", "--", "curl", "-sS", "https://registry.test/",
                   before=drop, python=PYTHON)  # fmt: skip
        self.assertEqual((done.returncode, done.stdout), (0, "hello\n"), done.stderr)
        self.assertIn("ok, TLS 1.3", done.stderr)

    def as_nobody(self):
        if os.geteuid() != 0:
            return []  # as we are
        drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        for needed in (LAB, Path(support.HELLOSCOPE).resolve()):
            if subprocess.run([*drop, "test", "-r", needed]).returncode != 0:
                self.skipTest(f"nobody but its owner can read {needed}")
        return drop

    def test_where_it_is_forbidden_it_says_so_and_what_would_allow_it(self):
        """In a user namespace that allows no further ones, without rights in it."""
        forbid = ["unshare", "--user", "--map-root-user", "sh", "-c",
                  'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all "$@"', "-"]  # fmt: skip
        done = run("check", before=forbid)
        self.assertEqual(done.returncode, 125, done.stdout)
        self.assertIn("this machine cannot have one", done.stderr)
        self.assertIn("sysctl user.max_user_namespaces", done.stderr)

    def test_the_list_has_each_scenario(self):
        lines = run("list").stdout.splitlines()
        rows = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
        self.assertEqual([line.split()[0] for line in lines], [row["name"] for row in rows])
        self.assertIn("mtu1400", [row["name"] for row in rows])


if __name__ == "__main__":
    support.need("curl", "tshark", "dumpcap")
    try:
        labs.namespaces()
    except labs.Impossible as reason:
        support.skip(reason)
    support.main()
