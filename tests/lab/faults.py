"""How a path is broken: each a function that makes a change to the network of a lab.

The router is the VPN's end on the proxy's side, far is the other one. To the server is from proxy to
far, to the client from far to proxy; `to_server` and `to_client` say which.
"""
# Where a direction enters the router, and which TCP port is the server's in it.
COMES_FROM = {"to_server": "proxy", "to_client": "far"}
VPN_END = {"to_server": "router", "to_client": "far"}  # who has to say that a packet is too long
BOTH = ("to_server", "to_client")


def mtu(size):
    """Of the VPN's link, both ways: longer packets do not fit."""

    def change(network):
        network["router"].ip("link", "set", "far", "mtu", size)
        network["far"].ip("link", "set", "router", "mtu", size)

    return change


def no_icmp(*directions):
    """Those who sent a packet that is too long are not told: with an mtu(), a black hole."""

    def change(network):
        for direction in directions or BOTH:
            host = VPN_END[direction]
            network.rule(host, "output", "icmp type destination-unreachable icmp code frag-needed drop")
            network.rule(host, "output", "icmpv6 type packet-too-big drop")

    return change


def black_hole(size, *directions):
    def change(network):
        mtu(size)(network)
        no_icmp(*directions)(network)

    return change


def too_long(size, direction):
    """A black hole in one direction alone: the other one has no limit, as where the ways differ."""

    def change(network):
        network.rule("router", "forward", f"{from_(direction)} meta length > {size} drop")

    return change


def fragments_allowed(network):
    """The VPN takes DF off, as many do: what is too long goes in two fragments (IPv4 only)."""
    for host in ("router", "far"):
        network.rule(host, "early", "ip frag-off & 0x4000 != 0 ip frag-off set 0")


def no_fragments(network):
    """They reach the VPN's other end and are dropped there, as firewalls do."""
    for host, link in (("far", "router"), ("router", "far")):
        network.rule(host, "early", f'iifname "{link}" ip frag-off & 0x1fff != 0 drop')


def from_(direction):
    return f'iifname "{COMES_FROM[direction]}" meta l4proto tcp'


# The first two bytes of a TLS record: what does not begin with one is no beginning of a flight.
RECORDS = "{ 0x1403, 0x1503, 0x1603, 0x1703 }"


def no_tails(*directions):
    """Small segments that begin inside a record never arrive. @ih is TCP's payload: without one, as in
    an acknowledgement, nothing matches."""

    def change(network):
        for direction in directions or BOTH:
            network.rule("router", "forward",
                         f"{from_(direction)} @ih,0,16 != {RECORDS} meta length < 700 drop")  # fmt: skip

    return change


def no_payload(*directions):
    """Connections are made, and nothing is said."""

    def change(network):
        for direction in directions or BOTH:
            network.rule("router", "forward", f"{from_(direction)} @ih,0,8 >= 0 drop")

    return change


def first_segments_lost(count, direction="to_server"):
    """The first with data, in this direction; later ones pass, and so do these when sent again."""

    def change(network):
        network.rule("router", "forward",
                     f"{from_(direction)} @ih,0,8 >= 0 numgen inc mod 1000000 < {count} drop")  # fmt: skip

    return change


SYN = "tcp flags & (syn | ack) == syn"
SYN_ACK = "tcp flags & (syn | ack) == (syn | ack)"


def no_connections(network):
    network.rule("router", "forward", f"{from_('to_server')} {SYN} drop")


def first_connects_lost(count, what=SYN):
    def change(network):
        direction = "to_server" if what is SYN else "to_client"
        network.rule("router", "forward",
                     f"{from_(direction)} {what} numgen inc mod 1000000 < {count} drop")  # fmt: skip

    return change


def forbidden(*addresses, how="reject with icmpx admin-prohibited"):
    def change(network):
        for address in addresses:
            family = "ip6" if ":" in address else "ip"
            network.rule("router", "forward", f"{family} daddr {address} {how}")

    return change


def name_filter(name, *verdict):
    """A box in the path that looks for a server's name in each packet. It reassembles nothing."""

    def change(network):
        network.filter("router", "-A", "FORWARD", "-i", "proxy", "-p", "tcp", "-m", "string", "--algo",
                       "bm", "--string", name, "-j", *verdict)  # fmt: skip

    return change


RESET = ("REJECT", "--reject-with", "tcp-reset")
DROP = ("DROP",)


def clamped(mss):
    """What the router's owner can do: no connection is offered longer segments."""

    def change(network):
        network.rule("router", "forward", f"tcp flags syn tcp option maxseg size set {mss}")

    return change


def client_leg_black_hole(size):
    """Between client and proxy, where no router is: packets that are too long are lost on arrival."""

    def change(network):
        for host, link in (("proxy", "client"), ("client", "proxy")):
            network.rule(host, "early", f'iifname "{link}" meta length > {size} drop')

    return change
