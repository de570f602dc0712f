#include "helloscope/diagnose/explain.hpp"

#include "support/catch.hpp"
#include "support/data.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace helloscope;
using namespace helloscope::diagnose;

namespace {

std::filesystem::path rooms() { return test::tests_folder().parent_path() / "proxy"; }

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

// The test writes the file when HELLOSCOPE_REGENERATE is set; a diff then shows what changed.
TEST_CASE("causes.md is what helloscope explain prints") {
    const auto file = rooms() / "diagnose/causes.md";
    if (std::getenv("HELLOSCOPE_REGENERATE"))
        std::ofstream(file, std::ios::binary) << explanations_page();
    INFO("regenerate: HELLOSCOPE_REGENERATE=1 ctest --preset dev -R diagnose/explain");
    CHECK(contents(file) == explanations_page());
}

TEST_CASE("on a terminal it is wrapped behind labels") {
    const auto text = explanation_text(*explain("server-silent"), 80, false);
    CHECK(text.starts_with("server-silent (stage: hello)\n  means       The server's kernel"));
    CHECK(text.find("\n  told by     ") != std::string::npos);
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        CHECK(end - at <= 82); // an ellipsis has three bytes
        at = end + 1;
    }
}
