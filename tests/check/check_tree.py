#!/usr/bin/env python3
"""Holds the tree to its own rules: arrows, purity, tests beside sources, and a few habits.

usage: check_tree.py [ROOT]. Prints FILE:LINE: what to do, and exits with 1 when it found anything.
"""
import re
import sys
from pathlib import Path

from cpp_text import braces_in_co_await, code_of, line_of

# Sources without a test of their own, and why.
UNTESTED = {
    "proxy/app/completion.cpp": "two tables in a row; tests/cli/test_completion.py is its user",
    "proxy/app/main.cpp": "main() alone; every test of the command line runs what it calls",
    "proxy/app/man.cpp": "prints man_page.cpp's page; tests/cli/test_completion.py is its user",
    "proxy/app/report.cpp": "its parts are tested in their rooms; tests/cli/test_run.py is its user",
    "proxy/app/run.cpp": "the same; tests/cli/test_run.py and tests/clients are its users",
    "proxy/relay/dialing.cpp": "tests/scenarios and the lab lead flows to addresses that fail in each way",
    "proxy/relay/flow_runner.cpp": "tests/relay/proxy_test.cpp leads flows through it, on sockets",
    "proxy/relay/http_forward.cpp": "tests/clients/test_http_semantics.py leads requests through it",
    "proxy/relay/parents.cpp": "tests/clients/test_parents.py and test_parents_fail.py lead flows there",
    "proxy/relay/race.cpp": "tests/relay/healing_test.cpp runs races under a pump",
    "proxy/relay/server_leg.cpp": "tests/relay/proxy_test.cpp and all clients have one",
    "proxy/relay/worker.cpp": "tests/relay/proxy_test.cpp: a worker is what runs behind a proxy",
    "proxy/net/boost.cpp": "the separately compiled part of Asio and Beast, no code of ours",
}

# The face for those who embed helloscope, the headers it may show them, and the files it is made in.
FACE = "include/helloscope/helloscope.hpp"
FACE_SHOWS = ("helloscope/base/", "helloscope/model/", "helloscope/wire/tls/")
MAKES_FACE = re.compile(r"proxy/relay/(face\w*|told_flows)\.[ch]pp$")

# Includes below the purity line that are not what their name says.
PURE_EXCEPTIONS = {
    ("proxy/base/endpoint.cpp", "arpa/inet.h"): "inet_pton and inet_ntop: text, no sockets",
}
IMPURE_INCLUDE = re.compile(
    r"""(boost/(asio|beast)|openssl|spdlog|sys|netinet|arpa|net|linux)/
      | (unistd|fcntl|poll|netdb|pthread|signal|stdio|time)\.h$
      | (fstream|iostream|cstdio|ctime|csignal|filesystem|thread|mutex|shared_mutex|atomic)$
      | (condition_variable|future|semaphore|latch|barrier|stop_token)$""",
    re.VERBOSE,
)
CLOCK = re.compile(r"::now\s*\(|\b(clock_gettime|gettimeofday|random_device)\b|std::time\s*\(")

MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|farm)/|/tmp/" + "wt")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
COLUMNS = 100
CPP = (".cpp", ".hpp")
SKIPPED = {".git", "build", "node_modules", ".cache", "__pycache__"}


class Tree:
    def __init__(self, root):
        self.root = root
        self.texts = {}  # path relative to the root -> text; what is not UTF-8 is data
        for path in sorted(root.rglob("*")):
            relative = path.relative_to(root)
            if SKIPPED.isdisjoint(relative.parts) and path.is_file():
                try:
                    self.texts[relative.as_posix()] = path.read_text(encoding="utf-8")
                except UnicodeDecodeError:
                    pass
        self.rooms = read_rooms(self.texts.get("CMakeLists.txt", ""))

    def cpp(self, *folders):
        for path, text in self.texts.items():
            if path.endswith(CPP) and path.startswith(folders):
                yield path, text


class Room:
    def __init__(self, line, words):
        self.line, self.arrows, self.pure = line, [], True
        part = None
        for word in words:
            if word in ("ARROWS", "LINKS"):
                part = word
            elif part == "ARROWS":
                self.arrows.append(word)
            elif word == "helloscope_boost":
                self.pure = False


def read_rooms(cmake):
    """The table of the build file, in its order: the lowest room first."""
    rooms = {}
    text = re.sub(r"#[^\n]*", "", cmake)
    for call in re.finditer(r"^helloscope_room\(([^)]*)\)", text, re.MULTILINE):
        name, *words = call[1].split()
        rooms[name] = Room(line_of(text, call.start()), words)
    return rooms


def room_of(path):
    """proxy/wire/x.cpp, include/helloscope/wire/x.hpp and tests/wire/x_test.cpp are of room wire."""
    match = re.match(r"(?:proxy|include/helloscope|tests)/(\w+)/", path)
    return match[1] if match else None


def check_table(tree):
    if not tree.rooms:
        yield "CMakeLists.txt", 1, "no helloscope_room(NAME ARROWS …) table found"
    declared = set()
    for name, room in tree.rooms.items():
        for below in room.arrows:
            if below not in declared:
                yield (
                    "CMakeLists.txt",
                    room.line,
                    f"{name} has an arrow to {below}, which is not a room below it: "
                    "arrows only point down",
                )
        declared.add(name)


def check_arrows(tree):
    for path, text in tree.cpp("proxy/", "include/helloscope/"):
        room = room_of(path)
        if path == FACE:
            for include in INCLUDE.finditer(text):
                if "/" in include[2] and not include[2].startswith(FACE_SHOWS):
                    yield path, line_of(text, include.start(1)), f"{include[2]} is not installed"
            continue
        if room not in tree.rooms:
            yield path, 1, f"{room} is not a room of CMakeLists.txt"
            continue
        for include in INCLUDE.finditer(text):
            wrong = wrong_include(tree, path, room, include[1], include[2])
            if wrong:
                yield path, line_of(text, include.start(1)), wrong


def wrong_include(tree, path, room, quote, name):
    public = re.match(r"helloscope/(?:(\w+)/)?", name)
    if public:
        if public[1] is None:
            if MAKES_FACE.match(path):
                return None
            return f"{name} is for those who embed helloscope: include the rooms' own headers"
        if public[1] == room or public[1] in tree.rooms[room].arrows:
            return None
        return f"{room} has no arrow to {public[1]}: move the code, or the arrow in CMakeLists.txt"
    if quote == "<":
        return None
    if path.startswith("include/"):
        return f"an offered header cannot include the private header {name}: offer it too"
    own = tree.root / "proxy" / room
    for folder in ((tree.root / path).parent, own):
        target = (folder / name).resolve()
        if target.is_file() and target.is_relative_to(own.resolve()):
            return None
    return f"{name} is not a private header of {room}: include what a room offers, helloscope/ROOM/…"


def check_purity(tree):
    for path, text in tree.cpp("proxy/", "include/helloscope/"):
        room = tree.rooms.get(room_of(path))
        if room is None or not room.pure:
            continue
        for include in INCLUDE.finditer(text):
            if IMPURE_INCLUDE.match(include[2]) and (path, include[2]) not in PURE_EXCEPTIONS:
                yield (
                    path,
                    line_of(text, include.start(1)),
                    f"<{include[2]}> is above the purity line: take bytes and times as arguments",
                )
        for call in CLOCK.finditer(code_of(text)):
            yield (
                path,
                line_of(text, call.start()),
                f"{call[0]} is above the purity line: take the time or the randomness as an argument",
            )


def check_mirrors(tree):
    """proxy/ROOM/x.cpp <-> tests/ROOM/x_test.cpp; a test may also mirror a header alone."""
    for path, _ in tree.cpp("proxy/"):
        if path.endswith(".cpp") and path not in UNTESTED:
            test = re.sub(r"^proxy/(.*)\.cpp$", r"tests/\1_test.cpp", path)
            if test not in tree.texts:
                yield path, 1, f"has no {test}: write it, or say why not in UNTESTED"
    for path, _ in tree.cpp("tests/"):
        mirror = re.match(r"tests/(.*)_test\.cpp$", path)
        if mirror and room_of(path) in tree.rooms:
            sources = (f"proxy/{mirror[1]}.cpp", f"proxy/{mirror[1]}.hpp",
                       f"include/helloscope/{mirror[1]}.hpp")
            if not any(source in tree.texts for source in sources):
                yield path, 1, f"mirrors neither {sources[0]} nor a header of that name: move it"
    for path in UNTESTED:
        if path not in tree.texts:
            yield path, 1, "is in UNTESTED but not in the tree: remove the row"


# A finding is looked at, and its lack.
FIRES = re.compile(r"(?:->|\.)(?:id|how_sure|summary)\b")
NEAR_MISS = re.compile(r"\b(?:CHECK|REQUIRE)(?:_FALSE\(|\(\s*!)")


def check_rules(tree):
    """Each rule is in the table, and its test holds a flow that fires it and a near miss that does not."""
    table = tree.texts.get("proxy/diagnose/diagnose.cpp", "")
    rules = tree.texts.get("proxy/diagnose/rules.hpp", "")
    for rule in re.finditer(r"std::optional<finding> (\w+)\(", rules):
        if f"rules::{rule[1]}" not in table:
            yield (
                "proxy/diagnose/rules.hpp",
                line_of(rules, rule.start()),
                f"{rule[1]} is not asked in diagnose.cpp: give it a row",
            )
    for path, text in tree.cpp("tests/diagnose/rules/"):
        for what, pattern in (("flow that fires it", FIRES), ("near miss", NEAR_MISS)):
            if not pattern.search(text):
                yield path, 1, f"has no {what}: a rule's test is a pair"


def check_co_await(tree):
    for path, text in tree.cpp("proxy/", "include/", "tests/"):
        for offset in braces_in_co_await(code_of(text)):
            yield (
                path,
                line_of(text, offset),
                "braces inside a co_await: g++ 12 destroys such an aggregate twice; name the local",
            )


def check_habits(tree):
    for path, text in tree.texts.items():
        cpp = path.endswith(CPP)
        for number, line in enumerate(text.split("\n"), 1):
            if MACHINE_PATH.search(line):
                yield path, number, "a path of one machine: take it as an argument"
            if UNFINISHED.search(line):
                yield path, number, "unfinished: do it now, or leave it out"
            if cpp and "\t" in line:
                yield path, number, "a tab: clang-format writes spaces"
            if cpp and len(line) > COLUMNS:
                yield path, number, f"{len(line)} columns, {COLUMNS} fit: break the line"


CHECKS = (check_table, check_arrows, check_purity, check_mirrors, check_rules, check_co_await, check_habits)


def findings(root):
    tree = Tree(root)
    return sorted(finding for check in CHECKS for finding in check(tree))


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    found = findings(root)
    for path, line, message in found:
        print(f"{path}:{line}: {message}")
    print(f"{len(found)} findings in {root.name}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
