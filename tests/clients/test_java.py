#!/usr/bin/env python3
"""Java's two clients of HTTP: each gets the right bytes through helloscope, and its hellos are
recorded as tshark reads them from the wire.

usage: test_java.py HELLOSCOPE [unittest arguments]
"""
import support

HTTP_CLIENT = """
import java.net.URI;
import java.net.http.*;

class Fetch {
    public static void main(String[] words) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(words[0])).build();
        System.out.write(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
        System.out.flush();
    }
}
"""
URL_CONNECTION = """
import java.net.URL;

class Fetch {
    public static void main(String[] words) throws Exception {
        new URL(words[0]).openConnection().getInputStream().transferTo(System.out);
        System.out.flush();
    }
}
"""


class Java(support.Case):
    names = ["registry.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_site()
        cls.origins = {"registry.test:443": cls.serve_site().port}

    def fetches(self, source, alpn):
        """Java reads no proxy variables: it wants properties."""
        file = self.path("Fetch.java")
        file.write_text(source)
        watch = self.watch(self.origins)
        words = ["-Dhttps.proxyHost=127.0.0.1", f"-Dhttps.proxyPort={watch.proxy().port}"]
        done = self.run_program("java", *words, *self.java_trusts(), file, "https://registry.test/body")
        self.assertEqual(done.stdout, self.body)
        (flow,) = watch.flows()
        self.assertEqual((flow.sni, flow.hello.get("alpn")), ("registry.test", alpn))

    def test_http_client(self):
        self.fetches(HTTP_CLIENT, ["h2", "http/1.1"])

    def test_https_url_connection(self):
        self.fetches(URL_CONNECTION, None)


def prepare():
    support.need("java", "keytool", "nginx")
    support.need_to_capture()


if __name__ == "__main__":
    prepare()
    support.main()
