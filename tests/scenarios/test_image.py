#!/usr/bin/env python3
"""The image of docker/Dockerfile, built and run without a Docker engine and without a registry: its
base comes from debootstrap, its containers live in a network namespace of their own.

usage: test_image.py HELLOSCOPE|whole [unittest arguments]

HELLOSCOPE takes the place of the stage that compiles; `whole` builds that stage too.
"""
import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "clients"))
import support

CLONE_NEWNS = 0x00020000  # <linux/sched.h>
COMPOSE = support.ROOT / "docker/compose.yaml"
LAB = support.ROOT / "docker/compose.lab.yaml"
# An engine beside the machine's own, for machines without systemd and with low limits too.
CONTAINERS_CONF = """
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{folder}/tmp"
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[network]
network_backend = "netavark"
network_config_dir = "{folder}/networks"
"""
STORAGE_CONF = """
[storage]
driver = "overlay"
graphroot = "{folder}/storage"
runroot = "{folder}/run"
"""


def own_mounts():
    """Mounts of this process' own, gone with it; /run/containers, where engines meet, is empty."""
    if ctypes.CDLL(None).unshare(CLONE_NEWNS) != 0:
        support.skip("no mount namespace of our own")
    os.makedirs("/run/containers", exist_ok=True)
    for words in (["--make-rprivate", "/"], ["-t", "tmpfs", "tmpfs", "/run/containers"]):
        subprocess.run(["mount", *words], check=True)


def base_files():
    """An archive of the files of debian:bookworm-slim, fetched once."""
    kept = support.CACHE / "bookworm-slim.tar"
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=support.CACHE) as fresh:
            files, archive = f"{fresh}/files", f"{fresh}/tar"
            words = ["debootstrap", "--variant=minbase", "bookworm", files]
            done = subprocess.run(words, capture_output=True)
            if done.returncode != 0:
                support.skip(f"debootstrap: {done.stdout.decode()[-2000:]}")
            without = ("usr/share/doc", "usr/share/locale", "usr/share/man", "var/cache/apt",
                       "var/lib/apt/lists")  # fmt: skip
            left_out = [f"--exclude=./{name}/*" for name in without]
            subprocess.run(["tar", "-C", files, *left_out, "-cf", archive, "."], check=True)
            os.rename(archive, kept)
    return kept


class Image(support.Case):
    @classmethod
    def setUpClass(cls):
        support.CACHE.mkdir(parents=True, exist_ok=True)
        cls.folder = Path(tempfile.mkdtemp(prefix="image-", dir=support.ROOT / "build"))
        cls.addClassCleanup(cls.remove_folder)
        for name, text in (("containers", CONTAINERS_CONF), ("storage", STORAGE_CONF)):
            (cls.folder / f"{name}.conf").write_text(text.format(folder=cls.folder))
        cls.env = support.environment(
            cls.folder, CONTAINERS_CONF=cls.folder / "containers.conf",
            CONTAINERS_STORAGE_CONF=cls.folder / "storage.conf", BUILDAH_ISOLATION="chroot",
        )  # fmt: skip
        name = f"hs-image-{os.getpid()}"
        cls.netns = ("nsenter", f"--net=/run/netns/{name}")
        cls.run_program("ip", "netns", "add", name)
        cls.addClassCleanup(cls.run_program, "ip", "netns", "del", name)
        cls.run_program("ip", "-n", name, "link", "set", "lo", "up")
        cls.addClassCleanup(cls.podman, "rm", "--all", "--force", "--time", "0")
        cls.podman("import", base_files(), "localhost/debian:bookworm-slim")
        cls.build("helloscope")
        cls.build("helloscope-demo", "--target", "demo")
        cls.build("helloscope-lab", "--target", "lab")

    @classmethod
    def remove_folder(cls):
        # What a build that failed has mounted goes with it.
        cls.run_program("umount", "--recursive", cls.folder / "storage/overlay", status=None)
        shutil.rmtree(cls.folder)

    @classmethod
    def build(cls, name, *more):
        if support.HELLOSCOPE != "whole":
            more += ("--build-context", f"build={cls.compiled()}")
        elif (ccache := Path.home() / ".cache/ccache").exists():
            more += ("--volume", f"{ccache}:/root/.cache/ccache")
        subprocess.run(
            ["buildah", "bud", "--pull-never", "--layers", "--format", "docker", *more,
             "-f", support.ROOT / "docker/Dockerfile", "-t", name, support.ROOT],
            check=True, env=cls.env, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    @classmethod
    def compiled(cls):
        """What stands for the stage that compiles: HELLOSCOPE and the packages it needs."""
        installed = cls.folder / "compiled/installed"
        if not installed.exists():
            (installed / "usr/local/bin").mkdir(parents=True)
            shutil.copy(support.HELLOSCOPE, installed / "usr/local/bin/helloscope")
            packages = cls.run_program(support.ROOT / "docker/runtime_packages", support.HELLOSCOPE)
            (installed / "packages").write_bytes(packages.stdout)
        return installed.parent

    @classmethod
    def podman(cls, *words, **options):
        return cls.run_program(*cls.netns, "podman", *words, **options)

    def container(self, name, *words):
        """One in the background, until the test ends."""
        self.podman("run", "--detach", "--name", name, *words)
        self.addCleanup(self.podman, "rm", "--force", "--volumes", "--time", "0", name)

    def healthy(self, name):
        return self.podman("healthcheck", "run", name, status=None).returncode == 0

    def printed(self, *words, **options):
        done = self.podman(*words, **options)
        return done.stdout.decode() + done.stderr.decode()

    def test_it_holds_the_program_and_an_unprivileged_user(self):
        (image,) = json.loads(self.podman("image", "inspect", "helloscope").stdout)
        config = image["Config"]
        self.assertEqual(config["User"], "8484:8484")
        self.assertEqual(list(config["ExposedPorts"]), ["8484/tcp"])
        self.assertEqual(list(config["Volumes"]), ["/var/lib/helloscope"])
        self.assertEqual(config["Labels"]["org.opencontainers.image.title"], "helloscope")
        look = "id -un; ls /var/lib/apt/lists; command -v g++ curl; touch /usr/local/bin/x"
        done = self.podman("run", "--rm", "--entrypoint", "sh", "helloscope", "-c", look, status=1)
        self.assertEqual(done.stdout, b"helloscope\n")
        self.assertIn(b"Permission denied", done.stderr)

    def test_its_demo_runs(self):
        told = self.printed("run", "--rm", "--network", "none", "helloscope-demo")
        self.assertIn("curl: 200, 1000000 bytes", told)
        self.assertIn("ok, TLS 1.3", told)

    def test_its_health_is_a_listening_socket_and_no_flow(self):
        self.container("idle", "--entrypoint", "sleep", "helloscope", "infinity")
        self.assertFalse(self.healthy("idle"))
        self.container("standing", "helloscope")
        support.wait_for("a healthy container", lambda: self.healthy("standing"))
        self.podman("stop", "standing")
        state = self.podman("inspect", "--format", "{{.State.ExitCode}}", "standing").stdout
        self.assertEqual(state.strip(), b"0", self.printed("logs", "standing"))
        self.assertIn("no connection came", self.printed("logs", "standing"))

    def test_it_serves_private_networks_only(self):
        rows = [("our-private", "10.84.84.0/24", "502"), ("our-foreign", "192.0.2.0/24", "403")]
        for network, subnet, _ in rows:
            self.podman("network", "create", "--internal", "--subnet", subnet, network)
            self.addCleanup(self.podman, "network", "rm", network)
        self.container("proxy", "--network", "our-private,our-foreign", "helloscope")
        support.wait_for("a healthy container", lambda: self.healthy("proxy"))
        for network, _, status in rows:
            with self.subTest(network):
                answer = self.printed(
                    "run", "--rm", "--network", network, "--entrypoint", "curl", "helloscope-demo",
                    "-sS", "-x", "http://proxy:8484", "https://127.0.0.1:1/", status=56,
                )  # fmt: skip
                self.assertIn(f"response {status}", answer)

    def test_a_port_published_on_loopback_is_served(self):
        self.container("published", "--publish", "127.0.0.1:8484:8484", "helloscope")
        support.wait_for("a healthy container", lambda: self.healthy("published"))
        answer = self.run_program(
            *self.netns, "curl", "-sS", "-x", "http://127.0.0.1:8484", "https://127.0.0.1:1/", status=56
        )
        self.assertIn(b"response 502", answer.stderr)

    def test_compose_ends_with_the_status_of_its_client(self):
        compose = (*self.netns, "podman-compose", "-p", "demo", "-f", COMPOSE)
        self.addCleanup(self.run_program, *compose, "down", "--volumes")
        # To files: it ends before those whose output it passes on.
        up = support.Process(
            self.folder, [*compose, "up", "--no-build", "--exit-code-from", "client"], self.env
        )
        self.addCleanup(up.stop)
        self.assertEqual(up.process.wait(support.PATIENCE), 0, up.err.read_text())
        self.assertIn("200, 1000000 bytes", up.out.read_text())
        self.podman("stop", "demo_helloscope_1")
        report = self.printed(
            "run", "--rm", "--volume", "demo_recordings:/var/lib/helloscope", "--entrypoint", "sh",
            "helloscope", "-c", "helloscope report /var/lib/helloscope/*.pcapng",
        )  # fmt: skip
        self.assertIn("origin:8443", report)
        self.assertIn("ok, TLS 1.3", report)

    def test_the_lab_breaks_its_path_and_a_clamp_gets_past_it(self):
        for options, status, told in (
            ("", 28, "mtu-black-hole-to-client"),
            ("--mss 1360", 0, "ok, TLS 1.3"),
        ):
            with self.subTest(options):
                compose = (*self.netns, "podman-compose", "-p", "lab", "-f", LAB)
                env = self.env | {"HELLOSCOPE_OPTIONS": options}
                up = support.Process(
                    self.folder, [*compose, "up", "--no-build", "--exit-code-from", "client"], env
                )
                try:
                    self.assertEqual(up.process.wait(3 * support.PATIENCE), status, up.err.read_text())
                    self.podman("stop", "lab_helloscope_1")
                    self.assertIn(told, self.printed("logs", "lab_helloscope_1"))
                finally:
                    up.stop()
                    self.run_program(*compose, "down", "--volumes", env=env)


if __name__ == "__main__":
    support.need("buildah", "podman", "runc", "podman-compose", "debootstrap", "curl",
                 "ip", "nsenter")  # fmt: skip
    if os.geteuid() != 0:
        support.skip("a base image and containers without a registry need root")
    own_mounts()
    support.main()
