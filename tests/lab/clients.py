"""Clients for labs, and how it ended for them, in the words of the table: see scenarios.Outcome."""
import sys
from pathlib import Path

import labs

# What a client prints when it fails, in the order in which it is looked for.
SIGNS = {
    "certificate verify failed": "certificate", "SSL certificate problem": "certificate",
    "no alternative certificate subject name": "certificate",
    "wrong version number": "not-tls",
    "SSL alert number": "alert", "tlsv1 alert": "alert", "tlsv1 unrecognized name": "alert",
    "tlsv13 alert": "alert", "sslv3 alert": "alert", "no application protocol": "alert",
    "unexpected eof": "closed", "SSL_ERROR_SYSCALL in connection": "closed",
    "Connection reset by peer": "reset", "errno=104": "reset",
    "Connection refused": "refused", "Couldn't connect to server": "refused",
    "CONNECT tunnel failed": "refused",
    "No route to host": "unreachable", "Permission denied": "unreachable",
}  # fmt: skip

# Clients that are odd, in a healthy network, and the verdict that is right; those without one work.
ODD = {
    "silent": "client-silent",
    "half": "hello-incomplete",
    "tls-to-proxy": "tls-to-plain-proxy",
    "dribble:100:0.1": None,
    "open-close": None,
}

TO_CONNECT = 10  # seconds: a busy machine needs a while to start a program


class Clients:
    """The uses of the table: openssl with hellos of two sizes, and curl. Each goes to the server itself, or
    through helloscope where there is a `proxy`, and is ended when its patience is over; openssl's begins
    when it has connected."""

    def __init__(self):
        self.base = labs.openssl_hello()

    def small(self, lab, patience, proxy=None):
        return self.handshake(lab, patience, proxy)

    def big(self, lab, patience, proxy=None):
        return self.handshake(lab, patience, proxy, lab.scenario.big_hello)

    def handshake(self, lab, patience, proxy=None, hello=None, words=()):
        """`hello`: of how many bytes; `words`: more of s_client's."""
        words = ["-CAfile", lab.certs / "ca.pem", "-verify_return_error", "-verify_hostname", "registry.test",
                 *(["-proxy", proxy.url.removeprefix("http://")] if proxy else []), *words]  # fmt: skip
        words = ["stdbuf", "-o0", *labs.openssl_client(base=self.base, words=words, hello=hello)]
        program = lab.background("client", words, stdin=labs.REQUEST)
        program.wait(TO_CONNECT, lambda: b"CONNECTED(" in program.stdout)
        connected = b"CONNECTED(" in program.stdout
        if program.wait(patience if connected else 0) is None:
            program.kill()
            return "hangs" if connected else "timeout"
        return "works" if program.running.status == 0 else self.sign(program)

    def data(self, lab, patience, proxy=None):
        env = lab.client_env(proxy) if proxy else lab.plain_env()
        words = ["curl", "-sS", "-o", "/dev/null", "https://registry.test/body"]
        done = lab.run("client", words, timeout=patience, env=env)
        if done.returncode is None:
            return "hangs"
        return "works" if done.returncode == 0 else self.sign(done)

    def odd(self, lab, how, patience, proxy):
        """See odd_client.py. Right verdicts are in ODD."""
        done = lab.run("client", [sys.executable, "-B", Path(__file__).with_name("odd_client.py"),
                                  proxy.url.removeprefix("http://"), "registry.test:443", lab.certs / "ca.pem",
                                  how], timeout=patience)  # fmt: skip
        if done.returncode is None:
            return "hangs"
        return "works" if done.returncode == 0 else self.sign(done)

    def sign(self, done):
        told = (done.stdout + done.stderr).decode(errors="replace")
        return next((how for sign, how in SIGNS.items() if sign in told), told)
