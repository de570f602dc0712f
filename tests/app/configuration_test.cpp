#include "configuration.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/redirect.hpp"
#include "support/sample_command.hpp"
#include "support/variable.hpp"

#include <fstream>

using namespace helloscope;
using namespace helloscope::app;

namespace {

// A command with its configuration, below a home of its own.
struct configured : test::sample_command {
    test::folder home;
    test::variable config_home{"XDG_CONFIG_HOME", home.path().c_str()};
    bool ran_it = false;
    action what = with_configuration(*command, [this]() -> result<int> {
        ran_it = true;
        return 7;
    });

    std::string write(const std::string& name, const std::string& toml) const {
        const auto path = home.path() / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << toml;
        return path.string();
    }
    std::string trouble(const std::vector<std::string>& flags) {
        try {
            parse(flags);
            return "";
        } catch (const CLI::ParseError& error) {
            return error.what();
        }
    }
};

} // namespace

TEST_CASE("the user's file is read where it is, and need not be") {
    configured without;
    CHECK(without.trouble({}).empty());
    CHECK(without.threads == 1);
    configured with;
    with.write("helloscope/config.toml", "[run]\nthreads = 3\n");
    CHECK(with.trouble({}).empty());
    CHECK(with.threads == 3);
    CHECK(with.what().value() == 7);
}

TEST_CASE("another file can be named, by flag or variable, or none") {
    configured flag;
    flag.write("helloscope/config.toml", "[run]\nthreads = 3\n");
    const auto other = flag.write("other.toml", "[run]\nthreads = 4\n");
    const test::variable variable("HELLOSCOPE_RUN_CONFIG", "none");
    CHECK(flag.trouble({"--config", other}).empty());
    CHECK(flag.threads == 4);

    configured none;
    none.write("helloscope/config.toml", "[run]\nthreads = 3\n");
    CHECK(none.trouble({}).empty());
    CHECK(none.threads == 1);
}

TEST_CASE("a file that was named and cannot be read is an error") {
    configured gone;
    const auto path = (gone.home.path() / "gone.toml").string();
    CHECK(
        gone.trouble({"--config", path}) ==
        "--config: cannot open " + path + ": No such file or directory: name a TOML file, or none");
    configured folder;
    const auto home = folder.home.path().string();
    CHECK(
        folder.trouble({"--config", home}) ==
        "--config: cannot read " + home + ": Is a directory: name a TOML file, or none");
}

TEST_CASE("the environment stands between flags and file") {
    configured all;
    all.write("helloscope/config.toml", "[run]\nthreads = 3\ndetail = \"all\"\n");
    const test::variable variable("HELLOSCOPE_RUN_THREADS", "5");
    CHECK(all.trouble({}).empty());
    CHECK(all.threads == 5);
    CHECK(all.detail == "all");
    configured flag;
    CHECK(flag.trouble({"--threads", "6"}).empty());
    CHECK(flag.threads == 6);
}

TEST_CASE("help does not need a file that can be read") {
    configured all;
    all.write("helloscope/config.toml", "[");
    CHECK_THROWS_AS(all.parse({"--help"}), CLI::CallForHelp);
    CHECK(all.trouble({}).find("config.toml:1:2: ") != std::string::npos);
}

TEST_CASE("a command that is not asked for reads nothing") {
    configured all;
    all.root.add_subcommand("other");
    all.write("helloscope/config.toml", "[");
    std::vector<std::string> arguments{"other"};
    all.root.parse(arguments);
    CHECK(all.threads == 1);
}

TEST_CASE("the configuration is printed instead of what the command does") {
    configured all;
    all.command->get_option("COMMAND")->required();
    CHECK(all.trouble({"--threads", "2", "--print-config"}).empty());
    const test::redirect out(STDOUT_FILENO);
    CHECK(all.what().value() == ran);
    CHECK_FALSE(all.ran_it);
    CHECK(out.text().find("[run]\nthreads = 2  # --threads\n") != std::string::npos);
}

TEST_CASE("a command without flags has no configuration") {
    CLI::App root;
    auto* command = root.add_subcommand("plain");
    std::string argument;
    command->add_option("ARGUMENT", argument);
    (void)with_configuration(*command, []() -> result<int> { return 0; });
    CHECK(command->get_option_no_throw("--config") == nullptr);
}
