#include "command.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace helloscope::app {
namespace {

constexpr std::array held{SIGINT,  SIGTERM, SIGHUP,   SIGQUIT, SIGUSR1,
                          SIGUSR2, SIGCONT, SIGWINCH, SIGCHLD};
constexpr std::array endings{SIGINT, SIGTERM, SIGHUP, SIGQUIT};

template <std::size_t N> sigset_t set_of(const std::array<int, N>& signals) {
    sigset_t set;
    sigemptyset(&set);
    for (const int one : signals) sigaddset(&set, one);
    return set;
}

sigset_t heeded_endings() {
    auto set = set_of(endings);
    struct sigaction action {};
    for (const int one : endings) // nohup: what was ignored when we began stays so
        if (::sigaction(one, nullptr, &action) == 0 && action.sa_handler == SIG_IGN)
            sigdelset(&set, one);
    return set;
}

bool is_proxy_variable(std::string_view entry) {
    static constexpr std::array<std::string_view, 9> names{
        "HTTP_PROXY",  "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",          "http_proxy",
        "https_proxy", "all_proxy",   "no_proxy",  "NODE_USE_ENV_PROXY"};
    const auto name = entry.substr(0, entry.find('='));
    for (const auto one : names)
        if (name == one) return true;
    return false;
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> out;
    for (const auto& word : words) out.push_back(const_cast<char*>(word.c_str()));
    out.push_back(nullptr);
    return out;
}

// posix_spawnp reports what exec said, which fork and exec would need a pipe for.
int start(
    const std::vector<std::string>& words, const std::vector<std::string>& environment,
    pid_t& child) {
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    const auto none = set_of(std::array<int, 0>{});
    const auto usual = set_of(std::array{SIGPIPE});
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    const int error = ::posix_spawnp(
        &child, words.front().c_str(), nullptr, &attributes, pointers(words).data(),
        pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    return error;
}

// As a shell says it.
int shell_status(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Until the child has ended. A signal of the terminal goes to the whole foreground group, so the
// command has it already; one that was sent to us alone is passed on.
int wait_for(pid_t child) {
    const auto set = set_of(held);
    while (true) {
        int status = 0;
        const pid_t ended = ::waitpid(child, &status, WNOHANG);
        if (ended == child) return shell_status(status);
        if (ended < 0 && errno != EINTR) return our_failure;
        siginfo_t got{};
        const int signal = ::sigwaitinfo(&set, &got);
        if (signal > 0 && signal != SIGCHLD && got.si_code != SI_KERNEL) ::kill(child, signal);
    }
}

} // namespace

std::vector<std::string> environment_through(const std::string& proxy_url) {
    std::vector<std::string> out;
    for (char** entry = environ; *entry != nullptr; ++entry)
        if (!is_proxy_variable(*entry)) out.emplace_back(*entry);
    for (const auto* name :
         {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"})
        out.push_back(fmt::format("{}={}", name, proxy_url));
    out.emplace_back("NODE_USE_ENV_PROXY=1");
    return out;
}

void hold_signals() {
    // Whoever started us may ignore it; the kernel would then keep the command's status to itself.
    std::signal(SIGCHLD, SIG_DFL);
    const auto set = set_of(held);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

command_outcome run_command(
    const std::vector<std::string>& words, const std::vector<std::string>& environment) {
    pid_t child = 0;
    if (const int error = start(words, environment, child)) {
        const bool missing = error == ENOENT;
        if (error == EAGAIN || error == ENOMEM)
            return {
                our_failure, fmt::format("cannot run {}: {}", words.front(), std::strerror(error))};
        return {
            missing ? not_found : cannot_execute,
            fmt::format(
                "cannot run {}: {}", words.front(),
                missing && words.front().find('/') == std::string::npos ? "not found in PATH"
                                                                        : std::strerror(error))};
    }
    return {wait_for(child), {}};
}

void release_signals() {
    const auto set = set_of(held);
    const timespec now{};
    while (::sigtimedwait(&set, nullptr, &now) > 0) {} // what came meanwhile has been answered
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

int wait_for_signal() {
    const auto set = heeded_endings();
    int got = 0;
    ::sigwait(&set, &got);
    return got;
}

bool signal_came() {
    const auto set = heeded_endings();
    const timespec now{};
    return ::sigtimedwait(&set, nullptr, &now) > 0;
}

} // namespace helloscope::app
