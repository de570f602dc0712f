// The options of `helloscope run`, as parsed: one table of flags, one struct.
#pragma once

#include "healing.hpp"
#include "helloscope/relay/options.hpp"
#include "log.hpp"
#include "treatment.hpp"
#include "ways_in.hpp"
#include "ways_out.hpp"

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace helloscope::app {

struct run_options {
    ways_in_options in;
    ways_out_options out;
    treatment_options treat;
    healing_options healing;
    bool investigate = false;
    std::string cacert; // whom the certificates of servers are verified with; empty: the system's
    std::string admin;  // where its API listens; empty: nowhere
    std::string port_file;
    std::vector<std::string> resolve, connect_to;
    unsigned threads = 1;
    unsigned max_flows = relay::options{}.max_flows;
    relay::data_path data_path = relay::data_path::automatic;
    double front_timeout = 30, resolve_timeout = 10, connect_timeout = 30, parent_timeout = 30,
           hold_timeout = 3, idle_timeout = 3600;

    std::string record; // a file, or a directory
    bool no_record = false;
    std::string record_payload = "handshake";
    std::string record_detail = "runs";
    std::uint64_t record_file_size = relay::recording_options{}.file_size;
    std::uint64_t record_total_size = relay::recording_options{}.total_size;
    double record_file_age = 0;

    bool json = false;
    bool no_report = false;
    std::vector<std::string> fail_on; // verdicts that make a 0 a 1
    log_options log;
    std::vector<std::string> command;
};

// `options` outlives the parse.
void add_run_options(CLI::App& command, run_options& options);

// What they mean for the relay. The failure names the flag, its value and what was expected.
// `recording_by_default`: nobody asked for the recording, so it may be missing.
struct run_plan {
    relay::options relay;
    std::optional<endpoint> admin;
    bool recording_by_default = false;
};
result<run_plan> plan_run(const run_options& options, const environment& lookup);

} // namespace helloscope::app
