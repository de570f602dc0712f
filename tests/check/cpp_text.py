"""What the checks need to know of C++ text: comments, literals, and the reach of a co_await."""
import re

_LITERALS = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<text>R"(?P<delimiter>[^()\\\s]*)\(.*?\)(?P=delimiter)"
               | "(?:[^"\\\n]|\\.)*"
               | (?<![0-9A-Za-z_])'(?:[^'\\\n]|\\.)*')""",  # 20'000 is a number
    re.DOTALL | re.VERBOSE,
)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def code_of(text):
    """The text with comments blank and literals empty; every offset and line stays where it was."""

    def replace(match):
        found = match.group()
        return _blank(found) if match["comment"] else found[0] + _blank(found[1:-1]) + found[-1]

    return _LITERALS.sub(replace, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def _matching(code, opening):
    """The offset behind the bracket that closes the one at `opening`."""
    depth = 0
    for at in range(opening, len(code)):
        if code[at] in "([{":
            depth += 1
        elif code[at] in ")]}":
            depth -= 1
            if depth == 0:
                return at + 1
    return len(code)


def _behind_lambda(code, introducer):
    body = code.find("{", _matching(code, introducer))
    return len(code) if body < 0 else _matching(code, body)


def _starts_lambda(code, at):
    before = code[:at].rstrip()
    return not re.search(r"[\w)\]]$", before) or re.search(r"\b(return|co_await)$", before)


def braces_in_co_await(code):
    """Offsets of each co_await whose expression builds something with braces (lambdas aside)."""
    for keyword in re.finditer(r"\bco_await\b", code):
        at, depth = keyword.end(), 0
        while at < len(code):
            character = code[at]
            if character == "[" and _starts_lambda(code, at):
                at = _behind_lambda(code, at)
                continue
            if character == "{":
                yield keyword.start()
                break
            if character in "([":
                depth += 1
            elif character in ")]}":
                depth -= 1
            if depth < 0 or (depth == 0 and character in ";,"):
                break
            at += 1
