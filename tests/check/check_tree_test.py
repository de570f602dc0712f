"""Small trees with one thing wrong each: the check sees it, at its line, and nothing else."""
import tempfile
import unittest
from pathlib import Path

from check_tree import UNTESTED, findings

GOOD = {
    "CMakeLists.txt": """\
helloscope_room(base)
helloscope_room(wire ARROWS base LINKS md) # a comment
helloscope_room(model ARROWS wire
                      base)
helloscope_room(net ARROWS model wire base LINKS helloscope_boost)
helloscope_room(relay ARROWS net base LINKS helloscope_boost)
helloscope_room(app ARROWS relay net base LINKS helloscope_boost)
""",
    "Makefile": "all:\n\ttrue\n",
    "include/helloscope/helloscope.hpp": '#include "helloscope/base/time.hpp"\n',
    "include/helloscope/base/time.hpp": "#include <chrono>\n",
    "include/helloscope/net/stream.hpp": '#include "helloscope/base/time.hpp"\n',
    "proxy/app/main.cpp": "int main() {}\n",
    "proxy/net/boost.cpp": "#include <boost/asio.hpp>\n",
    "proxy/wire/tls/private.hpp": "#include <vector>\n",
    "proxy/wire/tls/record.cpp": """\
#include "private.hpp" // beside it
#include "tls/private.hpp" // from the root of the room
#include "helloscope/base/time.hpp"
// steady_clock::now() is not for us, said "the // comment"
const char* text = "std::chrono::steady_clock::now()";
auto raw = R"x(co_await f({1}) ")x";
""",
    "tests/wire/tls/record_test.cpp": '#include "support/hex.hpp"\n',
    "tests/base/time_test.cpp": "// mirrors a header alone\n",
    "tests/support/hex_test.cpp": "// no room, mirrors nothing\n",
    "tests/data/capture.bin": "\x00\t\n",
}

CO_AWAIT_RIGHT = """\
auto a = co_await f(x, y[0], g(1'000, '{'));
if (co_await f(x)) { use({1}); }
for (;;) { co_await timer.wait(as_result); }
co_await (f([&, x] { return agg{x}; }) || g([]<class T>(T t) mutable -> awaitable<T> { h({t}); }));
agg one{1};
co_await f(std::move(one));
"""


class CheckTree(unittest.TestCase):
    def see(self, changes):
        """The findings in the good tree with `changes` (None removes a file), as (path, line)."""
        untested = dict.fromkeys(UNTESTED, "int here;\n")
        with tempfile.TemporaryDirectory() as folder:
            for path, text in {**untested, **GOOD, **changes}.items():
                if text is not None:
                    file = Path(folder) / path
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(text, encoding="utf-8")
            return findings(Path(folder))

    def sees(self, changes, path, line, words):
        found = self.see(changes)
        self.assertEqual([(path, line)], [finding[:2] for finding in found], found)
        self.assertIn(words, found[0][2])

    def test_a_good_tree_has_no_findings(self):
        self.assertEqual([], self.see({}))

    def test_an_include_against_the_arrows(self):
        text = '#include <vector>\n#include "helloscope/net/stream.hpp"\n'
        self.sees({"proxy/wire/tls/private.hpp": text},
                  "proxy/wire/tls/private.hpp", 2, "wire has no arrow to net")
        self.sees({"include/helloscope/base/time.hpp": text},
                  "include/helloscope/base/time.hpp", 2, "base has no arrow to net")

    def test_the_public_face_is_for_others(self):
        self.sees({"proxy/app/main.cpp": '#include "helloscope/helloscope.hpp"\n'},
                  "proxy/app/main.cpp", 1, "embed")
        self.assertEqual([], self.see({
            "proxy/relay/face.cpp": '#include "helloscope/helloscope.hpp"\n',
            "tests/relay/face_test.cpp": ""}))

    def test_the_public_face_shows_what_is_installed(self):
        for name in ("helloscope/net/stream.hpp", "boost/asio.hpp"):
            self.sees({"include/helloscope/helloscope.hpp": f'#include <memory>\n#include "{name}"\n'},
                      "include/helloscope/helloscope.hpp", 2, "not installed")

    def test_a_private_header_of_another_room(self):
        for name in ("../wire/tls/private.hpp", "tls/private.hpp"):
            self.sees({"proxy/app/main.cpp": f'#include "{name}"\n'},
                      "proxy/app/main.cpp", 1, "not a private header of app")

    def test_an_offered_header_with_a_private_include(self):
        self.sees({"include/helloscope/wire/record.hpp": '#include "tls/private.hpp"\n'},
                  "include/helloscope/wire/record.hpp", 1, "offer it too")

    def test_an_arrow_that_points_up(self):
        table = GOOD["CMakeLists.txt"].replace("wire ARROWS base", "wire ARROWS base model")
        self.sees({"CMakeLists.txt": table}, "CMakeLists.txt", 2, "wire has an arrow to model")

    def test_a_build_file_without_the_table(self):
        self.assertIn(("CMakeLists.txt", 1), [f[:2] for f in self.see({"CMakeLists.txt": ""})])

    def test_a_folder_that_is_no_room(self):
        self.sees({"include/helloscope/attic/old.hpp": "\n"},
                  "include/helloscope/attic/old.hpp", 1, "not a room")

    def test_what_is_above_the_purity_line(self):
        for include in ("boost/asio/ip/tcp.hpp", "openssl/ssl.h", "sys/socket.h", "unistd.h",
                        "fstream", "iostream", "cstdio", "thread", "mutex", "atomic",
                        "condition_variable", "future", "spdlog/spdlog.h", "arpa/inet.h"):
            self.sees({"proxy/wire/tls/private.hpp": f"#include <{include}>\n"},
                      "proxy/wire/tls/private.hpp", 1, f"<{include}> is above the purity line")
        for call in ("steady_clock::now()", "std::random_device seed;", "clock_gettime(0, &t)"):
            self.sees({"proxy/wire/tls/private.hpp": f"\nauto x = {call};\n"},
                      "proxy/wire/tls/private.hpp", 2, "is above the purity line")

    def test_the_exception_of_the_purity_line_is_for_one_file(self):
        tested = {"tests/base/endpoint_test.cpp": "\n"}
        text = "#include <arpa/inet.h>\n"
        self.assertEqual([], self.see({**tested, "proxy/base/endpoint.cpp": text}))
        self.sees({**tested, "proxy/base/endpoint.cpp": text, "proxy/base/private.hpp": text},
                  "proxy/base/private.hpp", 1, "purity line")

    def test_a_source_without_a_test_and_a_test_without_a_source(self):
        self.sees({"tests/wire/tls/record_test.cpp": None},
                  "proxy/wire/tls/record.cpp", 1, "has no tests/wire/tls/record_test.cpp")
        self.sees({"tests/wire/record_test.cpp": "\n"},
                  "tests/wire/record_test.cpp", 1, "mirrors neither proxy/wire/record.cpp")

    def test_an_exception_that_is_no_longer_needed(self):
        self.sees({"proxy/net/boost.cpp": None}, "proxy/net/boost.cpp", 1, "remove the row")

    def test_a_rule_without_its_pair_or_its_row(self):
        rules = {
            "CMakeLists.txt": GOOD["CMakeLists.txt"] + "helloscope_room(diagnose ARROWS base)\n",
            "proxy/diagnose/rules.hpp": "std::optional<finding> silent(const facts& f);\n",
            "proxy/diagnose/diagnose.cpp": "auto one = rules::silent(f);\n",
            "tests/diagnose/diagnose_test.cpp": "",
            "proxy/diagnose/rules/silent.cpp": "",
            "tests/diagnose/rules/silent_test.cpp": 'CHECK(found->id == "silent");\nCHECK(!rules::silent(f));\n',
        }
        self.assertEqual([], self.see(rules))
        test = "tests/diagnose/rules/silent_test.cpp"
        self.sees(rules | {test: "CHECK(!rules::silent(f));\n"}, test, 1, "no flow that fires it")
        self.sees(rules | {test: "CHECK(rules::silent(f)->how_sure == likely);\n"}, test, 1, "no near miss")
        self.sees(rules | {"proxy/diagnose/diagnose.cpp": ""}, "proxy/diagnose/rules.hpp", 1, "give it a row")

    def test_braces_inside_a_co_await(self):
        for text in ("co_await f(agg{1});", "co_await f({1, 2});", "co_await agg{1};",
                     "auto x = co_await f(\n    a,\n    g(agg{.b = 1}));",
                     "co_await (f(x) || f(agg{1}));", "co_await f([&] { return 1; }, agg{1});",
                     "run([&] { return 1; }, [&]() -> t { co_await f(agg{1}); });"):
            with self.subTest(text):
                self.sees({"proxy/app/main.cpp": "\n" + text + "\n"},
                          "proxy/app/main.cpp", 2, "name the local")
        self.assertEqual([], self.see({"proxy/app/main.cpp": CO_AWAIT_RIGHT}))

    def test_habits(self):
        for text, words in (("// TO" + "DO: later", "unfinished"), ("int a; // FIX" + "ME", "unfinished"),
                            ("int\ta;", "a tab"), ("// " + "…" * 98, "101 columns"),
                            ('auto x = "/wo' + 'rk/main";', "one machine"),
                            ("// see /tmp/w" + "t/x", "one machine")):
            with self.subTest(text):
                self.sees({"proxy/app/main.cpp": text + "\n"}, "proxy/app/main.cpp", 1, words)
        self.sees({"docs/a.md": "a\n/fa" + "rm/b\n"}, "docs/a.md", 2, "one machine")
        self.assertEqual([], self.see({"docs/a.md": "https://a.test/wo" + "rk/b and ./wo" + "rk/b\n",
                                       "build/a.md": "TO" + "DO\n"}))


if __name__ == "__main__":
    unittest.main()
