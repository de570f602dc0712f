#include "man_page.hpp"

#include "support/catch.hpp"
#include "support/sample_command.hpp"

using namespace helloscope;
using namespace helloscope::app;

namespace {

bool holds(const std::string& page, const std::string& text) {
    return page.find("\n" + text + "\n") != std::string::npos;
}

} // namespace

TEST_CASE("the page has each option with its value and default, by group") {
    test::sample_command sample;
    const auto page = man_page(command_rows(sample.root), "");
    INFO(page);
    CHECK(page.starts_with(".TH HELLOSCOPE 1 "));
    CHECK(holds(page, "helloscope \\- samples"));
    CHECK(holds(page, ".B helloscope run\n[\\fIoption\\fR ...]\n[\\-\\- \\fICOMMAND\\fR ...]"));
    CHECK(holds(page, ".SS helloscope run\nruns; or not."));
    CHECK(holds(page, ".TP\n\\fB\\-\\-threads\\fR \\fIN\\fR\nthreads that relay.\nDefault: 1."));
    CHECK(holds(page, ".TP\n\\fB\\-v\\fR, \\fB\\-\\-verbose\\fR\nsay more."));
    CHECK(holds(
        page, ".TP\n\\fB\\-\\-transparent\\fR [\\fIMODE\\fR]\nfrom nft.\nDefault: redirect."));
    CHECK(holds(
        page, ".PP\nRecording:\n.TP\n\\fB\\-\\-record\\fR \\fIFILE|DIR\\fR\nwhere to record."));
    CHECK(holds(page, ".PP\nBeware."));
    CHECK(holds(page, ".SH EXAMPLES\n.EX\nhelloscope run \\-\\- true\n.EE"));
}

TEST_CASE("text is not taken for troff's own") {
    test::sample_command sample;
    sample.command->add_flag("--odd")->description(".suffix 'quoted' a\\b ~ ^ …é 😀");
    const auto page = man_page(command_rows(sample.root), "");
    CHECK(holds(
        page, "\\&.suffix \\(aqquoted\\(aq a\\eb \\(ti \\(ha \\[u2026]\\[u00E9] \\[u1F600]."));
    CHECK(std::ranges::all_of(page, [](unsigned char c) { return c < 0x80; }));
}

TEST_CASE("a page of one subcommand has no other") {
    test::sample_command sample;
    sample.root.add_subcommand("other", "something else");
    const auto page = man_page(command_rows(sample.root), "run");
    CHECK(page.starts_with(".TH HELLOSCOPE\\-RUN 1 "));
    CHECK(holds(page, "helloscope\\-run \\- runs; or not"));
    CHECK(page.find("something else") == std::string::npos);
}
