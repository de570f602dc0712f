#!/usr/bin/env python3
"""The recordings that `make demo` shows where no lab can be started: they have the verdicts that they are
there for, and are shown. .ci/watch_lab HELLOSCOPE tests/lab/recordings makes them anew.

usage: test_recordings.py HELLOSCOPE [unittest arguments]
"""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "clients"))
import support

FOLDER = Path(__file__).parent / "recordings"
# Of each, the line that says how it went.
TOLD = {
    "healthy": "ok, TLS 1.3",
    "broken": "✗ mtu-black-hole-to-client (likely)",
    "healed": "✓ healed: mtu-black-hole-to-client (confirmed)",
}
# A user namespace that allows no further ones, without rights in it.
FORBIDDEN = ["unshare", "--user", "--map-root-user", "sh", "-c",
             'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all "$@"', "-"]  # fmt: skip


def output(*words):
    done = subprocess.run([str(one) for one in words], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


class Recordings(unittest.TestCase):
    def test_each_has_its_verdict(self):
        self.assertEqual({one.stem for one in FOLDER.glob("*.pcapng")}, set(TOLD))
        for name, told in TOLD.items():
            with self.subTest(name):
                status, said, errors = output(support.HELLOSCOPE, "report", FOLDER / f"{name}.pcapng")
                self.assertEqual((status, errors), (0, ""))
                self.assertIn(told, said.splitlines())

    def test_they_are_shown_where_no_lab_can_be_started(self):
        forbid = FORBIDDEN if subprocess.run([*FORBIDDEN, "true"], capture_output=True).returncode == 0 else []
        with tempfile.TemporaryDirectory() as folder:
            status, said, errors = output(*forbid, support.ROOT / ".ci/watch_lab", support.HELLOSCOPE, folder)
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("this machine cannot have one", said)
        at = [said.index(told) for told in TOLD.values()]
        self.assertEqual(at, sorted(at))


if __name__ == "__main__":
    support.main()
