#!/usr/bin/env python3
"""find_package(helloscope) as others use it: installed, moved, and linked into client_test.cpp.

usage: test_embed.py HELLOSCOPE BUILD COMPILER FLAGS [unittest arguments]
"""
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

HELLOSCOPE, BUILD, COMPILER, FLAGS = (sys.argv.pop(1) for _ in range(4))
HERE = Path(__file__).resolve().parent
STRICT = "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"


def run(*words, **options):
    words = [str(word) for word in words]
    return subprocess.run(words, capture_output=True, text=True, timeout=240, **options)


def must(*words, **options):
    done = run(*words, **options)
    assert done.returncode == 0, f"{shlex.join(map(str, words))}\n{done.stdout}{done.stderr}"
    return done.stdout


def hello_of_curl(ca):
    """The bytes of curl's ClientHello, as a proxy without any of our code sees them."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        sizes = []

        def serve():
            client, _ = proxy.accept()
            with client, client.makefile("rb") as stream:
                while stream.readline().strip():
                    pass
                client.sendall(b"HTTP/1.1 200 go on\r\n\r\n")
                sizes.append(5 + int.from_bytes(stream.read(5)[3:], "big"))

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        run("curl", "-sS", "--noproxy", "", "--cacert", ca, "--max-time", "20",
            "--proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}", "https://registry.test/")
        serving.join(20)
        return sizes[0]


class Embed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="helloscope-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = Path(cls.folder.name)
        # Staged for one place and moved to another: nothing in it may know where it is.
        must("cmake", "--install", BUILD, "--component", "development", "--prefix", "/usr/local",
             env={**os.environ, "DESTDIR": cls.path / "stage"})
        cls.prefix = cls.path / "moved"
        (cls.path / "stage/usr/local").rename(cls.prefix)

    def configure(self, source, *words):
        build = Path(tempfile.mkdtemp(dir=self.path))
        return build, run("cmake", "-S", source, "-B", build, "-G", "Ninja",
                          f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_COMPILER={COMPILER}",
                          *words)

    def test_the_program_of_the_readme(self):
        build, done = self.configure(HERE, f"-DCMAKE_CXX_FLAGS={FLAGS} {STRICT}")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        must("cmake", "--build", build)
        certs = self.path / "certs"
        must(HELLOSCOPE, "certs", "--out", certs, "--name", "registry.test")
        server = subprocess.Popen(
            [HELLOSCOPE, "serve", "--certs", certs, "--listen", "127.0.0.1:0", "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            port = json.loads(server.stdout.readline())["port"]
            said = must(build / "client_test", port, certs / "ca.pem")
            broken = must(build / "fault_test", port, certs / "ca.pem")
        finally:
            server.terminate()
            server.communicate()
        self.assertEqual("route broken, faults reset@record:1\n", broken)
        expected = hello_of_curl(certs / "ca.pem")
        self.assertTrue(said.startswith(f"registry.test: ClientHello of {expected} bytes\n"), said)
        records = re.findall(r"^(to_\w+) at (\d+): (\d+), (\d+) bytes$", said, re.MULTILINE)
        self.assertEqual(("to_server", "0", "22", str(expected - 5)), records[0])
        for way in ("to_server", "to_client"):
            at = 0
            for _, offset, _, length in (one for one in records if one[0] == way):
                self.assertEqual(at, int(offset), said)
                at += 5 + int(length)
            self.assertGreater(at, 100)

    def test_only_the_face_is_installed(self):
        files = {file.relative_to(self.prefix).as_posix()
                 for file in self.prefix.rglob("*") if file.is_file()}
        headers = {name for name in files if name.startswith("include/")}
        self.assertIn("include/helloscope/helloscope.hpp", headers)
        rooms = {name.split("/")[2] for name in headers} - {"helloscope.hpp"}
        self.assertEqual({"base", "model", "wire"}, rooms)
        for name in headers:
            for include in re.findall(r"#\s*include\s*[<\"]([^>\"]+)", (self.prefix / name).read_text()):
                if "/" in include:
                    self.assertIn("include/" + include, headers, name)
        elsewhere = {name for name in files - headers if "cmake/helloscope/" not in name}
        self.assertEqual(["libhelloscope.a"], [Path(name).name for name in elsewhere])

    def test_only_our_namespace_can_clash(self):
        archive = next(self.prefix.rglob("libhelloscope.a"))
        symbols = must("nm", "--defined-only", "--extern-only", "--format=just-symbols", archive)
        names = [name for name in symbols.splitlines() if name.startswith("_Z")]
        self.assertGreater(len(names), 100)
        self.assertEqual([], [name for name in symbols.split()
                              if not re.match(r"_ZN?K?10helloscope|_ZT.N10helloscope|embedded.o:", name)])

    def test_no_file_knows_where_it_was_made(self):
        for file in self.prefix.rglob("*.cmake"):
            text = file.read_text()
            for place in (BUILD, str(HERE.parents[1]), "/usr/local"):
                self.assertNotIn(place, text, file)

    def test_another_minor_version_is_not_taken(self):
        project = self.path / "version"
        project.mkdir()
        (project / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(version LANGUAGES CXX)\n"
            "find_package(helloscope ${VERSION} CONFIG)\n"
            'message(STATUS "found: ${helloscope_FOUND}")\n')
        version = re.search(r"project\(helloscope VERSION (\d+)\.(\d+)",
                            (HERE.parents[1] / "CMakeLists.txt").read_text())
        major, minor = map(int, version.groups())
        for wanted, found in ((f"{major}.{minor}", "1"), (f"{major}.{minor + 1}", "0"),
                              (f"{major + 1}.{minor}", "0")):
            _, done = self.configure(project, f"-DVERSION={wanted}")
            self.assertIn(f"found: {found}\n", done.stdout, wanted + done.stderr)

    def test_the_readme_has_this_program(self):
        readme = (HERE.parents[1] / "README.md").read_text()
        for kind, *files in (("cpp", "client_test.cpp", "fault_test.cpp"), ("cmake", "CMakeLists.txt")):
            quoted = re.findall(rf"^```{kind}\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
            self.assertEqual(len(files), len(quoted), kind)
            for file, text in zip(files, quoted):
                self.assertIn(text, (HERE / file).read_text())


if __name__ == "__main__":
    unittest.main()
