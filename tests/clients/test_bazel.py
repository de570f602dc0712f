#!/usr/bin/env python3
"""A real Bazel builds what http_archive has fetched through helloscope, once started by a Bazelisk
that fetches Bazel itself the same way. All hellos are recorded as tshark reads them from the wire.

usage: test_bazel.py HELLOSCOPE [unittest arguments]
"""
import hashlib
import os
import platform
import shutil
import zipfile

import support

BAZEL, BAZELISK = "2.1.0", "1.28.1"

WORKSPACE = """
load("@bazel_tools//tools/build_defs/repo:http.bzl", "http_archive")

http_archive(
    name = "tiny",
    build_file_content = "exports_files(['body'])",
    sha256 = "{sha256}",
    urls = ["https://archive.test/files/tiny.zip"],
)
"""
# Without --batch a server stays behind, which keeps the proxy of its first build. The installation is
# shared, what has been fetched is not.
RC = """
startup --batch --output_user_root={shared} --output_base={own}
build --repository_cache=
"""


class Bazel(support.Case):
    names = ["archive.test", "releases.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_site()
        with zipfile.ZipFile(cls.site / "tiny.zip", "w") as archive:
            archive.write(cls.site / "body", "body")
        release = cls.site / f"{BAZEL}/bazel-{BAZEL}-linux-x86_64"
        release.parent.mkdir()
        shutil.copyfile(cls.bazel, release)
        port = cls.serve("--dir", cls.site)
        cls.origins = {"archive.test:443": port, "releases.test:443": port}

    def workspace(self):
        """As it is before the first build."""
        folder = self.path("workspace-" + os.urandom(4).hex())
        folder.mkdir()
        sha256 = hashlib.sha256((self.site / "tiny.zip").read_bytes()).hexdigest()
        (folder / "WORKSPACE").write_text(WORKSPACE.format(sha256=sha256))
        rc = [RC.format(shared=self.folder / "bazel", own=folder / "output")]
        rc += [f"startup --host_jvm_args={word}" for word in self.java_trusts()]
        (folder / ".bazelrc").write_text("\n".join(rc))
        return folder

    def check(self, folder, flows, wanted):
        self.assertEqual((folder / "output/external/tiny/body").read_bytes(), self.body)
        seen = [(flow.sni, flow.hello_on_the_wire) for flow in flows]
        self.assertEqual(seen, wanted)

    def test_bazel_alone(self):
        folder = self.workspace()
        watch = self.watch(self.origins)
        env = self.env | {"HTTPS_PROXY": watch.proxy().url}
        self.run_program(self.bazel, "build", "@tiny//:body", cwd=folder, env=env)
        self.check(folder, watch.flows(), [("archive.test", 446)])

    def test_bazelisk_fetches_bazel_which_fetches_an_archive(self):
        folder = self.workspace()
        watch = self.watch(self.origins)
        env = {"BAZELISK_HOME": folder / "home", "USE_BAZEL_VERSION": BAZEL, "SSL_CERT_FILE": self.ca,
               "BAZELISK_BASE_URL": "https://releases.test/files"}  # fmt: skip
        env = self.env | {name: str(value) for name, value in env.items()}
        watch.run(self.bazelisk, "build", "@tiny//:body", cwd=folder, env=env)
        self.check(folder, watch.flows(), [("releases.test", 1493), ("archive.test", 446)])


def prepare():
    if platform.machine() != "x86_64":
        support.skip(f"no Bazel for {platform.machine()}")
    support.need("keytool")
    support.need_to_capture()
    bazel = support.npm_package("@bazel/bazel-linux_x64", BAZEL)
    Bazel.bazel = bazel / f"bazel-{BAZEL}-linux-x86_64"
    Bazel.bazelisk = support.npm_package("@bazel/bazelisk", BAZELISK) / "bazelisk-linux_amd64"


if __name__ == "__main__":
    prepare()
    support.main()
