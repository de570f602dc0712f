"""The hosts of a lab, each a network namespace, and the links between them:

    client ── proxy ── router ══ far ── server
                         the VPN: the path breaks here, or at its two ends

A link is called by what is at its other end: the router has a `proxy` and a `far`. Offloads are off, so
that each packet in the lab is one that a real network would see.
"""
import ctypes
import fcntl
import socket
import struct
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "scenarios"))
import networks

NAMES = ("client", "proxy", "router", "far", "server")
SERVER = {4: "10.77.4.2", 6: "fd77:4::2"}
SERVER_TOO = {4: "10.77.4.3", 6: "fd77:4::3"}  # the same server by another address
PROXY = "10.77.1.2"  # where the client finds it
CLIENTS = "10.77.1.0/24"  # who may use it


def addresses(number, end):
    """Both of one end (1, 2) of a link; links are numbered from the client on."""
    return [f"10.77.{number}.{end}/24", f"fd77:{number}::{end}/64"]


def hardware(number, end):
    return f"02:77:00:00:{number:02}:{end:02}"


class Host(networks.Host):
    """Called by its plain name, because a lab's mounts are its own. `ip` lines wait in a batch."""

    def __init__(self, name):
        self.name, self.inside, self.lines = name, ["ip", "netns", "exec", name], []
        subprocess.run(["ip", "netns", "add", name], check=True)
        self.ip("link", "set", "lo", "up")

    def ip(self, *words):
        self.lines.append(" ".join(map(str, words)))

    def route(self, to, via, *words):
        self.ip("route", "add", to, "via", via, *words)

    def settle(self):
        """Does what has waited."""
        batch, self.lines = "\n".join(self.lines), []
        subprocess.run(["ip", "-n", self.name, "-batch", "-"], input=batch.encode(), check=True)

    def switch(self, **values):
        """Settings of the kernel below net, with / as __."""

        def write():
            for name, value in values.items():
                Path("/proc/sys/net", name.replace("__", "/")).write_text(str(value))

        self.call(write)

    def without_offloads(self, *links):
        self.call(lambda: [no_offloads(link) for link in links])

    def listen(self, address, port, backlog=128):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return self.call(
            lambda: socket.create_server((address, port), family=family, backlog=backlog))

    def enter_now(self):
        """Takes a new process there, before it becomes another program."""
        self.enter()


def no_offloads(link):
    """As `ethtool -K LINK tso off gso off gro off tx off sg off`, which not every machine has."""
    SIOCETHTOOL = 0x8946
    set_tx, set_sg, set_tso, set_gso, set_gro = 0x17, 0x19, 0x1F, 0x24, 0x2C
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for command in (set_tso, set_gso, set_gro, set_sg, set_tx):
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            request = struct.pack("16sP8x", link.encode(), ctypes.addressof(value))
            fcntl.ioctl(any_socket, SIOCETHTOOL, request)


class Network:
    """All hosts, linked, and the rules that break the path: they are collected, then applied."""

    def __init__(self, wan):
        names = NAMES[:3] + (("wan",) if wan else ()) + NAMES[3:]
        self.hosts = {name: Host(name) for name in names}
        self.rules, self.filters = {}, []
        for host in self.hosts.values():  # an IPv6 address can be used at once
            host.switch(ipv6__conf__default__accept_dad=0, ipv6__conf__default__accept_ra=0)
        for left, right in zip(names, names[1:]):
            self.hosts[left].ip("link", "add", self.link(left, right), "type", "veth", "peer", "name",
                                self.link(right, left), "netns", right)  # fmt: skip
        for host in self.hosts.values():
            host.settle()
        self.number(("client", "proxy"), ("proxy", "router"), ("router", "far"), ("far", "server"))
        if wan:
            self.bridge(self.hosts["wan"])
        self.lead()

    def link(self, host, other):
        """The name of `host`'s link to `other`. A wan between router and far is not seen."""
        hidden = {("router", "wan"): "far", ("far", "wan"): "router"}
        return hidden.get((host, other), other)

    def number(self, *pairs):
        for number, pair in enumerate(pairs, 1):
            for end, (mine, other) in enumerate((pair, pair[::-1]), 1):
                self[mine].ip("link", "set", other, "address", hardware(number, end), "up")
                self[mine].address(other, *addresses(number, end))
                self.knows(mine, other, addresses(number, 3 - end), hardware(number, 3 - end))
        too = [f"{SERVER_TOO[4]}/24", f"{SERVER_TOO[6]}/64"]
        self["server"].address("far", *too)
        self.knows("far", "server", too, hardware(4, 2))

    def knows(self, host, link, neighbours, hardware):
        """Nobody has to ask for a neighbour: over a slow link that would take a round trip."""
        for one in neighbours:
            self[host].ip("neigh", "add", one.split("/")[0], "lladdr", hardware, "dev", link)

    def bridge(self, wan):
        """No addresses: what passes is copied by a program (delay.cpp)."""
        wan.switch(ipv6__conf__all__disable_ipv6=1, ipv6__conf__default__disable_ipv6=1)
        for link in ("router", "far"):
            wan.ip("link", "set", link, "up")

    def lead(self):
        """Ways to everywhere. Congestion control by route: a namespace may not choose its default."""
        ways = [("client", "default", 1, 2), ("proxy", "default", 2, 2), ("router", "default", 3, 2),
                ("router", 1, 2, 1), ("far", "default", 3, 1), ("server", "default", 4, 1)]  # fmt: skip
        for host, to, number, end in ways:
            for via in addresses(number, end):
                via = via.split("/")[0]
                where = ("0.0.0.0/0", "::/0")[":" in via] if to == "default" else addresses(to, 0)[":" in via]
                more = ["congctl", "cubic"] if host in ("client", "proxy", "server") else []
                self[host].route(where, via, *more)
        for name, host in self.hosts.items():
            if name in ("proxy", "router", "far"):
                host.switch(ipv4__ip_forward=1, ipv6__conf__all__forwarding=1)
            if name in ("proxy", "server", "client"):
                host.switch(ipv4__tcp_mtu_probing=0)
            host.settle()
            host.without_offloads(*self.links_of(name))

    def links_of(self, name):
        names = list(self.hosts)
        place = names.index(name)
        return [self.link(name, names[n]) for n in (place - 1, place + 1) if 0 <= n < len(names)]

    def __getitem__(self, name):
        return self.hosts[name]

    def rule(self, host, chain, text):
        """A line of nft, in one of CHAINS."""
        self.rules.setdefault(host, []).append((chain, text))

    def filter(self, host, *words):
        """A rule of iptables, of both families: it can search a packet for a text."""
        self.filters.append((host, words))

    def apply(self):
        for name, rules in self.rules.items():
            self[name].run("nft", "-f", "-", input=ruleset(rules).encode())
        for name, words in self.filters:
            for program in ("iptables", "ip6tables"):
                self[name].run(program, *words)
        for host in self.hosts.values():
            if host.lines:
                host.settle()


# Before conntrack puts fragments together (-400); on the way through; what the host itself says.
CHAINS = {"early": "prerouting priority -500", "forward": "forward priority 0",
          "output": "output priority 0", "input": "input priority 0"}  # fmt: skip


def ruleset(rules):
    lines = ["table inet lab {"]
    for chain in dict(rules):
        lines += [f"chain {chain} {{", f"type filter hook {CHAINS[chain]}"]
        lines += [text for of, text in rules if of == chain] + ["}"]
    return "\n".join([*lines, "}", ""])
