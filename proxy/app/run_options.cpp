#include "run_options.hpp"

#include "fail_on.hpp"
#include "record_path.hpp"
#include "values.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <map>

namespace helloscope::app {
namespace {

std::chrono::milliseconds milliseconds(double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

const std::map<std::string, relay::data_path> data_paths{
    {"auto", relay::data_path::automatic},
    {"copy", relay::data_path::copy},
    {"tee", relay::data_path::tee},
    {"tee-whole", relay::data_path::tee_whole},
    {"peek", relay::data_path::peek}};

void add_seconds(CLI::App& command, const char* name, double& value, const char* meaning) {
    command.add_option(name, value, meaning)
        ->type_name("SECONDS")
        ->check(seconds())
        ->group("Deadlines")
        ->capture_default_str();
}

void add_limits(CLI::App& command, run_options& options) {
    command
        .add_option(
            "--port-file", options.port_file,
            "write the port to FILE once connections are accepted; one a line, in the order of "
            "--listen, --listen-tls, --reverse, --transparent; then --admin's")
        ->type_name("FILE");
    command
        .add_option(
            "--admin", options.admin,
            "an API to change listeners, faults and routes and to look at flows; it speaks "
            "Toxiproxy's, whose port is 8474")
        ->type_name("ADDRESS:PORT")
        ->check(address_and_port());
    command.add_option("--resolve", options.resolve, "as curl's: use this address for a name")
        ->type_name("HOST:PORT:ADDR[,ADDR]")
        ->allow_extra_args(false);
    command
        .add_option(
            "--connect-to", options.connect_to,
            "as curl's: connect to another host or port than was asked for")
        ->type_name("HOST1:PORT1:HOST2:PORT2")
        ->allow_extra_args(false);
    command.add_option("--threads", options.threads, "threads that relay")
        ->type_name("N")
        ->check(whole_number(1, 256))
        ->capture_default_str();
    command.add_option("--max-flows", options.max_flows, "open at once; more wait to be accepted")
        ->type_name("N")
        ->check(whole_number(1, 1'000'000))
        ->capture_default_str();
    // For tests and the bench: all of them do the same.
    command.add_option("--data-path", options.data_path)
        ->transform(CLI::CheckedTransformer(data_paths))
        ->configurable(false)
        ->group("");
}

void add_deadlines(CLI::App& command, run_options& options) {
    add_seconds(command, "--front-timeout", options.front_timeout, "for a client's request head");
    add_seconds(command, "--resolve-timeout", options.resolve_timeout, "for a name lookup");
    add_seconds(
        command, "--connect-timeout", options.connect_timeout,
        "for a connection, over all addresses");
    add_seconds(
        command, "--parent-timeout", options.parent_timeout, "for each answer of a parent proxy");
    add_seconds(
        command, "--hold-timeout", options.hold_timeout,
        "for a ClientHello that --shape is to cut, at most 64 KiB, to be whole");
    add_seconds(
        command, "--idle-timeout", options.idle_timeout,
        "a tunnel without a byte either way ends; 0: never");
}

void add_recording(CLI::App& command, run_options& options) {
    constexpr auto group = "Recording";
    auto* record = command.add_option(
        "--record", options.record,
        "record to a file, or into a directory "
        "[$XDG_STATE_HOME/helloscope/]");
    record->type_name("FILE|DIR")->group(group);
    command.add_flag("--no-record", options.no_record, "record nothing")
        ->excludes(record)
        ->group(group);
    command
        .add_option(
            "--record-payload", options.record_payload,
            "handshake: nothing secret; all: every byte, and a slow disk slows the flows")
        ->check(one_of({"handshake", "all"}))
        ->type_name("handshake|all")
        ->group(group)
        ->capture_default_str();
    command
        .add_option(
            "--record-detail", options.record_detail,
            "runs: data records of one read, and of bulk, by their lengths together; all: each "
            "singly")
        ->check(one_of({"runs", "all"}))
        ->type_name("runs|all")
        ->group(group)
        ->capture_default_str();
    command
        .add_option(
            "--record-file-size", options.record_file_size, "a larger file is followed by another")
        ->transform(size())
        ->type_name("SIZE")
        ->default_str("64MiB")
        ->group(group);
    command
        .add_option(
            "--record-file-age", options.record_file_age,
            "an older file is followed by another; 0: never")
        ->check(seconds())
        ->type_name("SECONDS")
        ->group(group)
        ->capture_default_str();
    command
        .add_option(
            "--record-total-size", options.record_total_size,
            "in a directory: the oldest files are removed beyond this")
        ->transform(size())
        ->type_name("SIZE")
        ->default_str("512MiB")
        ->group(group);
}

void add_investigating(CLI::App& command, run_options& options) {
    constexpr auto group = "Investigating";
    command
        .add_flag(
            "--investigate", options.investigate,
            "when a handshake fails, ask the server again beside it: with other hellos, and for "
            "its certificates; without the parents, too")
        ->group(group);
    command
        .add_option(
            "--cacert", options.cacert,
            "verify those certificates with these CAs (PEM) [the system's]")
        ->type_name("FILE")
        ->group(group);
}

// It asks for no password: where it is not on loopback, networks say who may come.
result<void> check_admin(const endpoint& at, const relay::access_options& access) {
    if (at.address.is_loopback() || !access.allow_from.empty()) return {};
    return std::unexpected(failure{fmt::format(
        "--admin {}: everybody who reaches the port could use and change this proxy: say who may "
        "with --allow-from CIDR",
        to_string(at))});
}

relay::recording_options plan_recording(const run_options& options, bool& by_default) {
    relay::recording_options plan;
    plan.payload_all = options.record_payload == "all";
    plan.detail_all = options.record_detail == "all";
    plan.file_size = options.record_file_size;
    plan.total_size = options.record_total_size;
    plan.file_age = milliseconds(options.record_file_age);
    if (options.no_record) return plan;
    by_default = options.record.empty();
    if (by_default) {
        plan.directory = default_record_directory();
    } else if (options.record.ends_with('/') || std::filesystem::is_directory(options.record)) {
        plan.directory = options.record;
    } else {
        plan.file = options.record;
    }
    return plan;
}

} // namespace

void add_run_options(CLI::App& command, run_options& options) {
    add_ways_in(command, options.in);
    add_ways_out(command, options.out);
    add_treatment(command, options.treat);
    add_healing(command, options.healing);
    add_investigating(command, options);
    add_limits(command, options);
    add_deadlines(command, options);
    add_recording(command, options);
    command.add_flag(
        "--json", options.json,
        "every event as a line of JSON, on stdout; on stderr with a COMMAND");
    command.add_flag("--no-report", options.no_report, "no report at the end");
    add_fail_on(command, options.fail_on);
    add_log_options(command, options.log);
    command
        .add_option(
            "COMMAND", options.command,
            "behind --: run it with the proxy variables set, report, and exit as it did")
        ->type_name("");
}

result<run_plan> plan_run(const run_options& options, const environment& lookup) {
    run_plan plan;
    auto& relay = plan.relay;
    if (auto done = plan_ways_in(options.in, !options.command.empty(), relay); !done)
        return std::unexpected(done.error());
    if (auto done = plan_ways_out(options.out, lookup, relay); !done)
        return std::unexpected(done.error());
    if (auto done = plan_treatment(options.treat, options.out, relay); !done)
        return std::unexpected(done.error());
    plan_healing(options.healing, relay);
    if (options.investigate) {
        auto trusted = net::x509::roots::make(options.cacert);
        if (!trusted) return std::unexpected(failure{"--cacert " + trusted.error().message});
        relay.investigate = true;
        relay.trusted = std::move(*trusted);
    }
    if (!options.admin.empty()) {
        plan.admin = parse_endpoint(options.admin);
        relay.breakable = true;
        if (auto done = check_admin(*plan.admin, relay.access); !done)
            return std::unexpected(done.error());
    }
    relay.threads = options.threads;
    relay.max_flows = options.max_flows;
    relay.path = options.data_path;
    relay.limits.front = milliseconds(options.front_timeout);
    relay.limits.resolve = milliseconds(options.resolve_timeout);
    relay.limits.connect = milliseconds(options.connect_timeout);
    relay.limits.parent = milliseconds(options.parent_timeout);
    relay.limits.hold = milliseconds(options.hold_timeout);
    relay.limits.idle = milliseconds(options.idle_timeout);
    for (const auto& text : options.resolve) {
        auto rule = net::parse_resolve_rule(text);
        if (!rule) return std::unexpected(rule.error());
        relay.names.resolve.push_back(std::move(*rule));
    }
    for (const auto& text : options.connect_to) {
        auto rule = net::parse_connect_to_rule(text);
        if (!rule) return std::unexpected(rule.error());
        relay.names.connect_to.push_back(std::move(*rule));
    }
    relay.recording = plan_recording(options, plan.recording_by_default);
    return plan;
}

} // namespace helloscope::app
