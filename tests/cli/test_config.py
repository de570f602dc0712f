#!/usr/bin/env python3
"""Configuration as users meet it: the file, the environment, what is printed, and what is wrong.

usage: test_config.py HELLOSCOPE [unittest arguments]
"""
import os
import re
import sys
import tomllib
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))
import support  # noqa: E402
from support import HELLOSCOPE, Process  # noqa: E402

CONFIGURABLE = ("run", "report", "serve", "certs")


def live(text):
    """What printed settings set, without where it is from."""
    return tomllib.loads(text)


def keys(text):
    """Every key of printed settings, set or not."""
    return re.findall(r"^(?:# )?([a-z][a-z0-9-]*)(?: =|: not set)", text, re.MULTILINE)


class Case(support.Case):
    def row(self, name):
        print(f"    {name}", flush=True)
        return self.subTest(name)

    def file(self, toml, name="c.toml"):
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(toml)
        return path

    def printed(self, subcommand, *words, **options):
        return self.helloscope(subcommand, *words, "--print-config", **options).stdout.decode()

    def fails(self, subcommand, words, message, **options):
        done = self.helloscope(subcommand, *words, status=2, **options)
        told = f"helloscope: {subcommand}: {message}\ntry: helloscope {subcommand} --help\n"
        self.assertEqual(done.stderr.decode(), told)
        self.assertEqual(done.stdout, b"")


class Wrong(Case):
    def test_a_wrong_file_is_said_with_its_place(self):
        path = self.file("")
        seconds = "is not a number of seconds, such as 10 or 0.5"
        rows = {
            "[run]\nthreads = 0": "2:11: threads: '0' is not a whole number from 1 to 256",
            "[run]\nthreads = 2.5": "2:11: threads: '2.5' is not a whole number from 1 to 256",
            '[run]\nthreads = "many"': "2:11: threads: 'many' is not a whole number from 1 to 256",
            "[run]\nthreads = true": "2:11: threads: expected a number (N), found a boolean",
            "[run]\nidle-timeout = -1": f"2:16: idle-timeout: '-1' {seconds}",
            "[run]\nidle-timeout = inf": f"2:16: idle-timeout: 'inf' {seconds}",
            '[run]\nrecord-file-size = "5x"':
                "2:20: record-file-size: '5x' is not a size, such as 1000000 or 64MiB",
            '[run]\nrecord-detail = "rums"':
                "2:17: record-detail: 'rums' is not one of runs, all; did you mean 'runs'?",
            "[run]\nport-file = 5": "2:13: port-file: expected a string (FILE), found an integer",
            '[run]\n\njson = "yes"': "3:8: json: expected true or false, found a string",
            '[run]\nlisten = "here"':
                "2:10: listen: 'here' is not an address and a port, such as 127.0.0.1:8443 or [::1]:0",
            '[run]\nresolve = [\n  "a:1:192.0.2.1",\n  7,\n]':
                "4:3: resolve: expected a string (HOST:PORT:ADDR[,ADDR]) or an array of them, "
                "found an integer",
            "[run]\nresolve = []": "2:11: resolve: expected a value, found an empty array",
            "[run]\nthread = 2": "2:1: unknown key 'thread' in [run]; did you mean 'threads'?",
            '[run]\nvia = [\n  "a.test",\n  "ftp://me:secret@a.test"]':
                "4:3: via: unsupported scheme at byte 0: expected "
                "[http|https|socks5|socks5h://][USER:PASSWORD@]HOST[:PORT], or direct",
            "[run]\ntransparent = 1":
                "2:15: transparent: expected a string ([redirect|tproxy][@ADDRESS:PORT]) "
                "or an array of them, true or false, found an integer",
            "[run]\nprint-rules = true":
                "2:1: unknown key 'print-rules' in [run]: helloscope run --help has them",
            "[run]\nbandwidth = 2":
                "2:1: unknown key 'bandwidth' in [run]: helloscope run --help has them",
            '[run]\nCOMMAND = "x"':
                "2:1: unknown key 'COMMAND' in [run]: helloscope run --help has them",
            "[rum]": "1:2: unknown table [rum]; did you mean [run]?",
            "[completion]":
                "1:2: unknown table [completion]: expected one of [run], [report], [explain], [serve], [certs], [heal]",
            "threads = 2": "1:1: 'threads' is in no table: keys stand below one of "
                           "[run], [report], [explain], [serve], [certs], [heal]",
            "run = 2": "1:7: run: expected a table, found an integer",
            '[run]\nrecord = "x"\nno-record = true': "3:1: no-record excludes record",
            "[run]\nquiet = true\nverbose = 2": "3:1: verbose excludes quiet",
            "[run]\nlisten = 127.0.0.1:80":
                "2:12: time: expected ':', saw '7' (text stands in quotes)",
            "[run\n": "1:5: table header: expected ']', saw '\\n'",
            '[run]\nport-file = "x': "2:15: string: encountered end-of-file",
        }  # fmt: skip
        for toml, told in rows.items():
            with self.row(repr(toml)):
                path.write_text(toml)
                self.fails("run", ["--config", path], f"{path}:{told}")
        self.fails("run", ["--config", path, "--", "true"], f"{path}:{told}")

    def test_every_key_refuses_what_it_is_not(self):
        for subcommand in CONFIGURABLE:
            for key in keys(self.printed(subcommand)):
                with self.row(f"{subcommand} {key}"):
                    path = self.file(f"[{subcommand}]\n{key} = 2026-11-21\n")
                    done = self.helloscope(subcommand, "--config", path, status=2)
                    told = rf"{re.escape(str(path))}:2:{len(key) + 4}: {key}: expected .*, found a date\n"
                    self.assertRegex(done.stderr.decode(), told)

    def test_a_file_that_cannot_be_read(self):
        gone = self.path("gone.toml")
        folder = gone.parent
        large = self.file("# " + "x" * (17 << 20))
        rows = {
            gone: f"cannot open {gone}: No such file or directory",
            folder: f"cannot read {folder}: Is a directory",
            gone / "x": f"cannot open {gone}/x: No such file or directory",
            large: f"{large} is larger than 16 MiB",
        }
        for path, told in rows.items():
            with self.row(path):
                self.fails("run", ["--config", path], f"--config: {told}: name a TOML file, or none")

    def test_bytes_that_are_no_text(self):
        path = self.file("")
        for content in (b"\x00", b"[run]\nrecord = \"\xff\"", b"\xff\xfe[\x00r\x00", os.urandom(4096),
                        b"[" * 5000, b"run" + b".x" * 5000 + b" = 1", b"[run]\nresolve = " + b"[" * 5000,
                        b"[.run]", "é = 1".encode(), "[run]\nrecord = é".encode()):  # fmt: skip
            with self.row(content[:12]):
                path.write_bytes(content)
                done = self.helloscope("run", "--config", path, status=2)
                self.assertRegex(done.stderr.decode(errors="replace"), rf"^helloscope: run: {path}:\d+:\d+: ")

    def test_a_wrong_variable_is_named(self):
        rows = {
            ("THREADS", "0"): "HELLOSCOPE_RUN_THREADS: '0' is not a whole number from 1 to 256",
            ("JSON", "yes"): "HELLOSCOPE_RUN_JSON: expected true or false, found 'yes'",
            ("VERBOSE", "very"): "HELLOSCOPE_RUN_VERBOSE: expected true, false or how often, found 'very'",
            ("LISTEN", "127.0.0.1"): "HELLOSCOPE_RUN_LISTEN: '127.0.0.1' is not an address and a port, "
                                     "such as 127.0.0.1:8443 or [::1]:0",
            ("LISEN", "x"): "unknown variable HELLOSCOPE_RUN_LISEN; did you mean HELLOSCOPE_RUN_LISTEN?",
            ("BANDWIDTH", "x"): "unknown variable HELLOSCOPE_RUN_BANDWIDTH: helloscope run --help has the flags",
            ("CONFIG", "/gone"): "--config: cannot open /gone: No such file or directory: name a TOML file, or none",
        }  # fmt: skip
        for (name, value), told in rows.items():
            with self.row(name):
                self.fails("run", [], told, env=self.env | {"HELLOSCOPE_RUN_" + name: value})
        env = {"HELLOSCOPE_RUN_NO_RECORD": "1", "HELLOSCOPE_RUN_RECORD": "x"}
        told = "HELLOSCOPE_RUN_RECORD excludes HELLOSCOPE_RUN_NO_RECORD"
        self.fails("run", [], told, env=self.env | env)
        slip = {"HELLOSCOPE_RNU_LISTEN": "x"}
        told = "unknown variable HELLOSCOPE_RNU_LISTEN; did you mean HELLOSCOPE_RUN_LISTEN?"
        self.fails("run", [], told, env=self.env | slip)

    def test_what_needs_another_is_told_where_it_stands(self):
        path = self.file('[serve]\ncert = "x"\n')
        self.fails("serve", ["--config", path], f"{path}:2:1: cert requires --key")
        self.fails("serve", ["--config", "none"], "HELLOSCOPE_SERVE_CERT requires --key",
                   env=self.env | {"HELLOSCOPE_SERVE_CERT": "x"})  # fmt: skip


class Sources(Case):
    def test_flag_before_environment_before_file_before_default(self):
        path = self.file("[run]\nthreads = 2\nmax-flows = 20\nidle-timeout = 2\n")
        env = self.env | {"HELLOSCOPE_RUN_THREADS": "3", "HELLOSCOPE_RUN_MAX_FLOWS": "30"}
        lines = self.printed("run", "--config", path, "--threads", "4", env=env).splitlines()
        self.assertIn("threads = 4  # --threads", lines)
        self.assertIn("max-flows = 30  # HELLOSCOPE_RUN_MAX_FLOWS", lines)
        self.assertIn(f"idle-timeout = 2  # {path}:4", lines)
        self.assertIn("front-timeout = 30  # default", lines)

    def test_the_users_file_is_found_and_can_be_left_out(self):
        home = self.path("home")
        for file, env in ((home / ".config/helloscope/config.toml", {}),
                          (home / "xdg/helloscope/config.toml", {"XDG_CONFIG_HOME": home / "xdg"})):  # fmt: skip
            env = self.env | {"HOME": str(home)} | {name: str(value) for name, value in env.items()}
            file.parent.mkdir(parents=True)
            file.write_text("[run]\nthreads = 2\n")
            self.assertIn(f"threads = 2  # {file}:2\n", self.printed("run", env=env))
            self.assertEqual(live(self.printed("run", "--config", "none", env=env))["run"]["threads"], 1)
            without = env | {"HELLOSCOPE_RUN_CONFIG": "none"}
            self.assertEqual(live(self.printed("run", env=without))["run"]["threads"], 1)
            file.write_text("[run]\nthreads = 0\n")
            self.fails("run", [], f"{file}:2:11: threads: '0' is not a whole number from 1 to 256", env=env)
            # Other subcommands do not look into [run], and help into nothing.
            self.printed("certs", env=env)
            file.write_text("[")
            self.assertIn(b"Usage:", self.helloscope("run", "--help", env=env).stdout)
            self.helloscope("man", env=env)

    def test_a_stronger_source_sets_aside_what_it_excludes(self):
        path = self.file('[run]\nrecord = "there"\n[serve]\ncert = "c"\nkey = "k"\n')
        text = self.printed("run", "--config", path, "--no-record")
        self.assertIn("no-record = true  # --no-record\n", text)
        self.assertIn("# record: not set, set aside for --no-record; it takes FILE|DIR\n", text)
        env = self.env | {"HELLOSCOPE_RUN_NO_RECORD": "true"}
        text = self.printed("run", "--config", path, env=env)
        self.assertIn("no-record = true  # HELLOSCOPE_RUN_NO_RECORD\n", text)
        text = self.printed("run", "--record", "here", env=env)
        self.assertIn('record = "here"  # --record\n', text)
        self.assertIn("no-record = false  # default, set aside for --record\n", text)
        text = self.printed("serve", "--config", path, "--chain", "expired")
        self.assertNotIn("\ncert", text)
        self.assertNotIn("\nkey", text)

    def test_a_list_may_be_an_array_or_words(self):
        rules = ["a.test:443:192.0.2.1,192.0.2.2", "b.test:443:[2001:db8::1]"]
        path = self.file(f"[run]\nresolve = [{', '.join(map(repr, rules))}]\nconnect-to = '{rules[0]}'\n")
        got = live(self.printed("run", "--config", path))["run"]
        self.assertEqual(got["resolve"], rules)
        self.assertEqual(got["connect-to"], rules[:1])
        env = self.env | {"HELLOSCOPE_RUN_RESOLVE": "  ".join(rules) + "\n"}
        self.assertEqual(live(self.printed("run", env=env))["run"]["resolve"], rules)

    def test_the_relay_goes_by_it(self):
        ports, records = self.path("ports"), self.path("records")
        path = self.file(f'[run]\nlisten = "127.0.0.1:0"\nport-file = "{ports}"\nrecord = "{records}/"\n'
                         'connect-to = "registry.test:443:127.0.0.1:1"\n')  # fmt: skip
        env = self.env | {"HELLOSCOPE_RUN_CONFIG": str(path), "HELLOSCOPE_RUN_JSON": "1"}
        proxy = self.start(Process(self.folder, [HELLOSCOPE, "run"], env))
        port = proxy.port_from(ports)
        self.run_program("curl", "-sS", "-x", f"http://127.0.0.1:{port}", "https://registry.test/",
                         status=None)  # fmt: skip
        proxy.stop(support.signal.SIGINT)
        self.assertIn('"event":"connect_failed"', proxy.out.read_text())
        self.assertEqual(len(list(records.glob("*.pcapng"))), 1)

    def test_the_command_gets_what_is_its_own(self):
        path = self.file("[run]\nno-record = true\nno-report = true\n")
        done = self.helloscope("run", "--config", path, "--", "sh", "-c", "exit 7", status=7)
        self.assertEqual(done.stderr, b"")
        done = self.helloscope("run", "--print-config", "--", "sh", "-c", "exit 7", status=0)
        self.assertIn(b"[run]\n", done.stdout)

    def test_other_subcommands_have_it_too(self):
        out = self.path("made")
        env = self.env | {"HELLOSCOPE_CERTS_OUT": str(out), "HELLOSCOPE_CERTS_KIND": "ca leaf"}
        path = self.file('[certs]\nname = ["one.test", "two.test"]\ndays = 3\n')
        self.helloscope("certs", "--config", path, env=env)
        self.assertEqual(sorted(file.name for file in out.glob("*.pem")), ["ca.pem", "leaf.pem"])
        self.fails("report", [self.path("x")], "HELLOSCOPE_REPORT_JSON: expected true or false, found 'x'",
                   env=self.env | {"HELLOSCOPE_REPORT_JSON": "x"})  # fmt: skip


class Printed(Case):
    FLAGS = {
        "run": [
            [],
            ["--no-record", "-vv", "--threads", "2", "--record-file-size", "1MiB", "--idle-timeout", "0.5"],
            ["--record", 'a "b" \\ # é\t', "--json", "-q", "--listen", "[::1]:0"],
            ["--transparent", "--reverse", "a.test:1", "--allow-from", "10.0.0.0/8,::1"],
            ["--transparent", "--transparent", "tproxy@[::1]:0", "--haproxy-protocol", "v2"],
            ["--via", "https://a.test", "--via", "socks5h://b.test", "--noproxy", "*"],
            ["--listen-tls", "127.0.0.1:0", "--cert", "c", "--key", "k", "--accept-haproxy-protocol"],
            ["--resolve", "a:1:192.0.2.1,192.0.2.2", "--resolve", "b:2:[::1]", "--", "curl", "-q"],
        ],
        "report": [[], ["-v"], ["--json"]],
        "serve": [
            [],
            ["--cert", "c", "--key", "k", "--tls-min", "1.0"],
            ["--certs", ".", "--chain", "expired", "--ciphers", "ECDHE+AESGCM:!RSA"],
            ["--name", "a.test", "--name", "127.0.0.1", "--ca-out", "/dev/null", "-v"],
        ],
        "certs": [[], ["--kind", "ca", "--kind", "leaf", "--days", "1", "--force"]],
    }

    def test_what_is_printed_reads_back_as_the_same(self):
        for subcommand, rows in self.FLAGS.items():
            for flags in rows:
                with self.row(f"{subcommand} {' '.join(flags)}"):
                    first = self.printed(subcommand, *flags[: flags.index("--") if "--" in flags else None])
                    path = self.file(first)
                    second = self.printed(subcommand, "--config", path)
                    self.assertEqual(live(second), live(first))
                    self.assertEqual(keys(second), keys(first))

    def test_no_password_is_shown(self):
        url, env = "http://me:secret@a.test:3128", {"HELLOSCOPE_RUN_VIA": "me:secret@a.test"}
        for words, more, shown in (
            (["--via", url], {}, 'via = ["http://***:***@a.test:3128"]  # --via'),
            ([], env, 'via = ["***:***@a.test"]  # HELLOSCOPE_RUN_VIA'),
        ):
            text = self.printed("run", *words, env=self.env | more)
            self.assertIn(f"\n{shown}; user and password are not shown\n", text)
            self.assertNotIn("secret", text)
        for words, more in ((["--via", url + "00"], {}), ([], {"HELLOSCOPE_RUN_VIA": "x://me:secret@a"})):
            done = self.helloscope("run", *words, env=self.env | more, status=2)
            self.assertNotIn(b"secret", done.stderr)

    def test_every_flag_of_help_is_there(self):
        for subcommand in CONFIGURABLE:
            usage = self.helloscope(subcommand, "--help").stdout.decode()
            flags = set(re.findall(r"^  (?:-\w,)?--([a-z0-9-]+)", usage, re.MULTILINE))
            alone = {"help", "config", "print-config", "print-rules", "route-for"}  # of the command line alone
            self.assertEqual(set(keys(self.printed(subcommand))), flags - alone)

    def test_wrong_use_is_still_wrong(self):
        told = "run: --record excludes --no-record\ntry: helloscope run --help\n"
        done = self.helloscope("run", "--print-config", "--record", "x", "--no-record", status=2)
        self.assertEqual(done.stderr.decode(), "helloscope: " + told)

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = support.subprocess.run([HELLOSCOPE, "run", "--print-config"], stdout=full,
                                          stderr=support.subprocess.PIPE, env=self.env)  # fmt: skip
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stderr, b"helloscope: run: cannot write to stdout: No space left on device\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
