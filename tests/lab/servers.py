"""What answers in a lab's server: real ones, and odd ones. Each function returns one that starts it.

`lab` is what inside.Inside offers: its network, certs, site and folder, the sockets of port 443.
"""
import socket
import sys
from pathlib import Path

HERE = Path(__file__).parent
IN_ORDER = "short"  # the chain of a server with nothing to prove


def nginx(chain=IN_ORDER, protocols="TLSv1.2 TLSv1.3", more="", tls=" ssl http2"):
    """nginx with HTTP/2. `tls`: how it listens at port 443."""

    def start(lab):
        at = [f"[{one}]" if ":" in one else one for one in lab.addresses()]
        listens = "".join(f"listen {one}:443{tls}; listen {one}:80;" for one in at)
        conf = lab.folder / "nginx.conf"
        # One process: in a user namespace it may not give up its groups, as workers do.
        conf.write_text(f"""
            user root; daemon off; master_process off; pid {lab.folder}/nginx.pid; error_log stderr;
            events {{ worker_connections 512; }}
            http {{
                access_log off; types {{ }} default_type application/octet-stream;
                client_body_temp_path {lab.folder}/t1; proxy_temp_path {lab.folder}/t2;
                fastcgi_temp_path {lab.folder}/t3; uwsgi_temp_path {lab.folder}/t4;
                scgi_temp_path {lab.folder}/t5;
                server {{
                    {listens}
                    ssl_certificate {lab.certs}/{chain}.pem; ssl_certificate_key {lab.certs}/{chain}.key;
                    ssl_protocols {protocols};
                    root {lab.site};
                    location = / {{ return 200 "hello\\n"; }}
                    {more}
                }}
            }}""")
        # It writes the file when it listens.
        lab.background("server", ["nginx", "-e", "stderr", "-p", lab.folder, "-c", conf],
                       ready=lambda _: (lab.folder / "nginx.pid").exists())  # fmt: skip

    return start


def nginx_with_protocols(*names):
    """nginx that refuses clients which offer protocols by ALPN, but none of these."""

    def start(lab):
        at = " ".join(f"listen {f'[{one}]' if ':' in one else one}:443 ssl;" for one in lab.addresses())
        conf = lab.folder / "nginx.conf"
        conf.write_text(f"""
            load_module modules/ngx_stream_module.so;
            user root; daemon off; master_process off; pid {lab.folder}/nginx.pid; error_log stderr;
            events {{ worker_connections 512; }}
            stream {{ server {{
                {at}
                ssl_certificate {lab.certs}/{IN_ORDER}.pem; ssl_certificate_key {lab.certs}/{IN_ORDER}.key;
                ssl_alpn {" ".join(names)}; return "220 mail.test ready\r\n";
            }} }}""")
        lab.background("server", ["nginx", "-e", "stderr", "-p", "/usr/share/nginx", "-c", conf],
                       ready=lambda _: (lab.folder / "nginx.pid").exists())  # fmt: skip

    return start


def openssl(*words, chain=IN_ORDER):
    """openssl s_server: one connection at a time. It answers with a page about the handshake."""

    def start(lab):
        pem = (lab.certs / f"{chain}.pem").read_text()
        end = pem.index("-----END CERTIFICATE-----\n") + 26
        (lab.folder / "issuers.pem").write_text(pem[end:])
        issuers = ["-cert_chain", lab.folder / "issuers.pem"] if pem[end:].strip() else []
        address = f"[{lab.address}]" if ":" in lab.address else lab.address
        lab.background(
            "server",
            ["openssl", "s_server", "-accept", f"{address}:443", "-cert", lab.certs / f"{chain}.pem",
             *issuers, "-key", lab.certs / f"{chain}.key", "-www", *words], ready=lambda said: b"ACCEPT" in said,
        )  # fmt: skip

    return start


def odd(when, what, chain=IN_ORDER, port=443):
    """See odd_server.py."""

    def start(lab):
        sockets = lab.listen(port)
        fds = ",".join(str(one.fileno()) for one in sockets)
        files = [lab.certs / f"{chain}.{end}" for end in ("pem", "key")]
        lab.background("server", [sys.executable, "-B", HERE / "odd_server.py", fds, *files, lab.site,
                                  when, what], sockets)  # fmt: skip

    return start


def never_accepts(lab):
    """The kernel makes the connections and acknowledges; the program that should take them is busy."""
    lab.keep(lab.listen())


def queue_full(lab):
    """So long ago that there is no room for more: the kernel drops what else wants to connect."""
    for one in lab.listen(backlog=0):
        lab.keep([one])
        for _ in range(4):
            waiting = lab.network["server"].call(lambda: socket.socket(one.family))
            waiting.setblocking(False)
            waiting.connect_ex(one.getsockname())
            lab.keep([waiting])


def nothing(lab):
    """No one listens: connections are refused."""


def parent(answer, *more):
    """A parent proxy at port 3128 that says this to all that it is asked, or hangs; beside nginx."""

    def start(lab):
        nginx()(lab)
        sockets = lab.listen(3128)
        lab.background("server", [sys.executable, "-B", HERE / "odd_parent.py",
                                  ",".join(str(one.fileno()) for one in sockets), answer, *more], sockets)  # fmt: skip

    return start


def dns(how):
    """A name server in the server that knows no good answer; beside nginx."""

    def start(lab):
        nginx()(lab)
        family = socket.AF_INET
        one = lab.network["server"].call(lambda: socket.socket(family, socket.SOCK_DGRAM))
        lab.network["server"].call(lambda: one.bind(("10.77.4.2", 53)))
        lab.background("server", [sys.executable, "-B", HERE / "odd_dns.py", one.fileno(), how,
                                  lab.address], [one])  # fmt: skip
        lab.names({}, name_server="10.77.4.2")

    return start
