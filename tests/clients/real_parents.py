"""Other people's proxies as parents of helloscope, started once for the tests of a class."""
import support
from peers import Dante, Mitmdump, Squid, Tinyproxy

HOSTS = {"registry.test": "127.0.0.1"}
PROGRAMS = ["openssl", "squid", "tinyproxy", "danted", "mitmdump", "unshare"]
LOGIN = "user:s3cret"


class RealParents(support.Case):
    """`to_parent_test` is what else helloscope is told about `parent_test`, the parent over TLS."""

    names = ["registry.test", "parent.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        user, password = LOGIN.split(":")
        hosts = cls.readable("hosts", "127.0.0.1 registry.test\n")
        hashed = cls.run_program("openssl", "passwd", "-apr1", password).stdout.decode()
        passwords = cls.readable("passwords", f"{user}:{hashed}")
        chain, key = (cls.readable(name, (cls.certs / name).read_text())
                      for name in ("leaf.pem", "leaf.key"))  # fmt: skip
        cls.squid_login = cls.start(Squid(cls, f"""
            hosts_file {hosts}
            auth_param basic program /usr/lib/squid/basic_ncsa_auth {passwords}
            auth_param basic realm corp
            acl known proxy_auth REQUIRED
            http_access deny !known
        """))
        cls.squid_tls = cls.start(Squid(
            cls, f"hosts_file {hosts}",
            f"https_port 127.0.0.1:{{port}} tls-cert={chain} tls-key={key}"))
        cls.tinyproxy = cls.start(Tinyproxy(cls, HOSTS))
        cls.dante = cls.start(Dante(cls, HOSTS, "socks block { from: 0/0 to: 0/0 port = 81 }"))
        cls.mitmdump = cls.start(Mitmdump(cls, HOSTS, cls.ca))
        cls.parent_test = f"https://parent.test:{cls.squid_tls.port}"
        # Squid with GnuTLS sends its leaf alone.
        intermediate = "-----BEGIN" + (cls.certs / "leaf.pem").read_text().split("-----BEGIN")[2]
        trusted = cls.readable("trusted.pem", cls.ca.read_text() + intermediate)
        cls.to_parent_test = ["--proxy-cacert", trusted,
                              "--resolve", f"parent.test:{cls.squid_tls.port}:127.0.0.1"]  # fmt: skip

    @classmethod
    def readable(cls, name, content):
        """A file that a peer may read which is not us any more."""
        cls.folder.chmod(0o755)
        path = cls.folder / name
        path.write_text(content)
        path.chmod(0o644)
        return path
