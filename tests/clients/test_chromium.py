#!/usr/bin/env python3
"""A headless Chromium shows a page whose script comes through helloscope too. Its hellos, larger than
a packet, are recorded as tshark reads them from the wire.

usage: test_chromium.py HELLOSCOPE [unittest arguments]
"""
import shutil
import socket

import support

PAGE = "<!doctype html><title>a page</title><p id=p>not yet</p><script src=script.js></script>"
SCRIPT = "document.getElementById('p').textContent = 'the script ' + 'has run';"
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
           "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
           "--dump-dom"]  # fmt: skip


class Chromium(support.Case):
    names = ["page.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_site()
        (cls.site / "page.html").write_text(PAGE)
        (cls.site / "script.js").write_text(SCRIPT)
        # A new profile asks for updates all the same: nobody listens where they are sent.
        nowhere = socket.socket()
        nowhere.bind(("127.0.0.1", 0))
        cls.addClassCleanup(nowhere.close)
        cls.origins = {"page.test:443": cls.serve_site("default_type text/html;").port,
                       ":": nowhere.getsockname()[1]}  # fmt: skip

    def trusting(self):
        """An environment whose home has the CA in its store."""
        home = self.path("home")
        store = home / ".pki/nssdb"
        store.mkdir(parents=True)
        for words in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "ca", "-i", self.ca]):
            self.run_program("certutil", "-d", f"sql:{store}", *words)
        return self.env | {"HOME": str(home)}

    def test_a_page_and_its_script(self):
        env = self.trusting()

        def show(way):
            profile = self.path("profile")
            page, flows = way(
                "chromium", *OPTIONS, f"--user-data-dir={profile}", "https://page.test/page.html",
                setting=["--proxy-server={}"], env=env,
            )  # fmt: skip
            self.assertIn("the script has run", page.decode())
            for flow in flows:
                self.assertEqual((flow.sni, flow.hello["alpn"]), ("page.test", ["h2", "http/1.1"]))
                self.assertGreater(flow.hello_on_the_wire, 1460)
            shutil.rmtree(profile)

        self.each_way(self.origins, show, hosts=["page.test"])


def prepare():
    support.need("chromium", "certutil", "nginx")
    support.need_to_capture()


if __name__ == "__main__":
    prepare()
    support.main()
