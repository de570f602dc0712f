"""The scenarios of the lab, one row each: what is broken, how, and what comes of it.

What comes of it is told for three uses: a handshake with a `small` ClientHello (one segment, such as
curl's 517 bytes), with a `big` one (two segments at the usual MSS, such as Bazelisk's 1,493), and `data`,
200,000 bytes downloaded after a small one. A row says how it ends for a client that waits for ever, and
which verdicts are right; where facts cannot tell causes apart there are several.
"""
import dataclasses

from faults import *  # noqa: F403  the rows read as sentences
from faults import DROP, RESET, SYN_ACK
from servers import (
    dns, never_accepts, nginx, nginx_with_protocols, nothing, odd, openssl, parent, queue_full,
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Outcome:
    """`how`: works, hangs, reset, closed, alert, certificate, refused, timeout, unreachable, not-tls."""

    how: str
    verdicts: tuple = ()


WORKS = Outcome("works")


def out(how, *verdicts):
    return Outcome(how, verdicts)


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    broken: str  # in a sentence
    path: tuple = ()  # changes to the network, see faults.py
    server: object = dataclasses.field(default_factory=nginx)  # see servers.py
    small: Outcome = WORKS
    big: Outcome = None  # as the small one, unless it says otherwise
    data: Outcome = None
    big_hello: int = 1800  # bytes that make the point
    families: tuple = (4, 6)
    helloscope: tuple = ()  # more options of its
    wan: dict = dataclasses.field(default_factory=dict)  # rtt, jitter (ms), loss (%), rate (kbit/s)
    hosts: dict = dataclasses.field(default_factory=dict)  # addresses of names, other than the server's
    through_helloscope: bool = False  # means nothing to a client that goes there itself
    seconds: float = 0  # that a client needs at least, where it works
    near: bool = False  # over a long way segments are cut otherwise, and nothing is broken

    def __post_init__(self):
        object.__setattr__(self, "big", self.big or self.small)
        object.__setattr__(self, "data", self.data or self.small)

    @property
    def uses(self):
        """Those that show the point, in an order in which none knows what one before it has learned of the
        path's MTU, see Lab.forget(). Where time or a count matters, one has to do."""
        if self.through_helloscope or self.hosts:
            return ["data"]
        return ["small"] if self.seconds or "-lost" in self.name else ["small", "big", "data"]

    @property
    def families_that_differ(self):
        """A server that is odd is so in both."""
        about_path = self.path or self.wan or self.name == "healthy"
        return self.families if about_path else self.families[:1]


TO_SERVER, TO_CLIENT = "to_server", "to_client"
UP = out("hangs", "mtu-black-hole-to-server")
DOWN = out("hangs", "mtu-black-hole-to-client")
IN_DATA = out("hangs", "mtu-black-hole-in-data")
# What the facts cannot separate: the server's flight is lost whole, or was never sent.
SILENT = ("server-silent", "mtu-black-hole-to-client")
DROPPED = ("hello-dropped", "mtu-black-hole-to-server")
BIG = nginx("oversized")

BLACK_HOLES = [
    Scenario("mtu1400", "the path carries packets of 1,400 bytes and nobody is told (ICMP dropped)",
             (black_hole(1400),), big=UP, data=IN_DATA),
    Scenario("mtu1400-up", "only what goes to the server is lost when longer than 1,400 bytes",
             (too_long(1400, TO_SERVER),), big=UP),
    Scenario("mtu1400-down", "only what comes from the server is lost when longer than 1,400 bytes",
             (too_long(1400, TO_CLIENT),), data=IN_DATA),
    Scenario("mtu1400-deaf-proxy", "mtu1400, but the server is told: ICMP to the proxy is dropped",
             (black_hole(1400, TO_SERVER),), big=UP),
    Scenario("mtu1400-deaf-server", "mtu1400, but the proxy is told: ICMP to the server is dropped",
             (black_hole(1400, TO_CLIENT),), data=IN_DATA),
    Scenario("mtu1400-icmp", "the path carries packets of 1,400 bytes and says so: as it should be",
             (mtu(1400),)),
    Scenario("mtu1400-clamped", "the router's owner has clamped the MSS: what helps",
             (black_hole(1400), clamped(1340))),
    Scenario("mtu1400-bigchain", "mtu1400, and a certificate chain of 20,000 bytes",
             (black_hole(1400),), BIG, small=DOWN, big=UP),
    Scenario("mtu1400-up-bigchain", "mtu1400-up, and a certificate chain of 20,000 bytes",
             (too_long(1400, TO_SERVER),), BIG, big=UP),
    Scenario("mtu1400-down-bigchain", "mtu1400-down, and a certificate chain of 20,000 bytes",
             (too_long(1400, TO_CLIENT),), BIG, small=DOWN),
    Scenario("mtu1400-down-bigchain-tls12", "the same in TLS 1.2",
             (too_long(1400, TO_CLIENT),), nginx("oversized", "TLSv1.2"), small=DOWN),
    Scenario("mtu1400-icmp-bigchain", "mtu1400-icmp, and a certificate chain of 20,000 bytes",
             (mtu(1400),), BIG),
    Scenario("mtu1400-up-no-tail", "mtu1400-up for a hello that is one long segment: nothing gets through",
             (too_long(1400, TO_SERVER),), big=out("hangs", *DROPPED), big_hello=1420),
    Scenario("mtu1400-down-no-tail", "mtu1400-down for a server flight that is one long segment",
             (too_long(1400, TO_CLIENT),), nginx("padded"), small=out("hangs", *SILENT)),
    Scenario("mtu1280", "as mtu1400 with packets of 1,280 bytes",
             (black_hole(1280),), big=UP, data=IN_DATA),
    Scenario("mtu576", "as mtu1400 with packets of 576 bytes",
             (black_hole(576),), small=out("hangs", *SILENT), big=UP, families=(4,)),
    Scenario("fragments", "the path carries packets of 1,400 bytes and makes fragments",
             (mtu(1400), fragments_allowed), families=(4,)),
    Scenario("fragments-dropped", "the path makes fragments, and drops them",
             (mtu(1400), fragments_allowed, no_fragments), families=(4,),
             big=out("hangs", "fragments-dropped", "mtu-black-hole-to-server"),
             data=out("hangs", "fragments-dropped", "mtu-black-hole-in-data")),
    Scenario("client-mtu1400", "between client and proxy packets of more than 1,400 bytes are lost",
             (client_leg_black_hole(1400),), big=out("hangs", "hello-incomplete"),
             data=out("hangs", "mtu-black-hole-in-data")),
]  # fmt: skip

DROPPING = [
    Scenario("tail-dropped-up", "the last, small segment of what the client sends never arrives",
             (no_tails(TO_SERVER),), big=out("hangs", "tail-dropped-to-server")),
    Scenario("tail-dropped-down", "the last, small segment of a long chain never arrives",
             (no_tails(TO_CLIENT),), BIG, small=out("hangs", "server-flight-stalled"), near=True),
    Scenario("payload-dropped-up", "connections are made, and nothing from the client arrives",
             (no_payload(TO_SERVER),), small=out("hangs", *DROPPED)),
    Scenario("payload-dropped-down", "connections are made, and nothing from the server arrives",
             (no_payload(TO_CLIENT),), small=out("hangs", *SILENT)),
    Scenario("sni-reset", "a box in the path answers the name registry.test with a reset",
             (name_filter("registry.test", *RESET),), small=out("reset", "reset-after-hello")),
    Scenario("sni-dropped", "a box in the path drops what holds the name registry.test",
             (name_filter("registry.test", *DROP),), small=out("hangs", *DROPPED)),
    Scenario("first-segment-lost", "the first segment with data is lost once",
             (first_segments_lost(1),)),
    Scenario("loss1", "1 % of the packets are lost, each way, at a round trip of 20 ms",
             wan={"loss": 1, "rtt": 20}),
    Scenario("loss5", "5 % of the packets are lost", wan={"loss": 5, "rtt": 20}),
    Scenario("loss20", "20 % of the packets are lost", wan={"loss": 20, "rtt": 20}),
]  # fmt: skip

SLOW = [
    *(Scenario(f"rtt{ms}", f"a round trip of {ms} ms", wan={"rtt": ms}, seconds=2 * ms / 1000)
      for ms in (10, 50, 200, 600)),
    Scenario("jitter", "a round trip of 50 to 150 ms", wan={"rtt": 50, "jitter": 50}),
    Scenario("narrow", "512 kbit/s and a round trip of 50 ms", wan={"rtt": 50, "rate": 512}),
    Scenario("slow3", "the server answers after 3 s", (), odd("always", "late:3"), seconds=3),
    Scenario("slow7", "the server answers after 7 s", (), odd("always", "late:7"), seconds=7),
    Scenario("trickle", "the server sends its flight in pieces of 200 bytes, two a second",
             (), odd("always", "trickle:200:0.5"), seconds=2),
]  # fmt: skip

CONNECTING = [
    Scenario("refused", "nobody listens", (), nothing, out("refused", "connect-refused")),
    Scenario("forbidden", "a router says that it is forbidden",
             (forbidden("10.77.4.2", "fd77:4::2"),), small=out("unreachable", "host-unreachable")),
    Scenario("syn-dropped", "no connection is let through and nobody says so",
             (no_connections,), small=out("timeout", "connect-timeout")),
    Scenario("syn-lost-1", "the first SYN is lost", (first_connects_lost(1),), seconds=1),
    Scenario("syn-lost-3", "the first three SYNs are lost", (first_connects_lost(3),), seconds=3),
    Scenario("synack-lost-1", "the first answer to a SYN is lost",
             (first_connects_lost(1, SYN_ACK),), seconds=1),
    Scenario("accept-queue-full", "the server takes no connections any more: its queue is full",
             (), queue_full, out("timeout", "connect-timeout")),
    Scenario("never-accepts", "the server's kernel makes connections, the server never takes them",
             (), never_accepts, out("hangs", *SILENT)),
    Scenario("address-broken", "the name has two addresses; the first does not answer",
             (forbidden("10.77.4.2", "fd77:4::2", how="drop"),),
             hosts={"registry.test": ("10.77.4.2 fd77:4::2", "10.77.4.3 fd77:4::3")},
             through_helloscope=True),
    Scenario("ipv6-broken", "the name has addresses of both families; IPv6 does not answer",
             (forbidden("fd77:4::/64", how="drop"),), families=(4,),
             hosts={"registry.test": ("fd77:4::2", "10.77.4.2")}),
]  # fmt: skip

# What a server does with a hello that it does not take.
ODD = [
    Scenario("silent", "the server reads and never answers",
             (), odd("always", "hang"), out("hangs", *SILENT)),
    Scenario("hello-reset", "the server resets after the hello",
             (), odd("always", "reset"), out("reset", "reset-after-hello")),
    Scenario("hello-closed", "the server closes after the hello",
             (), odd("always", "close"), out("closed", "closed-after-hello")),
    Scenario("hello-alert", "the server answers with an alert, internal_error",
             (), odd("always", "alert:80"), out("alert", "alert-other")),
    *(Scenario(f"first-segment-{how}", f"the server reads one segment and takes it for the hello: {how}",
               (), odd("several-segments", what), big=big)
      for how, what, big in (
          ("hang", "hang", out("hangs", "hello-size-intolerant", "split-intolerant", *SILENT)),
          ("reset", "reset", out("reset", "reset-after-hello", "hello-size-intolerant", "split-intolerant")),
          ("alert", "alert:50", out("alert", "hello-size-intolerant", "split-intolerant", "alert-other")))),
    *(Scenario(f"whole-record-{how}", f"the first segment has to hold the first record whole: {how}",
               (), odd("record-in-several-segments", how), big=big)
      for how, big in (
          ("hang", out("hangs", "record-split-required", "hello-size-intolerant", *SILENT)),
          ("reset", out("reset", "record-split-required", "reset-after-hello")))),
    Scenario("records-refused", "the server resets when the hello comes in several records",
             (), odd("several-records", "reset")),
    Scenario("hello-too-long", "the server never answers a hello of more than 1,000 bytes",
             (), odd("longer-than:1000", "hang"), big=out("hangs", "hello-size-intolerant", *SILENT)),
    Scenario("post-quantum-reset", "the server resets when X25519MLKEM768 is offered",
             (), odd("holds:11ec04c0", "reset")),
    Scenario("server-sni-reset", "the server resets when asked for registry.test",
             (), odd("names:registry.test", "reset"), out("reset", "reset-after-hello")),
    Scenario("server-sni-silent", "the server never answers when asked for registry.test",
             (), odd("names:registry.test", "hang"), out("hangs", *SILENT)),
    Scenario("http", "the server speaks HTTP without TLS at this port",
             (), nginx(tls=""), out("not-tls", "not-tls")),
    Scenario("ssh", "an SSH server is at this port",
             (), odd("at-once", "ssh"), out("not-tls", "not-tls")),
]  # fmt: skip

UNTRUSTED = [
    (f"{kind}{suffix}", f"{text}{', TLS 1.2' if suffix else ''}", nginx(chain, protocols), verdict)
    for suffix, protocols in (("", "TLSv1.3"), ("-tls12", "TLSv1.2"))
    for kind, text, chain, verdict in (
        ("expired", "the certificate ended yesterday", "expired", "certificate-expired"),
        ("untrusted", "the certificate is of a CA that nobody trusts", "stranger", "certificate-untrusted"),
        ("wrong-name", "the certificate is for another name", "wrong-name", "certificate-wrong-name"),
        ("incomplete", "the chain lacks its intermediate", "missing-intermediate", "certificate-untrusted"))
]  # fmt: skip

TLS = [
    Scenario("bigchain", "a certificate chain of 20,000 bytes, which arrives", (), BIG),
    Scenario("tls12", "the server knows TLS 1.2 alone", (), nginx(protocols="TLSv1.2")),
    Scenario("retry", "the server wants another key share: HelloRetryRequest",
             (), openssl("-groups", "P-384")),
    Scenario("tls13", "the server knows TLS 1.3 alone", (), nginx(protocols="TLSv1.3")),
    Scenario("version-refused", "the server knows no version that clients offer",
             (), odd("always", "alert:70"), out("alert", "version-refused")),
    Scenario("odd-cipher", "the server knows no cipher that clients offer",
             (), openssl("-tls1_2", "-cipher", "ECDHE-ECDSA-CAMELLIA128-SHA256"),
             out("alert", "no-shared-parameters")),
    Scenario("alpn-refused", "the server speaks none of the protocols of a client that offers some",
             (), nginx_with_protocols("smtp"), big=out("alert", "alpn-refused"),
             data=out("alert", "alpn-refused")),
    Scenario("name-refused", "the server has no certificate for this name: unrecognized_name",
             (), nginx(more="ssl_reject_handshake on;"), out("alert", "name-refused")),
    Scenario("client-certificate", "the server wants a certificate of the client",
             (), openssl("-Verify", "1"), out("alert", "client-certificate-required")),
    *(Scenario(name, broken, (), server, out("certificate", verdict, "certificate-rejected"))
      for name, broken, server, verdict in UNTRUSTED),
]  # fmt: skip

AROUND = [
    *(Scenario(f"parent-{name}", broken, (), parent(*answer), out("refused", verdict),
               helloscope=("--via", "http://10.77.4.2:3128"), through_helloscope=True)
      for name, broken, answer, verdict in (
          ("auth", "a parent proxy wants a password",
           ("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="lab"'), "parent-auth"),
          ("refused", "a parent proxy forbids the target", ("403 Forbidden",), "parent-refused"),
          ("garbage", "the parent is no proxy", ("garbage",), "parent-garbled"),
          ("silent", "a parent proxy never answers", ("hang",), "parent-silent"))),
    Scenario("parent-unreachable", "nobody listens where the parent proxy should be",
             helloscope=("--via", "http://10.77.4.2:3129"), through_helloscope=True,
             small=out("refused", "parent-unreachable")),
    *(Scenario(f"dns-{how}", broken, (), dns(how), out("refused", *verdicts), through_helloscope=True)
      for how, broken, *verdicts in (
          ("nxdomain", "the name does not exist", "dns-failure"),
          ("servfail", "the name server fails", "dns-failure"),
          ("silent", "the name server does not answer", "dns-failure", "dns-slow"))),
    Scenario("dns-slow", "the name server needs 3 s", (), dns("late:3"), seconds=3,
             through_helloscope=True),
]  # fmt: skip

TABLE = [Scenario("healthy", "nothing"), *BLACK_HOLES, *DROPPING, *SLOW, *CONNECTING, *ODD, *TLS, *AROUND]
BY_NAME = {one.name: one for one in TABLE}
assert len(BY_NAME) == len(TABLE)
