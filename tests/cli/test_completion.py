#!/usr/bin/env python3
"""Completions in real shells, the manual page before those who judge it, and what is installed.

usage: test_completion.py HELLOSCOPE [unittest arguments]
"""
import os
import pty
import re
import shlex
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))
import support  # noqa: E402
from support import HELLOSCOPE, wait_for  # noqa: E402

SUBCOMMANDS = ["run", "report", "serve", "certs", "heal", "completion", "man"]

# A line up to the cursor, all that completes its last word, or (with …) some of that.
LINES = {
    "helloscope ru": ["run"],
    "helloscope --ver": ["--version"],
    "helloscope run --print-c": ["--print-config"],
    "helloscope run --record-f": ["--record-file-age", "--record-file-size"],
    "helloscope run -v --no-rec": ["--no-record"],
    "helloscope run --record-detail ": ["all", "runs"],
    "helloscope run --record-detail=": ["all", "runs"],
    "helloscope run --record-detail=r": ["runs"],
    "helloscope serve --tls-min 1.": ["1.0", "1.1", "1.2", "1.3"],
    "helloscope certs --kind wr": ["wrong-name"],
    "helloscope run --threads ": [],
    "helloscope run --record p": ["packets", "packets.pcapng", "port"],
    "helloscope run --config por": ["port"],
    "helloscope serve --dir p": ["packets"],
    "helloscope report --json po": ["port"],
    "helloscope report a\\ na": ["a name"],
    "helloscope run -- helloscope-lik": ["helloscope-like"],
    "helloscope run --json -- cat por": ["port"],
    "helloscope man se": ["serve"],
    "helloscope man ": ["…", "run", "completion"],
    "helloscope completion ": ["…", "bash", "zsh", "fish"],
    "helloscope ": ["…", *SUBCOMMANDS],
    "helloscope run -": ["…", "--", "--listen", "--resolve", "--quiet", "-v"],
}  # fmt: skip

ZSH = """
PROMPT= RPROMPT= LISTMAX=10000
stty rows 500 cols 200 -echo
fpath=($PWD/functions $fpath)
autoload -U compinit && compinit -u -D
compadd() {
    if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\\ * ]]; then
        local -a hits
        builtin compadd -A hits "$@"
        print -rl -- $hits >>$PWD/hits
    fi
    builtin compadd "$@"
}
completed() { print END >>$PWD/hits }
zle -N completed
bindkey '^X' completed
print READY >>$PWD/hits
"""


class Completion(support.Case):
    def setUp(self):
        self.work = self.path("here").parent
        (self.work / "packets").mkdir()
        for name in ("packets.pcapng", "port", "a name"):
            (self.work / name).write_text("")
        programs = self.work / ".bin"
        programs.mkdir()
        (programs / "helloscope").symlink_to(Path(HELLOSCOPE).resolve())
        (programs / "helloscope-like").write_text("#!/bin/sh\n")
        (programs / "helloscope-like").chmod(0o755)
        self.env = self.env | {"PATH": f"{programs}:{support.PATH}"}

    def script(self, shell):
        return self.helloscope("completion", shell).stdout

    def check(self, complete, lines=LINES):
        for line, wanted in lines.items():
            print(f"    {line}", flush=True)
            with self.subTest(line):
                # A path that is a folder may be said to be one.
                got = {word.removesuffix("/").replace("\\ ", " ") for word in complete(line)}
                got = {word.split("=")[-1] if "detail=" in line else word.removesuffix("=") for word in got}
                if wanted[:1] == ["…"]:
                    self.assertLessEqual(set(wanted[1:]), got)
                else:
                    self.assertEqual(got, set(wanted))

    def test_bash(self):
        script = self.work / "script"
        script.write_bytes(self.script("bash"))

        def complete(line):
            words = [word for word in re.split(r"(?<!\\) |(=)", line) if word is not None]
            program = (
                f"set -u; source ./script; COMP_WORDS=({' '.join(map(shlex.quote, words))})\n"
                f"COMP_CWORD={len(words) - 1}; COMP_TYPE=9; _helloscope\n"
                "for word in ${COMPREPLY[@]+\"${COMPREPLY[@]}\"}; do printf '%s\\n' \"$word\"; done"
            )
            done = self.run_program("bash", "--norc", "-c", program, env=self.env, cwd=self.work)
            self.assertEqual(done.stderr, b"")
            return done.stdout.decode().splitlines()

        # What is typed with a backslash is left to readline: see there.
        self.check(complete, {line: wanted for line, wanted in LINES.items() if "\\" not in line})
        self.assertIn("complete -F _helloscope helloscope", script.read_text())

    def test_bash_says_what_flags_mean_when_it_lists_them(self):
        (self.work / "script").write_bytes(self.script("bash"))
        program = (
            "source ./script; COMP_WORDS=(helloscope run --no-re); COMP_CWORD=2 COMP_TYPE=63 COLUMNS=41\n"
            "_helloscope; printf '%s\\n' \"${COMPREPLY[@]}\""
        )
        done = self.run_program("bash", "--norc", "-c", program, env=self.env, cwd=self.work)
        listed = ["--no-record            record nothing", "--no-report            no report at the e"]
        self.assertEqual(done.stdout.decode().splitlines(), listed)

    def test_fish(self):
        support.need("fish")
        (self.work / "script").write_bytes(self.script("fish"))

        def complete(line):
            program = f"source script; complete -C{shlex.quote(line)}"
            done = self.run_program("fish", "-c", program, env=self.env, cwd=self.work)
            self.assertEqual(done.stderr, b"")
            return [one.split("\t")[0] for one in done.stdout.decode().splitlines()]

        # After a lone dash fish offers short flags and what is one: long ones come with the second.
        lines = LINES | {"helloscope run -": ["…", "-v", "-q"], "helloscope run --": ["…", "--listen", "--resolve"]}
        self.check(complete, lines)
        program = "source script; complete -C'helloscope run --no-re'"
        done = self.run_program("fish", "-c", program, env=self.env, cwd=self.work)
        self.assertEqual(done.stdout.decode(), "--no-record\trecord nothing\n--no-report\tno report at the end\n")

    def test_zsh(self):
        support.need("zsh")
        (self.work / "functions").mkdir()
        (self.work / "functions" / "_helloscope").write_bytes(self.script("zsh"))
        (self.work / "setup").write_text(ZSH)
        hits = self.work / "hits"
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.work)
            os.execvpe("zsh", ["zsh", "-f", "-i"], self.env | {"TERM": "dumb"})
        os.set_blocking(terminal, False)

        def hit_until(mark):
            def look():
                try:  # what is on the screen is not looked at, but has to be taken
                    while os.read(terminal, 65536):
                        pass
                except BlockingIOError:
                    pass
                lines = hits.read_text().splitlines() if hits.exists() else []
                return lines if mark in lines else None

            lines = wait_for(f"{mark} of zsh", look)
            hits.unlink()
            return [line for line in lines if line not in ("", mark)]

        def complete(line):
            os.write(terminal, b"\x15" + line.encode() + b"\t\x18")
            return hit_until("END")

        try:
            os.write(terminal, b"source ./setup\n")
            hit_until("READY")
            # -- is not a flag to zsh.
            self.check(complete, LINES | {"helloscope run -": ["…", "--listen", "--resolve", "-v"]})
            excluded = complete("helloscope run --no-record --rec")
            self.assertNotIn("--record", excluded)
        finally:
            os.close(terminal)
            os.waitpid(child, 0)


class Manual(support.Case):
    def page(self, *words):
        path = self.path("helloscope.1")
        path.write_bytes(self.helloscope("man", *words).stdout)
        return path

    def test_nobody_finds_fault_with_it(self):
        support.need("man", "groff", "mandoc")
        for words in ([], *([name] for name in SUBCOMMANDS if name != "man")):
            page = self.page(*words)
            judges = [
                ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page],
                ["groff", "-mandoc", "-ww", "-Tutf8", "-z", page],
                ["mandoc", "-T", "lint", "-W", "warning" if words else "all", page],
            ]
            for judge in judges:
                print(f"    {judge[0]} {' '.join(words)}", flush=True)
                with self.subTest(f"{judge[0]} {words}"):
                    done = self.run_program(*judge, env=self.env | {"MANWIDTH": "80"})
                    self.assertEqual(done.stderr, b"")
                    if judge[0] == "mandoc":
                        self.assertEqual(done.stdout, b"")

    def test_it_has_every_flag_and_its_sections(self):
        support.need("man")
        done = self.run_program("man", "-l", self.page(), env=self.env | {"MANWIDTH": "100", "MANPAGER": "cat"})
        text = done.stdout.decode()
        for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "SUBCOMMANDS", "CONFIGURATION", "EXIT STATUS",
                        "ENVIRONMENT", "FILES", "EXAMPLES"):  # fmt: skip
            self.assertRegex(text, f"(?m)^{section}$")
        for name in SUBCOMMANDS:
            usage = self.helloscope(name, "--help").stdout.decode()
            self.assertRegex(text, f"(?m)^   helloscope {name}$")
            part = text.split(f"\n   helloscope {name}\n")[1].split("\n   helloscope ")[0]
            for flags in re.findall(r"^  ((?:-\w,)?--[a-z0-9-]+)", usage, re.MULTILINE):
                with self.subTest(f"{name} {flags}"):
                    self.assertRegex(part, rf"(?m)^       {flags.replace(',', ', ')}\b")

    def test_a_subcommand_that_is_none_is_refused(self):
        told = ("helloscope: man: SUBCOMMAND: 'rum' is not one of run, report, explain, serve, certs, heal, completion; "
                "did you mean 'run'?\ntry: helloscope man --help\n")  # fmt: skip
        self.assertEqual(self.helloscope("man", "rum", status=2).stderr.decode(), told)
        told = ("helloscope: completion: SHELL: 'powershell' is not one of bash, zsh, fish\n"
                "try: helloscope completion --help\n")  # fmt: skip
        self.assertEqual(self.helloscope("completion", "powershell", status=2).stderr.decode(), told)


class Installed(support.Case):
    def test_make_install_installs_what_the_program_prints(self):
        support.need("cmake")
        build = Path(HELLOSCOPE).resolve().parent
        root = self.path("root")
        self.run_program("cmake", "--install", build, "--prefix", "/usr", env=self.env | {"DESTDIR": str(root)})
        pages = {
            "bash-completion/completions/helloscope": ["completion", "bash"],
            "zsh/site-functions/_helloscope": ["completion", "zsh"],
            "fish/vendor_completions.d/helloscope.fish": ["completion", "fish"],
            "man/man1/helloscope.1": ["man"],
        }
        for page, words in pages.items():
            installed = root / "usr/share" / page
            self.assertEqual(installed.read_bytes(), self.helloscope(*words).stdout)
            self.assertEqual(installed.stat().st_mode & 0o777, 0o644)
        self.assertTrue(os.access(root / "usr/bin/helloscope", os.X_OK))

    def test_a_program_that_does_not_run_here_is_installed_alone(self):
        support.need("cmake")
        program = self.path("helloscope")
        program.write_bytes(b"\x7fELF of another machine")
        program.chmod(0o755)
        script = self.path("install.cmake")
        settings = {"program": program, "pages": self.path("pages"), "datadir": "share", "mandir": "share/man",
                    "CMAKE_INSTALL_PREFIX": self.path("root")}  # fmt: skip
        lines = [f'set({name} "{value}")' for name, value in settings.items()]
        script.write_text("\n".join([*lines, f'include("{support.ROOT}/proxy/app/install_pages.cmake")\n']))
        done = self.run_program("cmake", "-P", script)
        self.assertIn(b"-- Without completions and man page: ", done.stdout)
        self.assertFalse(self.path("root").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
