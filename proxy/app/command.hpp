// A command run beside us, with its own environment: its status, and the signals that pass to it.
#pragma once

#include "helloscope/base/result.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace helloscope::app {

// Statuses of a shell for a command that could not be started.
enum start_status : int { our_failure = 125, cannot_execute = 126, not_found = 127 };

// This process' environment for a command whose traffic is to come through `proxy_url`: the proxy
// variables in both cases and NODE_USE_ENV_PROXY set, NO_PROXY removed. As "NAME=value".
std::vector<std::string> environment_through(const std::string& proxy_url);

// Blocks the signals that run_until_done() takes in, for this thread and those it starts from now
// on.
void hold_signals();

// The other way round: a second Ctrl-C ends us even when a disk hangs.
void release_signals();

struct command_outcome {
    int status = 0;      // as a shell says it: 128+N when signal N ended it
    std::string failure; // why it could not be started, empty when it was
};

// Starts `words` (found by PATH) with our stdio, passes on each signal that was sent to us alone
// (those of the terminal reach the command by themselves), and waits for its end. The signals that
// hold_signals() blocked are as usual in the command.
command_outcome run_command(
    const std::vector<std::string>& words, const std::vector<std::string>& environment);

// Waits for SIGINT, SIGTERM, SIGHUP or SIGQUIT and says which.
int wait_for_signal();
// Whether one has come since, without waiting for it.
bool signal_came();

} // namespace helloscope::app
