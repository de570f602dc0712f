#include "page.hpp"

#include "support/catch.hpp"

using namespace helloscope::diagnose;

TEST_CASE("columns are code points, not bytes") {
    CHECK(columns_of("") == 0);
    CHECK(columns_of("a·█✗") == 4);
    CHECK(fitted("ab", 4) == "ab  ");
    CHECK(fitted("a·cd", 4) == "a·cd");
    CHECK(fitted("a·cde", 4) == "a·c…");
}

TEST_CASE("a row wraps behind its label") {
    page out(60, false);
    out.row("label", "one two three four five six seven eight nine ten eleven twelve");
    CHECK(
        out.take() == "  label       one two three four five six seven eight nine\n"
                      "              ten eleven twelve\n");
}

TEST_CASE("a firm space breaks only when no other does") {
    page out(60, false);
    const std::string firm(1, firm_space);
    out.paragraph(
        0, std::string(40, 'a') + " " + std::string(10, 'b') + firm + std::string(10, 'c'));
    CHECK(
        out.take() ==
        std::string(40, 'a') + "\n" + std::string(10, 'b') + " " + std::string(10, 'c') + "\n");
    page only(60, false);
    only.paragraph(0, std::string(50, 'a') + firm + std::string(20, 'b'));
    CHECK(only.take() == std::string(50, 'a') + "\n" + std::string(20, 'b') + "\n");
}

TEST_CASE("a word that is too long stays whole") {
    page out(60, false);
    out.paragraph(0, std::string(80, 'a') + " b");
    CHECK(out.take() == std::string(80, 'a') + "\nb\n");
    page alone(60, false);
    alone.paragraph(0, std::string(80, 'a'));
    CHECK(alone.take() == std::string(80, 'a') + "\n");
}

TEST_CASE("ink is put around what it colours, line by line") {
    page out(60, true);
    out.line(2, "x", ink::command).gap();
    out.paragraph(0, std::string(50, 'a') + " " + std::string(20, 'b'), ink::bold);
    CHECK(
        out.take() == "  \x1b[36mx\x1b[0m\n\n\x1b[1m" + std::string(50, 'a') + "\x1b[0m\n\x1b[1m" +
                          std::string(20, 'b') + "\x1b[0m\n");
}

TEST_CASE("control characters of what is shown do not reach the terminal") {
    page out(60, false);
    out.line(
        0, "a\x1b[2Jb\nc\x7f"
           "d\te");
    CHECK(out.take() == "a [2Jb c d e\n");
}
