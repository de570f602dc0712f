#include "command.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <pthread.h>
#include <thread>
#include <unistd.h>

using namespace helloscope::app;

namespace {

// The signals are held for a test only.
struct holding {
    holding() { hold_signals(); }
    ~holding() { release_signals(); }
};

bool contains(const std::vector<std::string>& list, const std::string& entry) {
    return std::ranges::find(list, entry) != list.end();
}

bool has_name(const std::vector<std::string>& list, const std::string& name) {
    return std::ranges::any_of(list, [&](auto& entry) { return entry.starts_with(name + "="); });
}

int status_of(const std::vector<std::string>& words) {
    const holding held;
    return run_command(words, environment_through("http://127.0.0.1:1")).status;
}

} // namespace

TEST_CASE("the command's environment has the proxy in every spelling, and no exceptions") {
    ::setenv("NO_PROXY", "example.test", 1);
    ::setenv("no_proxy", "example.test", 1);
    ::setenv("HTTPS_PROXY", "http://other.test:1", 1);
    const auto environment = environment_through("http://127.0.0.1:8484");
    for (const auto* name :
         {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"})
        CHECK(contains(environment, std::string(name) + "=http://127.0.0.1:8484"));
    CHECK(contains(environment, "NODE_USE_ENV_PROXY=1"));
    CHECK_FALSE(has_name(environment, "NO_PROXY"));
    CHECK_FALSE(has_name(environment, "no_proxy"));
    CHECK(has_name(environment, "PATH"));
    CHECK(std::ranges::count_if(environment, [](auto& entry) {
              return entry.starts_with("HTTPS_PROXY=");
          }) == 1);
    for (const auto* name : {"NO_PROXY", "no_proxy", "HTTPS_PROXY"}) ::unsetenv(name);
}

TEST_CASE("a command's status is what a shell would say") {
    CHECK(status_of({"true"}) == 0);
    CHECK(status_of({"sh", "-c", "exit 7"}) == 7);
    CHECK(status_of({"sh", "-c", "kill -TERM $$"}) == 128 + SIGTERM);
}

TEST_CASE("a status is known where the parent ignores the ends of children") {
    const auto before = std::signal(SIGCHLD, SIG_IGN);
    CHECK(status_of({"sh", "-c", "exit 3"}) == 3);
    std::signal(SIGCHLD, before);
}

TEST_CASE("a command that cannot be started says why, as in a shell") {
    const holding held;
    const auto missing = run_command({"no-such-command-here"}, {});
    CHECK(missing.status == not_found);
    CHECK(missing.failure == "cannot run no-such-command-here: not found in PATH");

    const auto nowhere = run_command({"/none/such"}, {});
    CHECK(nowhere.status == not_found);
    CHECK(nowhere.failure == "cannot run /none/such: No such file or directory");

    const helloscope::test::folder folder;
    const auto plain = folder.path() / "plain.txt";
    std::ofstream(plain) << "no program";
    const auto refused = run_command({plain.string()}, {});
    CHECK(refused.status == cannot_execute);
    CHECK(refused.failure.starts_with("cannot run " + plain.string() + ": "));
}

TEST_CASE("a signal that was sent to us alone reaches the command") {
    const holding held;
    const helloscope::test::folder folder;
    const auto ready = folder.path() / "ready";
    std::thread sender([&] {
        while (!std::filesystem::exists(ready)) std::this_thread::yield();
        ::kill(::getpid(), SIGUSR1);
    });
    // The command says that its trap stands, and waits for it.
    const auto outcome = run_command(
        {"sh", "-c", "trap 'exit 42' USR1; touch " + ready.string() + "; while :; do read x; done"},
        environment_through("http://127.0.0.1:1"));
    sender.join();
    CHECK(outcome.status == 42);
}

TEST_CASE("a signal that ends us is waited for and named") {
    const holding held;
    ::kill(::getpid(), SIGTERM);
    CHECK(wait_for_signal() == SIGTERM);
}

TEST_CASE("whether a signal has come is asked without waiting for it") {
    const holding now;
    CHECK_FALSE(signal_came());
    ::kill(::getpid(), SIGTERM);
    CHECK(signal_came());
    CHECK_FALSE(signal_came()); // it was taken
}
