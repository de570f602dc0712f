#!/usr/bin/env python3
"""What `helloscope run` says of wrong options: of every option, what is wrong and what was expected,
and never a secret of it.

usage: test_bad_options.py HELLOSCOPE [unittest arguments]
"""
import concurrent.futures
import re
import ssl
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))
import support  # noqa: E402
from support import ask, basic  # noqa: E402

SECRET = "s3cret"

ENDPOINT = "is not an address and a port, such as 127.0.0.1:8443 or [::1]:0"
SECONDS = "is not a number of seconds, such as 10 or 0.5"
SIZE = "is not a size, such as 1000000 or 64MiB"
URL = "expected [http|https|socks5|socks5h://][USER:PASSWORD@]HOST[:PORT], or direct"
NETWORK = "is not a network, such as 10.0.0.0/8 or fd00::/8"
REVERSE = "is not [ADDRESS:PORT=]HOST:PORT, such as 127.0.0.1:8443=registry.test:443"
TRANSPARENT = "is not [redirect|tproxy][@ADDRESS:PORT], such as redirect@127.0.0.1:8485"
RESOLVE = "expected HOST:PORT:ADDRESS[,ADDRESS]…"
WORDS = "expected mss:, mtu:, split:, records:, dribble: or pause:"
POSITION = ("a byte offset (5), one from the end (-1), sni, sni+2, sni-2, midsni, every:100 or, of split, "
            "records")
CONNECT_TO = "expected HOST1:PORT1:HOST2:PORT2"


def seconds(name, *more):
    return {value: f"{name}: '{value}' {SECONDS}" for value in ("x", "-1", *more)}


def sizes(name, *more):
    return {value: f"{name}: '{value}' {SIZE}" for value in ("5x", "0", *more)}


def numbers(name, highest, *more):
    return {value: f"{name}: '{value}' is not a whole number from 1 to {highest}"
            for value in ("0", str(highest + 1), *more)}  # fmt: skip


def choice(name, *names):
    return {value: f"{name}: '{value}' is not one of {', '.join(names)}" for value in ("foo", names[0].upper())}


def endpoints(name, *more):
    return {value: f"{name}: '{value}' {ENDPOINT}" for value in ("foo", "127.0.0.1:99999", *more)}


def table(name, values, words):
    return {value: f"{name}: '{value}' {words}" for value in values}


# What each option says of a value; {0} is a file that does not exist, {1} one that holds garbage.
VALUES = {
    "--listen": endpoints("--listen", "127.0.0.1", "127.0.0.1:", ":8484", "127.0.0.1:-1", "1.2.3:80",
                          "localhost:80", "::1:80", "[::1]", "[::1:80", "127.0.0.1:80x", "8484"),
    "--listen-tls": endpoints("--listen-tls"),
    "--reverse": table("--reverse", (
        "foo", "registry.test", "registry.test:", ":443", "registry.test:0x1", "registry.test:99999",
        "=registry.test:443", "127.0.0.1=registry.test:443", "127.0.0.1:8443=", "localhost:1=a.test:1",
    ), REVERSE),
    "--transparent": table("--transparent", (
        "foo", "redirect@", "redirect@foo", "@", "@foo", "tproxy@127.0.0.1", "redirect:127.0.0.1:1",
        "REDIRECT", "redirect@127.0.0.1:99999",
    ), TRANSPARENT),
    "--allow-from": {
        value: f"--allow-from: '{named}' {NETWORK}"
        for value, named in {
            "foo": "foo", "10.0.0.0/33": "10.0.0.0/33", "10.0.0.1/8": "10.0.0.1/8", "fd00::/129": "fd00::/129",
            "10.0.0.0/8,foo": "foo", "10.0.0.0/8,": "", "10/8": "10/8", "10.0.0.0/": "10.0.0.0/",
            "10.0.0.0/-1": "10.0.0.0/-1", "registry.test": "registry.test",
        }.items()
    },
    "--via": {
        value: f"--via: {wrong}: {URL}"
        for value, wrong in {
            f"ftp://user:{SECRET}@proxy.corp": "unsupported scheme at byte 0",
            f"socks4://user:{SECRET}@proxy.corp": "unsupported scheme at byte 0",
            f"http://user:{SECRET}@proxy.corp:99999": "malformed port at byte 30",
            f"http://user:{SECRET}@proxy.corp/path": "malformed path at byte 29",
            f"http://user:{SECRET}@proxy.corp?q": "malformed query at byte 29",
            f"http://user:{SECRET}@": "malformed host at byte 19",
            f"user:{SECRET}/@proxy.corp": "malformed userinfo at byte 11",
            f"http://us%zzer:{SECRET}@proxy.corp": "malformed userinfo at byte 7",
            f"http://user:{SECRET} @proxy.corp": "malformed userinfo at byte 7",
            f"http://user:{SECRET}@[::1:80": "malformed host at byte 19",
        }.items()
    },
    "--resolve": {
        "foo": f"--resolve 'foo': too few parts: {RESOLVE}",
        "a:1:b": f"--resolve 'a:1:b': not an address: {RESOLVE}",
        "a:x:127.0.0.1": f"--resolve 'a:x:127.0.0.1': not a port: {RESOLVE}",
        "a:1:127.0.0.1,": f"--resolve 'a:1:127.0.0.1,': not an address: {RESOLVE}",
    },
    "--connect-to": {
        "a:b": f"--connect-to 'a:b': too few parts: {CONNECT_TO}",
        "a:x:b:1": f"--connect-to 'a:x:b:1': not a port: {CONNECT_TO}",
        "a:1:b:99999": f"--connect-to 'a:1:b:99999': not a port: {CONNECT_TO}",
    },
    "--source": table("--source", ("foo", "10.0.0.0/8", "127.0.0.1:80", "registry.test"),
                      "is not an address, such as 192.0.2.1 or 2001:db8::1"),  # fmt: skip
    "--haproxy-protocol": choice("--haproxy-protocol", "v1", "v2"),
    "--client-mss": table("--client-mss", ("87", "32768", "-1", "x", "hello:100"),
                          "is not a whole number from 88 to 32767"),
    "--mss": {value: f'--mss: "mss:{value}": {words}' for value, words in {
        "87": "the kernel takes an MSS from 88 to 32767",
        "32768": "the kernel takes an MSS from 88 to 32767",
        "x": "expected bytes, or hello and bytes: mss:1360, mss:hello:1200",
        "hello:0": "expected the bytes of a segment, 1 to 32767: mss:hello:1200",
    }.items()},
    "--mtu": {value: f'--mtu: "mtu:{value}": {words}' for value, words in {
        "147": "expected 148 to 32807: the kernel takes an MSS from 88 to 32767, which is 40 less than "
               "the packet over IPv4 and 60 less over IPv6",
        "hello:1": "expected the bytes of a packet: mtu:1400",
    }.items()},
    "--shape": {value: f'--shape: "{word}": {words}' for value, word, words in (
        ("foo", "foo", WORDS), ("split:1|", "", WORDS),
        ("split:1|split:0", "split:0", '"0" is no position: offsets go from 1 to 65535'),
        ("split:snu", "split:snu", f'"snu" is no position: expected {POSITION}'),
        ("split:1|records:1", "records:1",
         "records: goes before split: and dribble:, which cut what it makes"),
        ("mss:1360|mtu:1400", "mtu:1400", "mss:1360 limits the segments already"),
    )} | {"pause:1s": "--shape: pause: waits between pieces, and nothing cuts any: add split: or dribble:"},
    "--admin": endpoints("--admin"),
    "--fail-on": {"x": "--fail-on: x is no verdict: helloscope explain lists them"},
    "--fault": {
        "explode": '--fault: fault "explode", character 1: there is no fault "explode"; there are latency, jitter, throttle, slice, stall, blackhole, '
                   'drop-tail, reset, close, half-close, truncate, corrupt, alert, not-tls, slow-close, timeout, limit-data, refuse, dns-fail, connect-stall',
    },
    "--route": {
        "a.test": "--route: 'a.test': expected KEY=VALUE, such as host=*.example.org",
        "heal=maybe": "--route: heal=maybe: expected on or off",
        "client-mss=1360": "--route: client-mss: belongs to a listener, which is there before any "
                           "destination is known: --client-mss",
    },
    "--route-for": {value: f"--route-for: {value}: expected HOST:PORT, such as a.test:443"
                    for value in ("a.test", "a.test:0", ":443")},
    "--heal-ladder": {
        value: f"--heal-ladder: '{value}' is no ladder such as mtu:1400,mtu:1280,mtu:576,split:even,records:even: "
               f'"{value}": {WORDS}'
        for value in ("x", "none")
    },
    "--heal-attempts": numbers("--heal-attempts", 17),
    "--heal-time": seconds("--heal-time"),
    "--heal-remember": seconds("--heal-remember"),
    "--threads": numbers("--threads", 256, "a", "-1", "1.5", "99999999999999999999"),
    "--max-flows": numbers("--max-flows", 1_000_000),
    "--record-payload": choice("--record-payload", "handshake", "all"),
    "--record-detail": choice("--record-detail", "runs", "all"),
    "--record-file-size": sizes("--record-file-size", "-1", "1.5MiB", "64mib", "99999999999GiB"),
    "--record-total-size": sizes("--record-total-size"),
    "--log-format": choice("--log-format", "text", "json"),
    "--front-timeout": seconds("--front-timeout", "nan", "inf", "1e99", "10s", "0x10", "1,5", "99999999999"),
    "--resolve-timeout": seconds("--resolve-timeout"),
    "--connect-timeout": seconds("--connect-timeout"),
    "--parent-timeout": seconds("--parent-timeout"),
    "--hold-timeout": seconds("--hold-timeout"),
    "--idle-timeout": seconds("--idle-timeout"),
    "--record-file-age": seconds("--record-file-age"),
}

# Which words make an option read a file, {} for that file.
FILES = {
    "--certs": "--listen-tls 127.0.0.1:0 --certs {}",
    "--cert": "--listen-tls 127.0.0.1:0 --cert {} --key KEY",
    "--key": "--listen-tls 127.0.0.1:0 --cert CERT --key {}",
    "--proxy-auth": "--proxy-auth {}",
    "--via-credentials": "--via proxy.test --via-credentials {}",
    "--proxy-cacert": "--via https://proxy.test --proxy-cacert {}",
    "--cacert": "--investigate --cacert {}",
}

# Elsewhere, or nothing is wrong with any value until it is used.
ELSEWHERE = {
    "--record": "test_run.py",
    "--port-file": "test_run.py",
    "--log-file": "test_run.py",
    "--config": "test_config.py",
    "--noproxy": "every text is a list of hosts that may exist",
    "--interface": "scenarios/test_addresses.py: interfaces come and go",
}


class Case(support.Case):
    names = ["registry.test"]

    def refused(self, words):
        """What it says, in one line before where help is; and not a secret of it."""
        done = self.helloscope("run", *words, status=2)
        told = done.stderr.decode()
        self.assertEqual(done.stdout, b"")
        self.assertNotIn(SECRET, told)
        self.assertNotIn(basic("user", SECRET), told)
        said = re.fullmatch(r"helloscope: run: (.*)\ntry: helloscope run --help\n", told)
        self.assertTrue(said, told)
        return said[1]


def options_of_help(text):
    """{option: the name of its value, "" for a flag}, by the help of a command."""
    return {name: value for name, value in re.findall(r"(?m)^  (?:-\w,)?(--[\w-]+)(?: (\S+))?", text)}


class Options(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.options = options_of_help(cls.helloscope("run", "--help").stdout.decode())
        cls.with_value = {name for name, value in cls.options.items() if value}

    def test_each_that_takes_a_value_is_in_a_table_here(self):
        self.assertGreater(len(self.with_value), 20)
        known = VALUES.keys() | FILES.keys() | ELSEWHERE.keys()
        self.assertEqual(self.with_value - known, set(), "options without a row")
        self.assertEqual(known - self.with_value - {"--config"}, set(), "rows of options that are gone")

    def each(self, rows):
        """Words and what is said of them, several at a time: it is the start that takes long."""
        with concurrent.futures.ThreadPoolExecutor(4) as together:
            said = [together.submit(self.refused, words) for words, _ in rows]
            for (words, message), one in zip(rows, said):
                with self.subTest(words):
                    self.assertEqual(one.result(), message)

    def test_wrong_values(self):
        self.each([([name, value], message) for name, rows in VALUES.items() for value, message in rows.items()])

    def test_no_value(self):
        names = sorted(self.with_value - {"--transparent"})
        self.each([([word], f"{name}: 1 required {self.options[name]} missing")
                   for name in names for word in (name, f"{name}=")])  # fmt: skip

    def test_a_value_for_a_flag(self):
        names = sorted(self.options.keys() - self.with_value - {"--help", "--transparent", "--print-config"})
        self.each([([f"{name}=maybe"], f"Could not convert: {name} = maybe") for name in names])

    def test_files(self):
        missing, garbage, folder = self.path("missing"), self.path("garbage"), self.path("folder")
        garbage.write_bytes(b"\0\1garbage " + SECRET.encode() + b"\xff\n")
        folder.mkdir()
        good = {"CERT": self.certs / "leaf.pem", "KEY": self.certs / "leaf.key"}
        for name, words in FILES.items():
            in_folder = name == "--certs"  # where the files are looked for
            rows = [
                (missing, "No such file or directory"),
                (garbage, "Not a directory" if in_folder else ""),  # what is in it: see Files
                (folder, "No such file or directory" if in_folder else "Is a directory"),
            ]
            for path, reason in rows:
                with self.subTest(name, path=path.name):
                    told = self.refused([str(good.get(word, word)).format(path) for word in words.split()])
                    self.assertRegex(told, name if reason else f"{name}|--listen-tls")
                    self.assertIn(f"{path}", told)
                    self.assertIn(reason, told)

    def test_values_that_do_not_go_together(self):
        chain, key = self.certs / "leaf.pem", self.certs / "leaf.key"
        tls = ["--listen-tls", "127.0.0.1:0"]
        rows = [
            (["--record", "a", "--no-record"], "--record excludes --no-record"),
            ([*tls], "--listen-tls needs a certificate: --certs DIR, as helloscope certs --out DIR makes it, "
                     "or --cert FILE and --key FILE"),
            ([*tls, "--cert", chain], "--cert requires --key"),
            ([*tls, "--key", key], "--key requires --cert"),
            ([*tls, "--cert", chain, "--key", key, "--certs", self.certs], "--certs excludes --cert"),
            (["--via", "direct", "--via", f"http://user:{SECRET}@proxy.test"],
             "--via direct goes with no other --via"),
            (["--print-rules"], "--print-rules: of which --transparent?"),
            (["--threads", "1", "--threads", "2"], "--threads: At Most 1 required but received 2"),
        ]  # fmt: skip
        self.each(rows)

    def test_what_is_no_option(self):
        rows = [
            (["--lisen", "1"], "unknown flag '--lisen'; did you mean '--listen'?"),
            (["--record-fil-size=1"], "unknown flag '--record-fil-size'; did you mean '--record-file-size'?"),
            (["--qqqqqqqq"], "unknown flag '--qqqqqqqq'"),
            ([f"--vie=http://user:{SECRET}@proxy.test"], "unknown flag '--vie'; did you mean '--via'?"),
            (["--vie", f"http://user:{SECRET}@proxy.test"], "unknown flag '--vie'; did you mean '--via'?"),
        ]
        self.each(rows)
        for words in ([f"-via=http://user:{SECRET}@proxy.test"], ["-x", f"user:{SECRET}@proxy.test"],
                      [f"-xhttp://user:{SECRET}@proxy.test"]):  # fmt: skip
            with self.subTest(words):
                self.assertIn("unknown flag", self.refused(words))

    def test_wrong_use_with_a_command_is_wrong_use(self):
        self.assertEqual(self.refused(["--listen", "foo", "--", "true"]), f"--listen: 'foo' {ENDPOINT}")
        self.refused(["--listen", "0.0.0.0:0", "--", "true"])

    def test_open_to_everybody_is_refused(self):
        logins = self.path("logins")
        hashed = self.run_program("openssl", "passwd", "-5", SECRET).stdout.decode()
        logins.write_text(f"user:{hashed}")
        certs = ["--certs", self.certs]
        everybody = ("everybody who reaches the port could use this proxy: "
                     "say who may with --allow-from CIDR")  # fmt: skip
        password, no_password = (", or ask for a password with --proxy-auth FILE",
                                 " (this way in cannot ask for a password)")  # fmt: skip
        reverse = ["--reverse", "0.0.0.0:0=registry.test:443"]
        rows = [
            (["--listen", "0.0.0.0:0"], "--listen 0.0.0.0:0", password),
            (["--listen", "[::]:0"], "--listen [::]:0", password),
            (["--listen", "192.0.2.1:8484"], "--listen 192.0.2.1:8484", password),
            (["--listen", "127.0.0.1:0", "--listen", "0.0.0.0:0"], "--listen 0.0.0.0:0", password),
            (["--listen-tls", "0.0.0.0:0", *certs], "--listen-tls 0.0.0.0:0", password),
            (reverse, "--reverse 0.0.0.0:0", no_password),
            ([*reverse, "--proxy-auth", logins], "--reverse 0.0.0.0:0", no_password),
            (["--transparent", "redirect@0.0.0.0:0"], "--transparent 0.0.0.0:0", no_password),
            (["--transparent", "tproxy@[::]:0", "--proxy-auth", logins], "--transparent [::]:0", no_password),
            (["--transparent", "redirect@0.0.0.0:0", "--print-rules"], "--transparent 0.0.0.0:0", no_password),
        ]  # fmt: skip
        self.each([(words, f"{named}: {everybody}{more}") for words, named, more in rows])
        for words in (["--listen", "0.0.0.0:0", "--allow-from", "192.0.2.1"],
                      ["--listen", "0.0.0.0:0", "--proxy-auth", logins],
                      ["--listen", "127.8.8.8:0", "--listen", "[::1]:0"]):  # fmt: skip
            with self.subTest(words):
                self.proxy(ways_in=words).end()


class Files(Case):
    def test_certificates_for_a_tls_port(self):
        other, chain, key = self.path("other"), self.certs / "leaf.pem", self.certs / "leaf.key"
        self.helloscope("certs", "--out", other, "--name", "other.test")
        text = chain.read_text()
        first, rest = text.index("-----END"), text.index("-----BEGIN", 10)

        def file(name, content):
            path = self.path(name)
            path.write_text(content)
            return path

        rows = [
            (file("empty", ""), key, "not a PEM certificate"),
            (key, key, "not a PEM certificate"),
            (file("cut", text[: first - 100]), key, "certificate"),
            (file("damaged", text[:80] + "????" + text[84:]), key, "certificate"),
            (file("second", text[:rest] + text[rest : rest + 200]), key, "certificate"),
            (chain, chain, "private key"),
            (chain, file("no-key", ""), "private key"),
            (chain, file("cut-key", key.read_text()[:100]), "private key"),
            (chain, other / "leaf.key", "the key does not belong to the first certificate"),
            (self.certs / "ca.pem", key, "the key does not belong to the first certificate"),
        ]
        for certificate, private, reason in rows:
            with self.subTest(certificate.name, key=private.name):
                told = self.refused(["--listen-tls", "127.0.0.1:0", "--cert", certificate, "--key", private])
                self.assertTrue(told.startswith(f"--listen-tls with {certificate} and {private}: "), told)
                self.assertIn(reason, told)

    def test_an_expired_certificate_is_the_clients_to_refuse(self):
        chain, key = (self.certs / f"expired.{end}" for end in ("pem", "key"))
        proxy = self.proxy(ways_in=["--listen-tls", "127.0.0.1:0", "--cert", chain, "--key", key])
        context = ssl.create_default_context(cafile=str(self.ca))
        with self.assertRaisesRegex(ssl.SSLCertVerificationError, "expired"):
            context.wrap_socket(ask(proxy.port, b""), server_hostname="registry.test")
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(ask(proxy.port, b"")) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
            self.assertTrue(connection.recv(100).startswith(b"HTTP/1.1 400 "))
        proxy.end()

    def test_passwords(self):
        hashed = self.run_program("openssl", "passwd", "-5", SECRET).stdout.decode().strip()
        bcrypt = "$2y$05$" + "a" * 53
        rows = [
            (f"user:{SECRET}\n", 1, "the password of 'user' is no hash that crypt(5) knows: make it with "
                                    "htpasswd -B or mkpasswd"),
            (f"user:{hashed}\nother:{SECRET}\n", 2, "the password of 'other' is no hash"),
            (f"user:{{SHA}}{SECRET}\n", 1, "the password of 'user' is no hash"),
            (f"user:$apr1${SECRET}\n", 1, "the password of 'user' is no hash"),
            ("user:$9$x$y\n", 1, "the password of 'user' is no hash"),
            ("user:\n", 1, "the password of 'user' is no hash"),
            (f"{SECRET}\n", 1, "expected user:HASH"),
            (f"# a comment\n\n:{hashed}\n", 3, "expected user:HASH"),
            (f"user:{hashed}\nuser:{bcrypt}\n", 2, "'user' is there a second time"),
        ]  # fmt: skip
        for content, line, reason in rows:
            with self.subTest(content):
                file = self.path("passwords")
                file.write_text(content)
                told = self.refused(["--proxy-auth", file])
                self.assertTrue(told.startswith(f"--proxy-auth {file}:{line}: {reason}"), told)
        for content in ("", "# nobody\n"):
            with self.subTest(content):
                file.write_text(content)
                told = self.refused(["--proxy-auth", file])
                self.assertEqual(told, f"--proxy-auth {file}: no user in it: expected lines user:HASH")

    def test_credentials_for_parents(self):
        rows = [
            (f"machine proxy.test login user password {SECRET} {SECRET}\n", 1),
            (f"login user password {SECRET}\n", 1),
            ("machine\n", 1),
            (f"machine a.test\nlogin user\npassword {SECRET}\nfoo bar\n", 4),
            (f'machine a.test login user password "{SECRET}\n', 1),
        ]
        for content, line in rows:
            with self.subTest(content):
                file = self.path("netrc")
                file.write_text(content)
                told = self.refused(["--via", "proxy.test", "--via-credentials", file])
                self.assertTrue(told.startswith(f"--via-credentials {file}:{line}: "), told)

    def test_cas_of_parents(self):
        key = self.certs / "leaf.key"
        told = self.refused(["--via", "https://proxy.test", "--proxy-cacert", key])
        self.assertTrue(told.startswith("--proxy-cacert "), told)
        self.assertIn(str(key), told)
        self.assertIn("not a PEM certificate", told)


if __name__ == "__main__":
    support.need("openssl")
    unittest.main(verbosity=2)
