#!/usr/bin/env python3
"""npm, and what Node has to fetch with: each gets the right bytes through helloscope, and its hellos
are recorded as tshark reads them from the wire. Node 24's is larger than a packet.

usage: test_npm_node.py HELLOSCOPE [unittest arguments]
"""
import base64
import hashlib
import io
import json
import platform
import shutil
import tarfile

import support

MACHINES = {"x86_64": "x64", "aarch64": "arm64"}
NODE20, NODE24, NPM, UNDICI = "20.20.2", "24.21.0", "11.6.2", "7.16.0"

SHOW = ".then(a => a.arrayBuffer()).then(b => process.stdout.write(Buffer.from(b)));"
FETCH = "fetch(process.argv[2])" + SHOW
HTTPS = "require('https').get(process.argv[2], answer => answer.pipe(process.stdout));"
AGENT = """
const { EnvHttpProxyAgent, ProxyAgent, fetch, setGlobalDispatcher } = require(process.argv[3]);
const url = process.env.PROXY;
setGlobalDispatcher(url ? new ProxyAgent(url) : new EnvHttpProxyAgent());
""" + FETCH


def tgz(files):
    """What npm takes for a package: all is in a folder of that name."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            about = tarfile.TarInfo(f"package/{name}")
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    return out.getvalue()


class NpmNode(support.Case):
    names = ["registry.test"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_site()
        manifest = {"name": "tiny", "version": "1.0.0"}
        cls.index = b"module.exports = 'tiny';\n"
        archive = tgz({"package.json": json.dumps(manifest).encode(), "index.js": cls.index})
        (cls.site / "tiny.tgz").write_bytes(archive)
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
        dist = {"tarball": "https://registry.test/files/tiny.tgz", "integrity": integrity}
        (cls.site / "tiny").write_text(json.dumps({
            "name": "tiny", "dist-tags": {"latest": "1.0.0"},
            "versions": {"1.0.0": manifest | {"dist": dist}},
        }))  # fmt: skip
        cls.origins = {"registry.test:443": cls.serve("--dir", cls.site)}
        cls.url = "https://registry.test/files/body"

    @property
    def trusting(self):
        return self.env | {"NODE_EXTRA_CA_CERTS": str(self.ca)}

    def script(self, text):
        file = self.path("script.js")
        file.write_text(text)
        return file

    def fetches(self, *command, setting, alpn, size):
        def fetch(way):
            got, (flow,) = way(*command, setting=setting, env=self.trusting)
            self.assertEqual(got, self.body)
            self.assertEqual((flow.sni, flow.hello.get("alpn")), ("registry.test", alpn))
            self.assertEqual(flow.hello_on_the_wire, size)

        self.each_way(self.origins, fetch)

    def test_npm_installs_a_package(self):
        to, cache = self.path("to"), self.path("cache")
        command = [self.npm, "install", "--prefix", to, "--cache", cache, "--no-audit",
                   "--no-update-notifier", "--cafile", self.ca, "tiny",
                   "--registry", "https://registry.test/files/"]  # fmt: skip

        env = self.trusting | {"PATH": f"{self.node20.parent}:{support.PATH}"}

        def install(way):
            _, flows = way(*command, setting=["--https-proxy", "{}"], env=env)
            self.assertEqual((to / "node_modules/tiny/index.js").read_bytes(), self.index)
            self.assertEqual({flow.sni for flow in flows}, {"registry.test"})
            shutil.rmtree(to)
            shutil.rmtree(cache)

        self.each_way(self.origins, install)

    def test_node_20_with_undici(self):
        self.fetches(
            self.node20, self.script(AGENT), self.url, self.undici, setting={"PROXY": "{}"},
            alpn=["http/1.1"], size=386,
        )  # fmt: skip

    def test_node_24_obeys_the_environment(self):
        told = {"NODE_USE_ENV_PROXY": "1", "HTTPS_PROXY": "{}"}
        for script, alpn, size in ((FETCH, ["http/1.1"], 1605), (HTTPS, None, 1590)):
            with self.subTest(script):
                self.fetches(self.node24, self.script(script), self.url, setting=told, alpn=alpn, size=size)


def prepare():
    if platform.machine() not in MACHINES:
        support.skip(f"no Node for {platform.machine()}")
    support.need_to_capture()
    node = f"node-linux-{MACHINES[platform.machine()]}"
    NpmNode.node20 = support.npm_package(node, NODE20) / "bin/node"
    NpmNode.node24 = support.npm_package(node, NODE24) / "bin/node"
    NpmNode.npm = support.npm_package("npm", NPM) / "bin/npm-cli.js"
    NpmNode.undici = support.npm_package("undici", UNDICI)


if __name__ == "__main__":
    prepare()
    support.main()
