#include "command_line.hpp"
#include "subcommands.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/redirect.hpp"

#include <fstream>

using namespace helloscope;
using namespace helloscope::app;

namespace {

struct outcome {
    int status;
    std::string err;
};

// A server that does start is the business of tests/cli: it runs until a signal.
outcome serve(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "serve");
    const test::redirect out(STDOUT_FILENO), err(STDERR_FILENO);
    const int status = run_command_line(std::move(arguments), subcommands());
    return {status, err.text()};
}

} // namespace

TEST_CASE("serve refuses values that do not fit, alone or together") {
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"--listen", "8443"},
             {"--tls-min", "1.4"},
             {"--tls-min", "1.3", "--tls-max", "1.2"},
             {"--record-size", "511"},
             {"--chain", "good"},
             {"--cert", "a.pem"},
             {"--key", "a.key"},
             {"--cert", "a", "--key", "b", "--chain", "leaf"},
             {"--certs", "/none"},
             {"--dir", "/dev/null"},
             {"-q", "-v"}}) {
        const outcome refused = serve(arguments);
        INFO(refused.err);
        CHECK(refused.status == usage);
        CHECK(refused.err.find(arguments[0]) != std::string::npos);
    }
}

TEST_CASE("serve says which file is missing and how to make it") {
    const test::folder folder;
    const std::string path = folder.path().string();
    const outcome refused = serve({"--certs", path, "--chain", "expired"});
    CHECK(refused.status == could_not);
    CHECK(
        refused.err == "helloscope: serve: " + path + "/expired.pem is missing: make it with " +
                           "helloscope certs --out " + path + " --kind expired\n");
    CHECK(
        serve({"--cert", path + "/a", "--key", path + "/b"}).err.find(path + "/a: No such file") !=
        std::string::npos);
}

TEST_CASE("serve says when a file is no certificate") {
    const test::folder folder;
    const std::string path = (folder.path() / "a.pem").string();
    std::ofstream(path) << "text";
    const outcome refused = serve({"--cert", path, "--key", path});
    CHECK(refused.status == could_not);
    CHECK(refused.err.find("not a PEM certificate") != std::string::npos);
}
