#include "drawing.hpp"

#include "diagnose/known.hpp"
#include "page.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;

namespace {

std::string drawn(const facts& f, std::size_t width = 80) {
    std::string out = "\n";
    for (const auto& line : drawing_of(f, width)) out += line + '\n';
    return out;
}

} // namespace

// clang-format off
TEST_CASE("a black hole on the way to the server") {
    CHECK(drawn(test::black_hole_facts()) == R"(
            helloscope  releases.bazel.build:443
1,448 bytes ──────────────✗               never acknowledged, sent again 3 times
  452 bytes ────────────────────────────▶ arrived, behind the gap
            ◀                             nothing in 3.0 s
)");
}
// clang-format on

TEST_CASE("every line fits, however narrow the terminal and wide the name") {
    auto f = test::black_hole_facts();
    f.host = std::string(90, 'x');
    for (const std::size_t width : {46u, 60u, 100u, 300u})
        for (const auto& line : drawing_of(f, width)) CHECK(columns_of(line) <= width);
}

TEST_CASE("an answer in part, a reset, a silence") {
    const auto gap = drawn(test::gap_facts());
    CHECK(gap.find("never arrives") != std::string::npos);
    CHECK(gap.find("behind the gap, 1,200 at most") != std::string::npos);
    const auto reset = drawn(test::ended(test::silent_facts(), model::leg::server, "rst"));
    CHECK(reset.find("RST ◀──") != std::string::npos);
    CHECK(drawn(test::silent_facts()).find("nothing in 2.0 s") != std::string::npos);
}

TEST_CASE("nothing is drawn of a flow that went well, or of which no kernel told") {
    CHECK(drawing_of(test::healthy_facts(), 80).empty());
    CHECK(drawing_of(test::asked_facts(), 80).empty());
    CHECK(drawing_of(model::make_facts(test::greeted().told()), 80).empty());
}
