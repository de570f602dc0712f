#include "print_config.hpp"

#include "config_file.hpp"

#include "support/catch.hpp"
#include "support/sample_command.hpp"

using namespace helloscope;
using namespace helloscope::app;

namespace {

// What a command with these flags and this file prints.
std::string printed(std::vector<std::string> flags, const std::string& toml) {
    test::sample_command sample;
    effective_settings from;
    const CLI::callback_t read = [&](const CLI::results_t&) {
        const auto options = configurable_rows(*sample.command);
        const std::vector<std::string> commands{"run"};
        const auto file = read_config_text({toml, "c.toml"}, "run", options, commands);
        if (!file) throw CLI::ValidationError(file.error().message);
        auto done = apply_layers(options, std::array{*file});
        if (!done) throw CLI::ValidationError(done.error().message);
        from = *done;
        return true;
    };
    sample.command->add_option("--config", read)->force_callback()->configurable(false);
    sample.parse(std::move(flags));
    return print_config(*sample.command, from);
}

// Without what it says of where values come from.
std::string values_of(std::string text) {
    std::string out;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.erase(0, line.size() + 1);
        if (!line.starts_with('#')) out += line.substr(0, line.rfind("  # ")) + "\n";
    }
    return out;
}

} // namespace

TEST_CASE("each value says where it is from") {
    CHECK(
        printed(
            {"--threads", "2", "--listen", "127.0.0.1:1", "--listen", "[::1]:2"},
            "[run]\nsize = \"1MiB\"\nno-record = true\nverbose = 2\n") ==
        R"(# What helloscope run uses, and where it is from; --config FILE reads it.
[run]
threads = 2  # --threads
size = 1048576  # c.toml:2
# port-file: not set; it takes FILE
detail = "runs"  # default
listen = ["127.0.0.1:1", "[::1]:2"]  # --listen
name = ["a.test", "b.test"]  # default
# cert: not set; it takes FILE
# key: not set; it takes FILE
# certs: not set; it takes DIR
# via: not set; it takes URL
# transparent: not set; it takes MODE
# reverse: not set; it takes [HOST]
verbose = 2  # c.toml:4

# Recording
# record: not set; it takes FILE|DIR
no-record = true  # c.toml:3
)");
}

TEST_CASE("what is printed reads back as the same") {
    const std::vector<std::string> rows[] = {
        {},
        {"--threads", "256", "--size", "64MiB", "--detail", "all", "-vv"},
        {"--port-file", "a \"b\" \\c\td\n\x7f é #", "--name", "0", "--name", "007"},
        {"--record", "x/", "--no-record=false"},
        {"--no-record", "--cert", "a", "--key", "b"},
        {"--transparent", "--reverse"},
        {"--reverse", "--reverse", "x", "--reverse"},
        {"--transparent", "tproxy", "--certs", "d"},
        {"--via", "http://proxy.test:3128", "--", "curl", "--listen"},
    };
    for (const auto& flags : rows) {
        const auto first = printed(flags, "");
        INFO(first);
        CHECK(values_of(printed({}, first)) == values_of(first));
    }
}

TEST_CASE("a value that was left out is true") {
    const auto text = printed({"--reverse", "--transparent"}, "");
    CHECK(text.find("\nreverse = true  # --reverse\n") != std::string::npos);
    CHECK(text.find("\ntransparent = true  # --transparent\n") != std::string::npos);
}

TEST_CASE("where a value is from does not end its line") {
    test::sample_command sample;
    sample.parse({"--threads", "2"});
    const auto* threads = sample.command->get_option("--threads");
    const auto text = print_config(*sample.command, {{{threads, "a\nthreads = 3"}}, {}});
    CHECK(text.find("\nthreads = 2  # a?threads = 3\n") != std::string::npos);
}

TEST_CASE("what was set aside says for what") {
    const auto text = printed({"--no-record"}, "[run]\nrecord = \"x\"\n");
    CHECK(
        text.find("# record: not set, set aside for --no-record; it takes FILE|DIR\n") !=
        std::string::npos);
}

TEST_CASE("a default that what is set excludes is a comment") {
    test::sample_command sample;
    auto* name = sample.command->get_option("--name");
    name->excludes("--certs");
    sample.parse({"--certs", "d"});
    const auto text = print_config(*sample.command, {});
    CHECK(text.find("\n# name = [\"a.test\", \"b.test\"]  # default\n") != std::string::npos);
}

TEST_CASE("user and password in a URL are not shown") {
    struct row {
        std::string url, shown;
    };
    const row rows[] = {
        {"http://user:secret@proxy.test:3128",
         "\"http://***:***@proxy.test:3128\"  # --via; user and password are not shown"},
        {"user:secret@proxy.test:3128",
         "\"***:***@proxy.test:3128\"  # --via; user and password are not shown"},
        {"socks5://secret@[::1]:1080",
         "\"socks5://***:***@[::1]:1080\"  # --via; user and password are not shown"},
        {"http://user:sec@ret@proxy.test",
         "\"http://***:***@proxy.test\"  # --via; user and password are not shown"},
        {"http://proxy.test:3128", "\"http://proxy.test:3128\"  # --via\n"},
    };
    for (const auto& [url, shown] : rows) {
        const auto text = printed({"--via", url}, "");
        INFO(text);
        CHECK(text.find("\nvia = " + shown) != std::string::npos);
        CHECK(text.find("secret") == std::string::npos);
    }
    // Another @ than that of a URL is no secret.
    CHECK(
        printed({"--transparent", "redirect@[::1]:1"}, "")
            .find("transparent = \"redirect@[::1]:1\"") != std::string::npos);
}
