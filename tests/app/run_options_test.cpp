#include "run_options.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

using namespace helloscope;
using namespace helloscope::app;
using namespace std::chrono_literals;

namespace {

const char* no_environment(const char*) { return nullptr; }

run_options parse(std::vector<std::string> arguments) {
    run_options options;
    CLI::App command;
    add_run_options(command, options);
    std::ranges::reverse(arguments);
    command.parse(std::move(arguments));
    return options;
}

relay::options planned(std::vector<std::string> arguments) {
    const auto plan = plan_run(parse(std::move(arguments)), no_environment);
    if (!plan) throw std::runtime_error(plan.error().message);
    return plan->relay;
}

std::string trouble(std::vector<std::string> arguments) {
    try {
        const auto plan = plan_run(parse(std::move(arguments)), no_environment);
        return plan ? "" : plan.error().message;
    } catch (const CLI::ParseError& error) {
        return error.what();
    }
}

} // namespace

TEST_CASE("without flags the defaults of the documentation stand") {
    const auto plan = planned({});
    CHECK(to_string(plan.listeners.at(0).at) == "127.0.0.1:8484");
    CHECK(plan.threads == 1);
    CHECK(plan.limits.front == 30s);
    CHECK(plan.limits.resolve == 10s);
    CHECK(plan.limits.connect == 30s);
    CHECK(plan.limits.hold == 3s);
    CHECK(plan.limits.idle == 1h);
    CHECK_FALSE(plan.recording.payload_all);
    CHECK(plan.recording.file_size == 64U << 20);
    CHECK(plan.recording.total_size == 512U << 20);
}

TEST_CASE("a default that help shows is the one that stands") {
    run_options standing, said;
    CLI::App command;
    add_run_options(command, said);
    std::vector<std::string> arguments;
    for (const CLI::Option* option : command.get_options())
        if (const auto value = option->get_default_str(); !value.empty()) {
            arguments.push_back(value);
            arguments.push_back(option->get_name());
        }
    command.parse(std::move(arguments)); // CLI11 takes them from the end
    CHECK(said.record_file_size == standing.record_file_size);
    CHECK(said.record_total_size == standing.record_total_size);
    CHECK(said.max_flows == standing.max_flows);
    CHECK(said.log.format == standing.log.format);
}

TEST_CASE("a command gets a free port, unless it is said") {
    CHECK(planned({"--", "true"}).listeners.at(0).at.port == 0);
    CHECK(
        planned({"--listen", "[::1]:9000", "--", "true"}).listeners.at(0).at ==
        *parse_endpoint("[::1]:9000"));
}

TEST_CASE("everything behind -- is the command's, after options that may repeat too") {
    const auto options = parse(
        {"--connect-to", "a.test:1:b.test:2", "--connect-to", ":::3", "--resolve",
         "c.test:1:192.0.2.1", "--", "curl", "--resolve", "x", "--", "-sS"});
    CHECK(options.command == std::vector<std::string>{"curl", "--resolve", "x", "--", "-sS"});
    CHECK(options.connect_to.size() == 2);
    CHECK(options.resolve.size() == 1);
}

TEST_CASE("flags reach the relay") {
    const auto plan = planned(
        {"--threads",          "2",       "--max-flows",         "10",  "--front-timeout",   "0.5",
         "--idle-timeout",     "0",       "--record-payload",    "all", "--record-detail",   "all",
         "--record-file-size", "1MiB",    "--record-total-size", "5G",  "--record-file-age", "60",
         "--record",           "x.pcapng"});
    CHECK(plan.threads == 2);
    CHECK(plan.max_flows == 10);
    CHECK(plan.limits.front == 500ms);
    CHECK(plan.limits.idle == 0ms);
    CHECK(plan.recording.payload_all);
    CHECK(plan.recording.detail_all);
    CHECK(plan.recording.file_size == 1U << 20);
    CHECK(plan.recording.total_size == 5ULL << 30);
    CHECK(plan.recording.file_age == 60s);
    CHECK(plan.recording.file == "x.pcapng");
}

TEST_CASE("a recording goes to a file, into a directory, or nowhere") {
    const test::folder folder;
    CHECK(planned({"--record", folder.path().string()}).recording.directory == folder.path());
    CHECK(planned({"--record", "new/"}).recording.directory == "new/");
    const auto none = planned({"--no-record"}).recording;
    CHECK((none.file.empty() && none.directory.empty()));
    CHECK(plan_run(parse({}), no_environment)->recording_by_default);
    CHECK_FALSE(plan_run(parse({"--record", "x"}), no_environment)->recording_by_default);
}

TEST_CASE("a bad value says which flag, what was wrong and what was expected") {
    struct row {
        std::vector<std::string> arguments;
        std::string says;
    };
    const row rows[] = {
        {{"--listen", "8484"}, "--listen: '8484' is not an address and a port"},
        {{"--listen", "0.0.0.0:8484"},
         "--listen 0.0.0.0:8484: everybody who reaches the port could use this proxy"},
        {{"--connect-to", "a:b"}, "--connect-to 'a:b': too few parts"},
        {{"--resolve", "a.test:443:b.test"}, "--resolve 'a.test:443:b.test': not an address"},
        {{"--connect-timeout", "soon"}, "--connect-timeout: 'soon' is not a number of seconds"},
        {{"--threads", "0"}, "--threads: '0' is not a whole number from 1 to 256"},
        {{"--record-file-size", "big"}, "--record-file-size: 'big' is not a size"},
        {{"--record-detail", "some"}, "--record-detail: 'some' is not one of runs, all"},
        {{"--record", "x", "--no-record"}, "--record excludes --no-record"},
    };
    for (const auto& [arguments, says] : rows) {
        CAPTURE(arguments);
        const auto message = trouble(arguments);
        CAPTURE(message);
        CHECK(message.find(says) != std::string::npos);
    }
}

TEST_CASE("the admin API is off, and open to nobody by accident") {
    const auto admin = [](std::vector<std::string> arguments) {
        return plan_run(parse(std::move(arguments)), no_environment)->admin;
    };
    CHECK_FALSE(admin({}));
    CHECK(to_string(*admin({"--admin", "127.0.0.1:0"})) == "127.0.0.1:0");
    CHECK(to_string(*admin({"--admin", "[::1]:8474"})) == "[::1]:8474");
    CHECK(admin({"--admin", "0.0.0.0:8474", "--allow-from", "10.0.0.0/8"}));
    CHECK(
        trouble({"--admin", "0.0.0.0:8474"}) ==
        "--admin 0.0.0.0:8474: everybody who reaches the port could use and change this proxy: "
        "say who may with --allow-from CIDR");
    CHECK(trouble({"--admin", "8474"}).find("--admin") != std::string::npos);
}

TEST_CASE("servers are asked only when that is said, and by whom their certificates are trusted") {
    CHECK_FALSE(planned({}).investigate);
    CHECK_FALSE(planned({}).trusted);
    CHECK(planned({"--investigate"}).investigate);
    CHECK(planned({"--investigate"}).trusted);        // the system's
    CHECK(trouble({"--cacert", "none.pem"}).empty()); // nobody reads it
    CHECK(
        trouble({"--investigate", "--cacert", "none.pem"}) ==
        "--cacert cannot use the CA certificates in none.pem: No such file or directory");
}
