"""Hosts of a test's own, each a network namespace, and links between them: gone with the test."""
import concurrent.futures
import ctypes
import os
import socket
import subprocess

CLONE_NEWNET = 0x40000000


class Host:
    """A namespace with a loopback that is up. `clean`: addCleanup of a test, or addClassCleanup."""

    def __init__(self, name, clean):
        self.name = f"hs-{name}-{os.getpid()}"
        self.inside = ["ip", "netns", "exec", self.name]  # before a command
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        clean(subprocess.run, ["ip", "netns", "del", self.name], check=True)
        self.ip("link", "set", "lo", "up")

    def ip(self, *words):
        subprocess.run(["ip", "-n", self.name, *words], check=True)

    def address(self, link, *addresses):
        for one in addresses:
            # Without the probe for duplicates, an IPv6 address can be used at once.
            self.ip("addr", "add", one, "dev", link, *(["nodad"] if ":" in one else []))

    def link(self, mine, addresses, other, theirs, their_addresses):
        """A cable between a link of ours and one of the other host's."""
        self.ip("link", "add", mine, "type", "veth", "peer", "name", theirs, "netns", other.name)
        for host, link, own in ((self, mine, addresses), (other, theirs, their_addresses)):
            host.address(link, *own)
            host.ip("link", "set", link, "up")

    def route(self, to, via, *words):
        self.ip("-6" if ":" in via else "-4", "route", "add", to, "via", via, *words)

    def forward(self):
        self.run("sysctl", "-q", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")

    def run(self, *words, **options):
        """Runs to the end, which has to be a good one."""
        return subprocess.run([*self.inside, *map(str, words)], check=True, **options)

    def told(self, *words):
        return self.run(*words, capture_output=True).stdout.decode()

    def call(self, function):
        """What `function` returns when it is called inside: the sockets it makes are this host's."""
        with concurrent.futures.ThreadPoolExecutor(initializer=self.enter) as inside:
            return inside.submit(function).result()

    def enter(self):
        """Takes the thread there, for good."""
        with open(f"/run/netns/{self.name}") as place:
            if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")

    def listen(self, address, port):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return self.call(lambda: socket.create_server((address, port), family=family))


def need():
    import support  # which reads the command line of a test

    support.need("ip", "sysctl")
    if os.geteuid() != 0:
        support.skip("network namespaces need root")
