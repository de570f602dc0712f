#include "helloscope/diagnose/explain.hpp"

namespace helloscope::diagnose {
namespace {

constexpr std::string_view smaller_hello =
    "Let the client leave the post-quantum share out (Go: GODEBUG=tlsmlkem=0, curl: --curves "
    "X25519), "
    "or let helloscope cut the hello; update what is before the server.";
constexpr std::string_view clamp =
    "Keep segments small (helloscope run --mss 1360, or --heal), lower the MTU of the interface or "
    "route, let ICMP \"fragmentation needed\" (type 3 code 4; ICMPv6 type 2) pass, or clamp the "
    "MSS "
    "where the path narrows.";
constexpr std::string_view trust = "Trust the CA that signs: SSL_CERT_FILE (Go, OpenSSL), "
                                   "CURL_CA_BUNDLE (curl), NODE_EXTRA_CA_CERTS "
                                   "(Node), --host_jvm_args=-Djavax.net.ssl.trustStore=… (Bazel).";

constexpr explanation entries[] = {
    // ---- front
    {"tls-to-plain-proxy", "front",
     "The client speaks TLS to helloscope's own port, which speaks plain HTTP: the proxy variable "
     "says https:// where it should say http://.",
     "The first bytes on the listener are a TLS record (0x16 0x03) instead of a request.",
     "Set HTTPS_PROXY=http://HOST:PORT; the way to the server stays TLS.",
     "bazelbuild/bazelisk#234, encode/httpx#1433"},
    {"client-silent", "front", "A client connected and sent nothing until helloscope's deadline.",
     "No byte arrived. If segments arrived behind a gap, their beginning was lost on the way "
     "(mtu-black-hole-from-client).",
     "A port check does this; so does a client that is starved of processor time or entropy.",
     "golang/go#22614"},
    {"hello-incomplete", "front", "The client began a ClientHello and never sent all of it.",
     "The record's header announces more bytes than came, and nothing was sent to the server yet.",
     "Look at the client, and at the path between it and helloscope.", "tvheadend/tvheadend#1813"},
    {"front-refused", "front", "helloscope itself refused the request, and said why.",
     "helloscope's own answer: 400, 403, 407 or 500, or a SOCKS refusal.",
     "The answer names the option that decides: --allow-from, --proxy-auth.",
     "RFC 9110 section 9.3.6"},
    {"proxy-loop", "front", "The request came back to helloscope: its way out leads to itself.",
     "Our own name in the Via field, or a connection to our own listener.",
     "Name another parent proxy, or none: --via direct.", "RFC 9110 section 7.6.3"},
    {"fault-injected", "front",
     "helloscope broke this flow on purpose: a fault of --fault, of a route or of a toxic acted.",
     "The recording names the fault and the byte at which it began. The kernels see a healthy "
     "path.",
     "Take the fault away.", ""},
    // ---- resolve
    {"dns-failure", "resolve", "The name of the server, or of the parent proxy, has no address.",
     "The resolver said so (confirmed), or it could not be asked (likely).",
     "Ask it yourself: getent ahosts NAME. Behind a company's proxy names of the internet often "
     "have no address inside: let the proxy resolve them (--via).",
     ""},
    {"dns-slow", "resolve",
     "Looking up the name took so long that the client gave up, or it still lasts.",
     "No answer of the resolver for 1.75 s, or half of the flow's time went there.",
     "The first name server of /etc/resolv.conf may be one that does not answer: each try costs "
     "five seconds.",
     ""},
    // ---- connect
    {"connect-refused", "connect", "The host answered the connection attempt with a reset.",
     "ECONNREFUSED: nothing listens on the port, or a firewall answers so.",
     "Is the service running, and is the port right?", "RFC 9293 section 3.5.2"},
    {"connect-timeout", "connect", "Nobody answered the connection attempt.",
     "The SYN was sent again and again. A host that is down, a firewall that drops and a full "
     "accept queue look the same from here.",
     "Where the network wants its own proxy, a direct connection never gets out: --via.",
     "RFC 6298"},
    {"host-unreachable", "connect",
     "There is no way to the address: a router or this machine said so.",
     "EHOSTUNREACH, ENETUNREACH or the like; the kernel often knows who sent the ICMP error.",
     "Look at the route: ip route get ADDRESS.", "RFC 792"},
    {"connect-slow", "connect",
     "The connection stood only after seconds, and the client had no patience left.",
     "SYNs were sent again (1 s, 2 s, 3 s … apart), then one was answered.",
     "Look for loss, or for a server whose accept queue is full at times.", "RFC 6298"},
    {"address-family-broken", "connect",
     "IPv6 (or IPv4) does not work for this name while the other does, and the attempts cost the "
     "client's patience.",
     "Every address of the one family failed without an answer, one of the other connected.",
     "Repair the family, or do not announce it.",
     "RFC 8305; docker/hub-feedback#947, lysine-dev/okhttp#506"},
    // ---- parent
    {"parent-unreachable", "parent", "The parent proxy cannot be connected to.",
     "Its name has no address, or every address refused, timed out or has no route.",
     "Is the proxy variable right, and does it hold on this network?", ""},
    {"parent-tls", "parent", "TLS with the parent proxy itself failed.",
     "The parent is named https://, and its handshake or its certificate failed.",
     "Name it http:// if it speaks plain HTTP; give its CA with --proxy-cacert.", ""},
    {"parent-auth", "parent", "The parent proxy wants a user name and a password.",
     "It answered 407 (or 401), or SOCKS refused the login.",
     "Give them with --via-credentials FILE.", "bazelbuild/bazel#14675, #26674"},
    {"parent-refused", "parent", "The parent proxy refused to make the connection, or could not.",
     "It answered CONNECT with an error, or SOCKS with a reply code.",
     "Who runs the proxy decides what passes.", "RFC 9110 section 9.3.6, RFC 1928 section 6"},
    {"parent-garbled", "parent", "The parent proxy does not answer as a proxy of its kind does.",
     "What came is no HTTP or SOCKS answer, or the connection ended first.",
     "Is it a proxy, and of that kind (http://, https://, socks5h://)?", ""},
    {"parent-silent", "parent", "The parent proxy was asked for a connection and says nothing.",
     "Connected and acknowledged, no answer for a second and more.",
     "It may itself wait for the server: try another host through it.",
     "apache/trafficserver#7677"},
    {"http-unanswered", "parent", "A server of plain HTTP did not answer the request.",
     "Connected; then closed, silent or no HTTP.", "Ask it without helloscope.", ""},
    // ---- hello
    {"mtu-black-hole-to-server", "hello",
     "Packets above some size are lost on the way to the server and nobody says so: the path has a "
     "smaller MTU than the ends believe, and the ICMP message that would tell is dropped. A large "
     "ClientHello hangs, a small one passes.",
     "The long segment is sent again and again and never acknowledged, while a shorter one behind "
     "it arrives (SACK, or a duplicate acknowledgement). A filter that drops the segment with the "
     "name looks the same: a clamp that cures tells them apart, a split does not.",
     clamp,
     "RFC 2923 section 2.1, RFC 8899; moby/moby#20178, microsoft/WSL#4698, "
     "hashicorp/setup-packer#49"},
    {"tail-dropped-to-server", "hello",
     "Full segments of the ClientHello arrive, the shorter rest never does: something on the way "
     "does not take what does not begin like TLS, or cannot join a hello of two segments.",
     "Acknowledged up to a multiple of the MSS; the piece that is lost is shorter than those that "
     "arrived, so it is no matter of length.",
     smaller_hello, "tailscale/tailscale#20777, openssl/openssl#27557"},
    {"hello-dropped", "hello",
     "The ClientHello is not acknowledged though it was sent again and again, and nothing tells "
     "why.",
     "Nothing shorter got through either, so the length cannot be blamed; the connection itself "
     "was made.",
     "Try another name, another client, a smaller hello on the same path.", ""},
    {"reset-after-hello", "hello", "The connection was reset when the ClientHello had been sent.",
     "Whether the server's kernel had acknowledged the hello tells the server from something in "
     "front of it.",
     "Try another name and a smaller hello on the same path.",
     "golang/go#79626, hashicorp/terraform-provider-aws#39311"},
    {"closed-after-hello", "hello",
     "The server closed the connection (FIN) instead of answering the hello.",
     "An orderly end without an alert: a balancer without a backend, or a program that gave up "
     "reading.",
     "Look at the server's log.", "narrowlink/narrowlink#113"},
    {"server-silent", "hello",
     "The server's kernel took the whole ClientHello, and no byte came back.",
     "All is acknowledged and nothing waits behind a gap. A server that hangs and a flight that is "
     "lost as a whole are identical in every counter: only a second connection with a small MSS "
     "tells.",
     "Ask it again beside the flow (--investigate), or try --heal or --mss 1360; look whether the "
     "server answers anybody.",
     "erebe/wstunnel#516, fluent/fluentd#3601"},
    {"not-tls", "hello", "The server answered the ClientHello with something that is no TLS.",
     "The first byte of its answer begins no record.",
     "Is it the right port? A captive portal answers so, too.", "WhiteDNS/WhiteVPN-Desktop#26"},
    {"hello-size-intolerant", "hello",
     "The server, or a firewall before it, takes a small ClientHello and not a large one, though "
     "every byte arrived.",
     "All is acknowledged; a smaller hello is answered at the same place. Not the path: a clamp "
     "does not help.",
     smaller_hello,
     "tldr.fail; haproxy/haproxy#3148, golang/go#39271 (256 to 511 bytes), RFC 7685"},
    {"split-intolerant", "hello",
     "The server reads the first TCP segment and takes it for the whole ClientHello.",
     "A small hello is answered whole and not in two segments.", smaller_hello,
     "tldr.fail; apache/trafficserver#11758, envoyproxy/envoy#33850"},
    {"record-split-required", "hello",
     "Something on the way wants a whole TLS record in the first segment.",
     "TCP segments alone do not help, TLS records that fit them do.",
     "helloscope run --shape 'records:sni+2|split:records'", "Leadaxe/LxBox#142"},
    {"hello-content-refused", "hello",
     "What the ClientHello says is refused, not how long it is: signature algorithms, versions or "
     "a fingerprint that a firewall does not know.",
     "A hello of the same size from another client, or one without TLS 1.3 or the post-quantum "
     "share, is answered on the same path (--investigate).",
     "Update the rules of the inspecting firewall; use another version of the client.",
     "golang/go#79626, open-quantum-safe/oqs-provider#399"},
    {"name-filtered", "hello", "This name is filtered: others at the same address are answered.",
     "The segment with the name (SNI) is dropped or answered with a reset; the same address "
     "answers other names with hellos as large, or this one when the hello is cut in the middle of "
     "the name.",
     "Ask who runs the network. Many filters do not join segments: --shape split:midsni.",
     "tokio-rs/tls#120, telemt/telemt#844"},
    {"address-broken", "hello", "One address of the name does not work, another does.",
     "Flows to other addresses of the name went well in the last minutes, none to this one.",
     "Pin another address (--resolve), tell who runs the server.", "RFC 8305"},
    // ---- server flight
    {"mtu-black-hole-to-client", "server flight",
     "The server's answer is lost on its way because its segments are too long for the path and "
     "the ICMP message that would tell the server is dropped.",
     "The hello is acknowledged; shorter segments of the answer wait behind a gap that never "
     "closes. Where the flight has no short segment nothing shows at all, and only a smaller MSS "
     "tells.",
     clamp,
     "cloudius-systems/osv#372, canonical/lxd#11063, passteque/gluetun#1989, "
     "guardian/dotcom-rendering#6297"},
    {"server-flight-stalled", "server flight",
     "The server began to answer and stopped in the middle.",
     "Some of the flight came in order, nothing waits behind a gap: the rest may be lost as a "
     "whole. Or one segment is missing though full ones came, so that it is not lost for its "
     "length.",
     clamp, "Mbed-TLS/mbedtls#1840"},
    {"server-slow", "server flight", "The server answers, but so late that the client leaves.",
     "The hello was acknowledged at once, the round trip is short, and the answer came late or "
     "drop by drop.",
     "Is the server short of processor time, or does it wait for something itself (OCSP, a "
     "database)?",
     "kubernetes/kubernetes#13382, Azure/AKS#112, openssl/openssl#29227"},
    {"no-shared-parameters", "server flight",
     "The two sides have no cipher suite, group or signature algorithm in common.",
     "Alert 40 handshake_failure or 71 insufficient_security, in the clear. Up to TLS 1.2 a server "
     "that misses the client's certificate says 40, too.",
     "Compare what each side allows; Go 1.22 and later: GODEBUG=tlsrsakex=1 for old servers.",
     "RFC 8446 section 6.2; golang/go#66512"},
    {"version-refused", "server flight",
     "One side does not speak a TLS version that the other wants.", "Alert 70 protocol_version.",
     "Raise the older side; Java: -Dhttps.protocols=TLSv1.2.",
     "RFC 8446 section 6.2; bazelbuild/bazel#12826"},
    {"name-refused", "server flight", "The server does not know the name that the client asks for.",
     "Alert 112 unrecognized_name.", "Is the address the right one for this name?",
     "RFC 6066 section 3"},
    {"alpn-refused", "server flight",
     "The server speaks none of the application protocols offered.",
     "Alert 120 no_application_protocol.", "Let the client offer http/1.1 as well.",
     "RFC 7301 section 3.2"},
    {"client-certificate-required", "server flight",
     "The server wants a certificate from the client, which sent none.",
     "Alert 116 certificate_required; in TLS 1.3 it is encrypted: the client's first encrypted "
     "record is an empty certificate, and an alert-sized record is all that follows its Finished.",
     "Give the client its certificate and key (curl: --cert, --key).", "RFC 8446 section 6.2"},
    {"client-certificate-rejected", "server flight",
     "The server did not accept the certificate that the client sent.",
     "A certificate alert (42 to 46, 48) from the server; in TLS 1.3 an alert-sized record after "
     "the client's certificate.",
     "Is it expired, and does the server know its CA?", "RFC 8446 section 6.2"},
    {"retry-mishandled", "server flight",
     "The server asked for another ClientHello (HelloRetryRequest), and the handshake ended there.",
     "A retry was seen, then silence, an end or an alert such as unexpected_message or "
     "illegal_parameter.",
     "Update the side that broke off; let the client send a key share of the server's group at "
     "once.",
     "RFC 8446 section 4.1.4; erlang/otp#6807, Mbed-TLS/mbedtls#10898"},
    {"alert-other", "server flight", "One side ended the handshake with an alert of another kind.",
     "The alert's own name is in the evidence.", "", "RFC 8446 section 6"},
    {"path-lossy", "server flight",
     "The path loses so many segments that the client had no patience left.",
     "Three and more were sent again or came behind a gap, and yet things moved.",
     "Measure it: mtr --tcp --port 443 HOST.", ""},
    {"path-slow", "server flight",
     "The round trip is so long that the client left before a handshake could be over.",
     "The smallest round trip is 300 ms and more, and nothing was lost.",
     "A handshake takes two or three round trips, a connection one more.", ""},
    // ---- client finish
    {"certificate-untrusted", "client finish",
     "The client does not trust who signed the server's certificate.",
     "Alert 48 unknown_ca, or a rejected certificate whose chain does not verify here either.",
     trust, "RFC 8446 section 6.2; bazelbuild/bazelisk#194, bazelbuild/bazel#16915"},
    {"certificate-expired", "client finish", "The server's certificate is not valid at this time.",
     "Alert 45 certificate_expired, or dates that say so in the chain fetched beside the flow.",
     "Is this machine's clock right? Else the server needs a new certificate.",
     "RFC 5280 section 4.1.2.5"},
    {"certificate-wrong-name", "client finish", "The server's certificate is for other names.",
     "The chain fetched beside the flow verifies but for its name. curl finishes the handshake in "
     "that case and leaves: then it looks like closed-without-request.",
     "Is it the right server for this name?", "RFC 9525"},
    {"certificate-rejected", "client finish",
     "The client broke off when it had seen the server's certificate, and did not say why in the "
     "clear.",
     "In TLS 1.3 an encrypted record of 19 bytes (11 with CCM_8, 35 from Java), the size of an "
     "alert, instead of a Finished of 53, 69 or 45; or alert 42, 43, 44 or 46. Suspected where the "
     "client left without a word when the server's flight was complete, as Node does.",
     "The client's own error message says which; --investigate fetches the chain.",
     "RFC 8446 section 6"},
    {"intercepted", "client finish",
     "A product on the way opens TLS and presents a certificate of its own, which the client does "
     "not trust.",
     "The certificate was rejected, and its issuer is such a product; or the parent proxy shows an "
     "untrusted one where the server itself shows another.",
     trust, "bazelbuild/bazelisk#476, microsoft/vscode#207636"},
    {"client-gave-up", "client finish",
     "The client left before the handshake was over, and nothing seen explains why.",
     "Only when no other rule finds anything.", "Its own log or error message tells.", ""},
    // ---- data
    {"stalled-in-data", "data",
     "The transfer stands still: what was sent is not acknowledged any more.",
     "Three timeouts in a row, and nothing shorter got through.", "Is the other end still there?",
     ""},
    {"mtu-black-hole-in-data", "data",
     "The handshake went well and the data hangs: its segments are longer than any of the "
     "handshake, and too long for the path.",
     "Segments wait behind one that never comes, or a long segment is lost again and again while a "
     "shorter one arrived. Where an answer has long segments only, nothing of it shows but that an "
     "acknowledgement was lost with it: the client's last words were sent twice and had arrived.",
     clamp, "RFC 2923 section 2.1"},
    {"reset-in-data", "data",
     "The server, or something in front of it, reset the connection in the middle of a transfer.",
     "Inside a record, or instead of an answer. A reset behind the last answer is how many end a "
     "connection and is none.",
     "", "RFC 9293 section 3.5.2"},
    {"closed-in-data", "data", "The server closed the connection in the middle of a TLS record.",
     "An orderly end (FIN) where the record announced more.", "Look at the server's log.",
     "RFC 8446 section 6.1"},
    // ---- causes that no rule tells alone
    {"fragments-dropped", "cause",
     "A device on the way fragments long packets (it clears the don't-fragment bit) and another "
     "drops fragments.",
     "From here it looks exactly as mtu-black-hole-to-server; a capture behind the narrow place "
     "shows first fragments.",
     clamp, "RFC 8900"},
    {"mtu-black-hole-from-client", "cause",
     "What the client sends to helloscope is too long for the path between them.",
     "The client's first segment never came, later ones wait behind the gap.",
     "helloscope run --client-mss 1360", "RFC 2923 section 2.1"},
    {"tail-dropped-from-client", "cause",
     "Something between the client and helloscope drops the rest of its hello.",
     "The record is cut at a whole number of segments.", "Capture on the client's machine.", ""},
    {"client-stalled", "cause", "The client itself stopped in the middle of its hello.",
     "Nothing waits behind a gap, the record is cut anywhere.",
     "Look at the client: processor time, entropy.", "golang/go#22614, coreos/ignition#645"},
    {"path-dead", "cause", "The path, or the other end, died after the connection was made.",
     "Nothing at all is acknowledged any more.", "Connect anew.", ""},
    {"host-down", "cause", "The host is switched off, or the address is nobody's.",
     "No answer to a SYN, and no ICMP error.", "", ""},
    {"firewall-drops-syn", "cause", "A firewall drops the connection attempt without a word.",
     "As host-down; another port or another source may be answered.", "Allow the destination.", ""},
    {"accept-queue-full", "cause",
     "The server listens and does not accept: its queue is full, so it drops SYNs.",
     "As host-down, but some attempts pass after seconds.", "Restart or scale the service.",
     "benoitc/hackney#922"},
    {"backend-down", "cause", "A balancer accepts connections for a backend that is down.",
     "All hellos, small or large, are acknowledged and not answered, or closed at once.",
     "Look at the balancer's health checks.", "Start9Labs/start-technologies#3776"},
    {"plain-http-port", "cause", "The port speaks plain HTTP.",
     "It answers a ClientHello with HTTP 400.", "https:// needs the TLS port.", ""},
    {"captive-portal", "cause", "A portal or filter answers in the server's place.",
     "HTTP comes from an address that should speak TLS.", "Log in to the network with a browser.",
     ""},
    // ---- notes
    {"hello-post-quantum", "note",
     "The ClientHello is large because of a post-quantum key share (X25519MLKEM768: 1216 bytes), "
     "so it takes two segments where 1500-byte packets are the rule.",
     "key_share holds such a group.", smaller_hello, "draft-ietf-tls-ecdhe-mlkem, tldr.fail"},
    {"closed-without-request", "note",
     "The handshake was over and the client left without asking for anything. A check does this; "
     "so does a client that rejects the certificate only then (curl, for a wrong name; wget and "
     "git of Debian, which speak by GnuTLS, for any reason).",
     "Finished, at most one alert-sized record, no data.", "", ""},
    {"silent-at-the-end", "note",
     "The server had been silent for two seconds or more when the client left, or when helloscope "
     "ended the connection (Ctrl-C, --idle-timeout). An idle connection ends so, and one whose "
     "answer never came.",
     "The kernel's time since the last data of the server, at the end. Where an answer "
     "has long segments only and all of them are lost, nothing else may show "
     "(mtu-black-hole-in-data).",
     "If the client complains of a timeout: does --mss 1360 help?", ""},
    {"handshake-retried", "note",
     "The server asked for another ClientHello, which costs one round trip.", "HelloRetryRequest.",
     "Let the client send a key share of the server's group at once.", "RFC 8446 section 4.1.4"},
    {"path-mtu-known", "note",
     "The kernel has learned a smaller path MTU: ICMP arrives, path MTU discovery works.",
     "tcpi_pmtu below 1500, and segments that fit it.", "", "RFC 1191, RFC 8201"},
    {"segments-lost", "note", "The path lost segments; TCP sent them again.",
     "Retransmissions and segments behind a gap, as the kernel counts them.", "", ""},
    {"healed", "note",
     "Healing joined another attempt to the client: without it the flow had failed.",
     "The first attempt was stuck, the same first flight in another shape was answered.",
     "Repair the cause; until then --heal remembers what works.", ""},
    {"seen-before", "note", "What other flows to the same place saw in the last minutes.",
     "Kept in memory by address, name, network and parent.", "", ""},
};

} // namespace

std::span<const explanation> explanations() { return entries; }

} // namespace helloscope::diagnose
