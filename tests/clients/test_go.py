#!/usr/bin/env python3
"""A program of Go's net/http, built by the Go of the system: it gets the right bytes through
helloscope, and its hello is recorded as tshark reads it from the wire.

usage: test_go.py HELLOSCOPE [unittest arguments]
"""
import support

FETCH = """
package main

import (
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	answer, err := http.Get(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.Copy(os.Stdout, answer.Body); err != nil {
		log.Fatal(err)
	}
}
"""


class Go(support.Case):
    names = ["registry.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_site()
        cls.origins = {"registry.test:443": cls.serve_site().port}
        cls.program = cls.folder / "fetch"
        source = cls.folder / "fetch.go"
        source.write_text(FETCH)
        cls.run_program("go", "build", "-o", cls.program, source,
                        env=cls.env | {"GOPROXY": "off"})  # fmt: skip

    def test_net_http(self):
        def fetch(way):
            got, (flow,) = way(
                self.program, "https://registry.test/body", setting={"HTTPS_PROXY": "{}"},
                env=self.env | {"SSL_CERT_FILE": str(self.ca)},
            )  # fmt: skip
            self.assertEqual(got, self.body)
            self.assertEqual((flow.sni, flow.hello["alpn"]), ("registry.test", ["h2", "http/1.1"]))

        self.each_way(self.origins, fetch)


def prepare():
    support.need("go", "nginx")
    support.need_to_capture()


if __name__ == "__main__":
    prepare()
    support.main()
