"""The chains that servers of a lab show, all of one CA but `stranger`."""
import os
import subprocess
from pathlib import Path

# Those that the lab's server has; scenarios break the way to the first.
NAMES = ["registry.test", "releases.test", "other.test"]
# More names make a leaf longer: a server flight of one segment that a path of 1,400 bytes cannot carry.
PADDING = [f"this-name-makes-the-certificate-longer-{number:02}.test" for number in range(11)]
CHAINS = ("oversized", "expired", "wrong-name", "missing-intermediate")


def make(helloscope, folder):
    kinds = sum((["--kind", one] for one in ("ca", "leaf", *CHAINS)), [])
    certs(helloscope, folder, *kinds)
    certs(helloscope, folder / "strangers", "--kind", "ca", "--kind", "leaf")
    for end in ("pem", "key"):
        (folder / "strangers" / f"leaf.{end}").rename(folder / f"stranger.{end}")
    issue(folder, "short", NAMES)
    issue(folder, "padded", NAMES + PADDING)


def certs(helloscope, folder, *words):
    run(helloscope, "certs", "--out", folder, *words, *sum((["--name", one] for one in NAMES), []))


def issue(folder, name, names):
    """A leaf of the CA's own, without an intermediate: the server's flight is one segment."""
    alternative = "subjectAltName=" + ",".join(f"DNS:{one}" for one in names)
    run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
        f"/CN={names[0]}", "-addext", alternative, "-keyout", folder / f"{name}.key", "-out",
        folder / f"{name}.csr")  # fmt: skip
    run("openssl", "x509", "-req", "-in", folder / f"{name}.csr", "-CA", folder / "ca.pem", "-CAkey",
        folder / "ca.key", "-days", "30", "-copy_extensions", "copy", "-out", folder / f"{name}.pem")  # fmt: skip


def run(*words):
    """In an environment of its own: whoever starts a lab may have a configuration."""
    env = {"PATH": os.environ["PATH"], "HOME": "/nowhere"}
    env |= {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    subprocess.run([str(word) for word in words], check=True, capture_output=True, env=env)


def environment(folder):
    """How clients are told of the CA."""
    ca = str(Path(folder) / "ca.pem")
    return {name: ca for name in ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
                                  "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO", "LAB_CA")}  # fmt: skip
