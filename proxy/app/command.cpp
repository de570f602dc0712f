#include "command.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace helloscope::app {
namespace {

constexpr std::array held{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH};
constexpr std::array endings{SIGINT, SIGTERM, SIGHUP, SIGQUIT};

template <std::size_t N> sigset_t set_of(const std::array<int, N>& signals) {
    sigset_t set;
    sigemptyset(&set);
    for (const int one : signals) sigaddset(&set, one);
    return set;
}

// A descriptor that is closed at the end of its scope.
struct descriptor {
    int number = -1;
    explicit descriptor(int opened) : number(opened) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() {
        if (number >= 0) ::close(number);
    }
};

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

// A signal of the terminal goes to the whole foreground group: the command has it already.
void pass_on(int signals, pid_t child) {
    signalfd_siginfo got{};
    if (::read(signals, &got, sizeof got) != sizeof got || got.ssi_code == SI_KERNEL) return;
    ::kill(child, static_cast<int>(got.ssi_signo));
}

int status_of(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
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
    const auto set = set_of(held);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

command_outcome run_command(
    const std::vector<std::string>& words, const std::vector<std::string>& environment) {
    pid_t child = 0;
    if (const int error = start(words, environment, child)) {
        const bool missing = error == ENOENT;
        return {
            missing ? not_found : cannot_execute,
            fmt::format(
                "cannot run {}: {}", words.front(),
                missing ? "not found in PATH" : std::strerror(error))};
    }
    const auto set = set_of(held);
    const descriptor signals(::signalfd(-1, &set, SFD_CLOEXEC));
    // glibc 2.36 has pidfd_open, but older ones that we run on have not.
    const descriptor ended(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    std::array<pollfd, 2> waits{pollfd{ended.number, POLLIN, 0}, pollfd{signals.number, POLLIN, 0}};
    while (ended.number >= 0 && (waits[0].revents & POLLIN) == 0) {
        if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) break;
        if ((waits[1].revents & POLLIN) != 0) pass_on(signals.number, child);
    }
    return {status_of(child), {}};
}

int wait_for_signal() {
    const auto set = set_of(endings);
    int got = 0;
    ::sigwait(&set, &got);
    return got;
}

} // namespace helloscope::app
