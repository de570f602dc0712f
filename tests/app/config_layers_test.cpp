#include "config_layers.hpp"

#include "support/catch.hpp"
#include "support/sample_command.hpp"

#include <fmt/format.h>

using namespace helloscope;
using namespace helloscope::app;

namespace {

struct value {
    std::string key;
    std::vector<std::string> texts;
};

// A sample command that has read its flags and is about to check them: what apply_layers meets.
struct stage : test::sample_command {
    std::vector<std::string> flags;
    std::vector<value> environment, file;
    result<effective_settings> done;

    void play() {
        command
            ->add_option(
                "--hook", CLI::callback_t([this](const CLI::results_t&) {
                    const auto options = configurable_rows(*command);
                    done = apply_layers(
                        options,
                        std::array{layer(environment, "HELLOSCOPE_", ""), layer(file, "", "c:")});
                    if (!done) throw CLI::ValidationError(done.error().message);
                    return true;
                }))
            ->force_callback();
        parse(flags);
    }
    std::string trouble() {
        try {
            play();
            return "";
        } catch (const CLI::ParseError& error) {
            return error.what();
        }
    }
    settings layer(const std::vector<value>& from, std::string prefix, std::string at) {
        settings out;
        for (const auto& [name, texts] : from) {
            setting one{
                command->get_option("--" + name), prefix + name, at, at + prefix + name, {}};
            for (const auto& text : texts) one.values.push_back({text, at});
            out.push_back(one);
        }
        return out;
    }
    std::string origin(const std::string& flag) {
        const auto found = done->origins.find(command->get_option(flag));
        return found == done->origins.end() ? "" : found->second;
    }
    std::string set_aside(const std::string& flag) {
        const auto found = done->set_aside.find(command->get_option(flag));
        return found == done->set_aside.end() ? "" : found->second;
    }
};

} // namespace

TEST_CASE("a flag beats the environment, which beats the file, which beats the default") {
    stage all;
    all.flags = {"--threads", "4"};
    all.environment = {{"threads", {"3"}}, {"detail", {"all"}}};
    all.file = {{"threads", {"2"}}, {"detail", {"runs"}}, {"port-file", {"p"}}};
    all.play();
    CHECK(all.threads == 4);
    CHECK(all.detail == "all");
    CHECK(all.port_file == "p");
    CHECK(all.names.size() == 2);
    CHECK(all.origin("--threads") == "--threads");
    CHECK(all.origin("--detail") == "HELLOSCOPE_detail");
    CHECK(all.origin("--port-file") == "c:port-file");
    CHECK(all.origin("--name").empty());
}

TEST_CASE("a list replaces a weaker one, whole") {
    stage all;
    all.environment = {{"listen", {"127.0.0.1:1", "127.0.0.1:2"}}};
    all.file = {{"listen", {"127.0.0.1:3"}}, {"name", {"c.test", "d.test"}}};
    all.play();
    CHECK(all.listen == std::vector<std::string>{"127.0.0.1:1", "127.0.0.1:2"});
    CHECK(all.names == std::vector<std::string>{"c.test", "d.test"});
}

TEST_CASE("transforms and counts work as on the command line") {
    stage all;
    all.file = {{"size", {"1MiB"}}, {"verbose", {"2"}}};
    all.play();
    CHECK(all.size == 1 << 20);
    CHECK(all.verbose == 2);
}

TEST_CASE("a value may be left out where the command line lets it be") {
    stage all;
    all.command->get_option("--transparent")->check(app::one_of({"tproxy"}));
    all.file = {{"reverse", {"", "x"}}, {"transparent", {""}}};
    all.play();
    CHECK(all.reverse == std::vector<std::string>{"", "x"});
    CHECK(all.mode.empty());
}

TEST_CASE("a value that is overridden is not checked, one that is used is") {
    stage overridden;
    overridden.flags = {"--threads", "4"};
    overridden.file = {{"threads", {"many"}}};
    CHECK(overridden.trouble().empty());

    stage used;
    used.file = {{"listen", {"127.0.0.1:1", "here"}}};
    CHECK(
        used.trouble() == "c:listen: 'here' is not an address and a port, such as 127.0.0.1:8443 "
                          "or [::1]:0");
    stage variable;
    variable.environment = {{"threads", {"0"}}};
    CHECK(variable.trouble() == "HELLOSCOPE_threads: '0' is not a whole number from 1 to 256");
    stage unchecked;
    int number = 0;
    unchecked.command->add_option("--number", number, "which nothing checks");
    unchecked.file = {{"number", {"x"}}};
    CHECK(unchecked.trouble().starts_with("c:number: Could not convert: --number = x"));
}

TEST_CASE("what excludes a weaker source's option sets it aside") {
    stage all;
    all.flags = {"--record", "here"};
    all.environment = {{"no-record", {"true"}}};
    all.play();
    CHECK(all.record == "here");
    CHECK_FALSE(all.no_record);
    CHECK(all.set_aside("--no-record") == "--record");
    CHECK(all.origin("--no-record").empty());

    stage other_way;
    other_way.environment = {{"no-record", {"true"}}};
    other_way.file = {{"record", {"there"}}};
    other_way.play();
    CHECK(other_way.no_record);
    CHECK(other_way.record.empty());
    CHECK(other_way.set_aside("--record") == "--no-record");
}

TEST_CASE("what is set aside takes along what needs it") {
    stage all;
    all.flags = {"--certs", "dir"};
    all.environment = {{"cert", {"c"}}};
    all.file = {{"key", {"k"}}};
    all.play();
    CHECK(all.cert.empty());
    CHECK(all.key.empty());
    CHECK(all.set_aside("--key") == "--certs");
}

TEST_CASE("a flag that is off is no reason to exclude anything, but overrides") {
    stage file;
    file.file = {{"no-record", {}}, {"record", {"x"}}};
    file.play();
    CHECK(file.record == "x");
    CHECK(file.origin("--no-record") == "c:no-record");

    stage command_line;
    command_line.flags = {"--no-record=false"};
    command_line.environment = {{"no-record", {"true"}}};
    command_line.file = {{"record", {"x"}}};
    command_line.play();
    CHECK_FALSE(command_line.no_record);
    CHECK(command_line.record == "x");
    CHECK(command_line.origin("--no-record") == "--no-record");
}

TEST_CASE("within one source two that exclude each other are an error") {
    stage flags;
    flags.flags = {"--record", "x", "--no-record"};
    CHECK(flags.trouble() == "--record excludes --no-record");
    stage file;
    file.file = {{"record", {"x"}}, {"no-record", {"true"}}};
    CHECK(file.trouble() == "c:no-record excludes record");
    stage environment;
    environment.environment = {{"no-record", {"true"}}, {"record", {"x"}}};
    CHECK(environment.trouble() == "HELLOSCOPE_record excludes HELLOSCOPE_no-record");
    stage settled; // by a stronger source
    settled.flags = {"--no-record"};
    settled.file = {{"record", {"x"}}, {"no-record", {"true"}}};
    CHECK(settled.trouble().empty());
}

TEST_CASE("what needs another option may find it in any source") {
    stage all;
    all.flags = {"--key", "k"};
    all.file = {{"cert", {"c"}}};
    CHECK(all.trouble().empty());
    stage alone;
    alone.file = {{"cert", {"c"}}};
    CHECK(alone.trouble() == "c:cert requires --key");
}
