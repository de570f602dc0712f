#!/usr/bin/env python3
"""A headless Chromium shows a page whose script comes through helloscope too. Its hellos, larger than
a packet, are recorded as tshark reads them from the wire.

usage: test_chromium.py HELLOSCOPE [unittest arguments]
"""
import support

PAGE = "<!doctype html><title>a page</title><p id=p>not yet</p><script src=script.js></script>"
SCRIPT = "document.getElementById('p').textContent = 'the script ' + 'has run';"
# For .test alone: a new profile also asks for updates.
PAC = ("data:application/x-ns-proxy-autoconfig,function FindProxyForURL(u,h)"
       '{{return dnsDomainIs(h,".test")?"PROXY 127.0.0.1:{port}":"PROXY 127.0.0.1:1"}}')  # fmt: skip
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync",
           "--disable-dev-shm-usage", "--dump-dom"]  # fmt: skip


class Chromium(support.Case):
    names = ["page.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_site()
        (cls.site / "page.html").write_text(PAGE)
        (cls.site / "script.js").write_text(SCRIPT)
        trusted = cls.folder / ".pki/nssdb"
        trusted.mkdir(parents=True)
        cls.run_program("certutil", "-d", f"sql:{trusted}", "-N", "--empty-password")
        cls.run_program("certutil", "-d", f"sql:{trusted}", "-A", "-t", "C,,", "-n", "ca", "-i", cls.ca)
        cls.origins = {"page.test:443": cls.serve_site("default_type text/html;").port}

    def test_a_page_and_its_script(self):
        watch = self.watch(self.origins)
        done = self.run_program(
            "chromium", *OPTIONS, f"--user-data-dir={self.path('profile')}",
            f"--proxy-pac-url={PAC.format(port=watch.proxy().port)}", "https://page.test/page.html",
        )  # fmt: skip
        self.assertIn("the script has run", done.stdout.decode())
        for flow in watch.flows():
            self.assertEqual((flow.sni, flow.hello["alpn"]), ("page.test", ["h2", "http/1.1"]))
            self.assertGreater(flow.hello_on_the_wire, 1460)


if __name__ == "__main__":
    support.need("chromium", "certutil", "nginx")
    support.need_to_capture()
    support.main()
