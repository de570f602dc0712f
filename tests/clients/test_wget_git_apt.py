#!/usr/bin/env python3
"""wget, git and apt, which speak TLS by GnuTLS, around the command and with their own settings for a
proxy: each gets the right bytes, and its hellos are recorded as tshark reads them from the wire.

usage: test_wget_git_apt.py HELLOSCOPE [unittest arguments]
"""
import hashlib
import shutil

import support

CONTROL = """Package: tiny
Version: 1.0
Architecture: all
Maintainer: Nobody <nobody@tiny.test>
Description: a package to be downloaded
"""


class WgetGitApt(support.Case):
    names = ["files.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_site()
        cls.make_git_repository()
        cls.make_apt_repository()
        nginx = cls.serve_site()
        cls.origins = {"files.test:443": nginx.port, "files.test:80": nginx.plain_port}

    @classmethod
    def make_git_repository(cls):
        """Served as files, by git's dumb protocol."""
        work, bare = cls.folder / "work", cls.site / "repo.git"
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@files.test", "-C", work]
        cls.run_program("git", "init", "-q", work)
        (work / "body").write_bytes(cls.body)
        cls.run_program(*git, "add", "body")
        cls.run_program(*git, "commit", "-q", "-m", "a body")
        cls.run_program("git", "clone", "-q", "--bare", work, bare)
        cls.run_program("git", "-C", bare, "update-server-info")

    @classmethod
    def make_apt_repository(cls):
        package, repository = cls.folder / "tiny", cls.site / "apt"
        repository.mkdir()
        (package / "DEBIAN").mkdir(parents=True)
        (package / "DEBIAN/control").write_text(CONTROL)
        (package / "body").write_bytes(cls.body)
        cls.run_program("dpkg-deb", "-b", "--root-owner-group", package, repository / "tiny_1.0_all.deb")
        deb = (repository / "tiny_1.0_all.deb").read_bytes()
        index = {"Filename": "./tiny_1.0_all.deb", "Size": len(deb),
                 "SHA256": hashlib.sha256(deb).hexdigest()}  # fmt: skip
        listed = CONTROL + "".join(f"{name}: {value}\n" for name, value in index.items())
        (repository / "Packages").write_text(listed)

    def check(self, flows, scheme="https"):
        for flow in flows:
            front = {"https": "connect", "http": "http"}[scheme]
            self.assertEqual((flow.front, flow.host), (front, "files.test"))
            if scheme == "https":
                self.assertEqual(flow.sni, "files.test")

    def test_wget(self):
        for scheme in ("https", "http"):
            command = ["wget", "-q", "-O", "-", f"--ca-certificate={self.ca}", f"{scheme}://files.test/body"]

            def fetch(way):
                got, flows = way(*command, setting=["-e", f"{scheme}_proxy={{}}"])
                self.assertEqual((got, len(flows)), (self.body, 1))
                self.check(flows, scheme)

            with self.subTest(scheme):
                self.each_way(self.origins, fetch)

    def test_git(self):
        to = self.path("clone")
        command = ["git", "clone", "-q", "-c", f"http.sslCAInfo={self.ca}",
                   "https://files.test/repo.git", to]  # fmt: skip

        def clone(way):
            _, flows = way(*command, setting=["-c", "http.proxy={}"])
            self.assertEqual((to / "body").read_bytes(), self.body)
            self.assertEqual(flows[0].hello["alpn"][0], "h2")
            self.check(flows)
            shutil.rmtree(to)

        self.each_way(self.origins, clone)

    def apt_options(self, scheme):
        """Those of a root of its own, with one source."""
        root = self.path(f"root-{scheme}")
        for folder in ("etc/apt/apt.conf.d", "etc/apt/preferences.d", "var/lib/dpkg", "var/cache/apt"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "var/lib/dpkg/status").touch()
        (root / "etc/apt/sources.list").write_text(f"deb [trusted=yes] {scheme}://files.test/apt ./\n")
        options = {"Dir": root, "Dir::State::status": root / "var/lib/dpkg/status",
                   "APT::Sandbox::User": "root", "Acquire::https::CaInfo": self.ca}  # fmt: skip
        return sum((["-o", f"{name}={value}"] for name, value in options.items()), [])

    def test_apt(self):
        for scheme in ("https", "http"):
            options = ["-qq", *self.apt_options(scheme)]
            setting = ["-o", f"Acquire::{scheme}::Proxy={{}}"]

            def download(way):
                for words in (["update"], ["download", "tiny"]):
                    _, flows = way("apt-get", *options, *words, setting=setting, cwd=self.path("."))
                    self.check(flows, scheme)
                got = self.path("tiny_1.0_all.deb")
                self.assertEqual(got.read_bytes(), (self.site / "apt/tiny_1.0_all.deb").read_bytes())
                got.unlink()

            with self.subTest(scheme):
                self.each_way(self.origins, download)


def prepare():
    support.need("wget", "git", "apt-get", "dpkg-deb", "nginx")
    support.need_to_capture()


if __name__ == "__main__":
    prepare()
    support.main()
