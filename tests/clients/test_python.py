#!/usr/bin/env python3
"""Python's urllib and pip: each gets the right bytes through helloscope, and its hellos are recorded
as tshark reads them from the wire.

usage: test_python.py HELLOSCOPE [unittest arguments]
"""
import shutil
import zipfile

import support

PYTHON, PIP = "/usr/bin/python3", "/usr/bin/pip3"  # others in the PATH may bring another OpenSSL
URLLIB = """
import sys, urllib.request
sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1]).read())
"""


class Python(support.Case):
    names = ["pypi.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_site()
        (cls.site / "simple/tiny").mkdir(parents=True)
        cls.make_wheel()
        cls.origins = {"pypi.test:443": cls.serve_site("default_type text/html;").port}

    @classmethod
    def make_wheel(cls):
        wheel = "tiny-1.0-py3-none-any.whl"
        about = {"METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
                 "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
                 "RECORD": ""}  # fmt: skip
        with zipfile.ZipFile(cls.site / wheel, "w") as archive:
            archive.writestr("tiny.py", cls.body.hex())
            for name, text in about.items():
                archive.writestr(f"tiny-1.0.dist-info/{name}", text)
        (cls.site / "simple/tiny/index.html").write_text(f'<a href="/{wheel}">{wheel}</a>')

    def check(self, flows):
        for flow in flows:
            self.assertEqual((flow.sni, flow.hello["alpn"]), ("pypi.test", ["http/1.1"]))

    def test_urllib(self):
        def fetch(way):
            got, flows = way(
                PYTHON, "-c", URLLIB, "https://pypi.test/body", setting={"HTTPS_PROXY": "{}"},
                env=self.env | {"SSL_CERT_FILE": str(self.ca)},
            )  # fmt: skip
            self.assertEqual((got, len(flows)), (self.body, 1))
            self.check(flows)

        self.each_way(self.origins, fetch)

    def test_pip(self):
        to = self.path("to")
        command = [PIP, "--isolated", "--disable-pip-version-check", "--no-cache-dir", "install",
                   "--no-deps", "--target", to, "--cert", self.ca,
                   "--index-url", "https://pypi.test/simple", "tiny"]  # fmt: skip

        def install(way):
            _, flows = way(*command, setting=["--proxy", "{}"])
            self.assertEqual((to / "tiny.py").read_text(), self.body.hex())
            self.check(flows)
            shutil.rmtree(to)

        self.each_way(self.origins, install)


def prepare():
    support.need(PYTHON, PIP, "nginx")
    support.need_to_capture()


if __name__ == "__main__":
    prepare()
    support.main()
