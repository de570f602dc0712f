#include "help_text.hpp"

#include "support/catch.hpp"

using namespace helloscope::app;

TEST_CASE("help shows type and default, and not what excludes what") {
    CLI::App root;
    use_help_text(root);
    CLI::App* command = root.add_subcommand("serve", "serves");
    std::string listen = "127.0.0.1:8443", cert;
    bool json = false;
    auto* option = command->add_option("--listen", listen, "where")->type_name("ADDRESS");
    option->capture_default_str();
    command->add_option("--cert", cert, "which")->type_name("FILE")->excludes(option);
    command->add_flag("--json", json, "as JSON");
    const std::string help = command->help();
    CHECK(help.find("--listen ADDRESS [127.0.0.1:8443]") != std::string::npos);
    CHECK(help.find("--cert FILE  ") != std::string::npos);
    CHECK(help.find("--json  ") != std::string::npos);
    CHECK(help.find("xclude") == std::string::npos);
}
