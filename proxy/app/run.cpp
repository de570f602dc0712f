// helloscope run: relay, record, diagnose; alone until a signal, or around one command.
#include "command.hpp"
#include "fail_on.hpp"
#include "files.hpp"
#include "helloscope/diagnose/report.hpp"
#include "helloscope/model/json.hpp"
#include "helloscope/relay/proxy.hpp"
#include "helloscope/web/admin.hpp"
#include "print.hpp"
#include "run_options.hpp"
#include "subcommands.hpp"
#include "terminal.hpp"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <unordered_set>

namespace helloscope::app {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_reported = 1'000; // flows kept for the report at the end

constexpr auto examples = R"(
Examples:
  helloscope run -- bazelisk build //...
  helloscope run -- curl -sSf https://example.com/
  helloscope run --listen 127.0.0.1:8484          # then paste the line that it prints
  helloscope run --record build.pcapng -- bazel build //...
  helloscope run --via http://proxy.corp:3128 --via-credentials ~/.netrc -- npm install
  helloscope run --reverse 127.0.0.1:8443=registry.test:443
  sudo helloscope run --transparent --print-rules
  helloscope run --connect-to registry.test:443:127.0.0.1:8443 -- curl https://registry.test/)";

// What the end of the run is reported from. Filled on the recorder's thread, read when that is
// over.
struct story {
    std::deque<model::timeline> flows;
    std::uint64_t left_out = 0;
    bool failed = false; // as --fail-on means it

    void add(model::timeline&& flow) {
        flows.push_back(std::move(flow));
        if (flows.size() <= most_reported) return;
        flows.pop_front();
        ++left_out;
    }
};

// Says a stall while it lasts: the user's client gives up in ten seconds.
class stall_crier {
  public:
    void operator()(const model::event& event) {
        if (std::holds_alternative<model::stalled>(event.what)) stalled_.insert(event.flow);
        if (std::holds_alternative<model::closed>(event.what))
            stalled_.erase(event.flow); // what is said from now on is in its line and the report
        const auto* verdict = std::get_if<model::verdict>(&event.what);
        if (verdict != nullptr && !verdict->id.empty() && stalled_.contains(event.flow))
            spdlog::warn(
                "flow {} stalls: {} ({}): {}", event.flow, verdict->id,
                to_string(verdict->how_sure), verdict->summary);
    }

  private:
    std::unordered_set<std::uint64_t> stalled_;
};

// Every event as a line, beside a command on stderr.
class json_lines {
  public:
    explicit json_lines(bool to_stdout) : to_stdout_(to_stdout) {}
    void operator()(const model::event& event) {
        line_.clear();
        model::write_json(event, line_);
        line_ += '\n';
        (void)(to_stdout_ ? print(line_) : print_error(line_)); // a reader that left misses the
                                                                // rest
    }

  private:
    bool to_stdout_;
    std::string line_;
};

// Also tells the admin API, if there is one.
relay::onlookers watch(story& told, const run_options& options, web::admin* admin) {
    relay::onlookers to;
    if (options.json)
        to.event = json_lines(options.command.empty());
    else
        to.event = stall_crier();
    if (admin != nullptr)
        to.event = [admin, first = std::move(to.event)](const model::event& event) {
            first(event);
            admin->event(event);
        };
    to.flow = [&told, &options, admin](model::timeline&& flow) {
        if (spdlog::should_log(spdlog::level::info)) spdlog::info("{}", diagnose::one_line(flow));
        told.failed = told.failed || fails_on(options.fail_on, flow);
        if (admin != nullptr) admin->flow(flow);
        told.add(std::move(flow));
    };
    to.trouble = [](std::string_view what) { spdlog::warn("{}", what); };
    return to;
}

// Its port is taken before anything else happens; nothing when it is not asked for.
result<std::unique_ptr<web::admin>> open_admin(const run_plan& plan) {
    if (!plan.admin) return nullptr;
    web::admin_options wanted;
    wanted.at = *plan.admin;
    wanted.access = plan.relay.access;
    wanted.version = HELLOSCOPE_VERSION;
    return web::admin::open(std::move(wanted));
}

// A recording that nobody asked for may fail: then the run goes on without one.
result<std::unique_ptr<relay::proxy>> start(
    run_plan plan, const run_options& options, story& told, web::admin* admin) {
    auto started = relay::proxy::start(plan.relay, watch(told, options, admin));
    if (started || !plan.recording_by_default ||
        !started.error().message.starts_with("cannot record"))
        return started;
    spdlog::warn("{}: flows are not recorded", started.error().message);
    plan.relay.recording.directory.clear();
    return relay::proxy::start(plan.relay, watch(told, options, admin));
}

// Two descriptors a flow: the soft limit is often far below what the system allows.
void raise_file_limit() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

// Where clients on this machine reach a listener: a wildcard is every address of it.
std::string reached_at(const endpoint& at) {
    auto near = at;
    if (near.address.is_unspecified())
        near.address = *parse_ip_address(near.address.v6 ? "::1" : "127.0.0.1");
    return to_string(near);
}

// What a shell is to be told of a listener; a comment where it is nothing to set.
std::string line_of(const relay::listening& where) {
    const auto at = reached_at(where.at);
    switch (where.how) {
    case relay::way_in::proxy: return fmt::format("export HTTPS_PROXY=http://{}\n", at);
    case relay::way_in::tls_proxy: return fmt::format("export HTTPS_PROXY=https://{}\n", at);
    case relay::way_in::reverse:
        return fmt::format("# {} goes to {}\n", at, to_string(where.target));
    case relay::way_in::redirect:
        return fmt::format("# {} takes redirected connections: --print-rules\n", at);
    case relay::way_in::tproxy:
        return fmt::format("# {} takes connections by TPROXY: --print-rules\n", at);
    }
    return "";
}

// For the command's proxy variables: the first port that is a proxy.
std::string url_of(const std::vector<relay::listening>& listeners) {
    for (const auto& one : listeners)
        if (one.how == relay::way_in::proxy || one.how == relay::way_in::tls_proxy)
            return fmt::format(
                "{}://{}", one.how == relay::way_in::proxy ? "http" : "https", reached_at(one.at));
    return "";
}

result<int> print_rules(const relay::options& plan) {
    const auto transparent = [](const relay::listening& one) {
        return one.how == relay::way_in::redirect || one.how == relay::way_in::tproxy;
    };
    if (!std::ranges::any_of(plan.listeners, transparent))
        throw CLI::ValidationError("--print-rules: of which --transparent?");
    if (auto done = print(transparent_rules(plan.listeners, ::geteuid())); !done)
        return std::unexpected(done.error());
    return ran;
}

// Flows whose client has just ended are on their way out: they get a moment, so that the report
// shows how they ended by themselves. What --investigate asks of their servers takes longer; a
// (second) Ctrl-C cuts it short.
void let_flows_end(const relay::proxy& proxy, std::chrono::milliseconds moment) {
    const auto begun = std::chrono::steady_clock::now();
    const auto within = [&](auto limit) {
        return std::chrono::steady_clock::now() - begun < limit;
    };
    while ((proxy.open_flows() > 0 && within(moment)) ||
           (proxy.investigations() > 0 && within(15s) && !signal_came()))
        std::this_thread::sleep_for(2ms);
}

constexpr std::string_view why_no_flow =
    "helloscope: no connection came through the proxy. Usual reasons: the command made none; it "
    "ignores "
    "HTTPS_PROXY (Java wants -Dhttps.proxyHost and -Dhttps.proxyPort, Node before 24 an agent of "
    "its own); "
    "it never proxies localhost, 127.0.0.1 or ::1 (Go); or it hands the work to a daemon that was "
    "already "
    "running with another environment (bazel: try bazel shutdown first).\n";

result<void> report(
    const story& told, const relay::recorder_totals& totals, const run_options& options) {
    std::string text;
    if (told.flows.empty()) {
        text = options.command.empty() ? "no connection came\n" : why_no_flow;
    } else {
        const std::vector<model::timeline> flows(told.flows.begin(), told.flows.end());
        diagnose::report_options how;
        how.colour = wants_colour(STDERR_FILENO);
        how.width = terminal_width(STDERR_FILENO);
        text = diagnose::report_text(flows, how);
        if (told.left_out > 0)
            text += fmt::format("{} earlier flows are in the recording only\n", told.left_out);
    }
    if (totals.lost_events + totals.lost_packets > 0)
        text += fmt::format(
            "{} events and {} packets could not be recorded\n", totals.lost_events,
            totals.lost_packets);
    if (!totals.path.empty()) text += fmt::format("\nrecording: {}\n", totals.path.string());
    return print_error(text);
}

result<int> run(const run_options& options) {
    auto log = options.log;
    // Beside a command its own words come first: the flows are in the report.
    if (!options.command.empty() && log.verbose == 0 && log.file.empty()) log.quiet = true;
    if (auto started = start_log(log); !started) return std::unexpected(started.error());
    auto plan = plan_run(options, [](const char* name) { return std::getenv(name); });
    if (!plan) throw CLI::ValidationError(plan.error().message);
    if (options.in.print_rules) return print_rules(plan->relay);
    if (!options.treat.route_for.empty()) {
        const auto told = explain_route(plan->relay, options.treat.route_for);
        if (!told) return std::unexpected(told.error());
        if (auto done = print(*told); !done) return std::unexpected(done.error());
        return ran;
    }
    if (plan->relay.recording.payload_all)
        spdlog::warn("--record-payload all: the recording holds every byte, secrets too");

    raise_file_limit();
    hold_signals(); // before the first thread
    story told;
    auto admin = open_admin(*plan);
    if (!admin) return std::unexpected(admin.error());
    auto proxy = start(std::move(*plan), options, told, admin->get());
    if (!proxy) return std::unexpected(proxy.error());
    if (*admin) (*admin)->serve(**proxy);
    const auto& listeners = (*proxy)->listeners();
    if (!options.port_file.empty()) {
        std::vector<std::uint16_t> ports;
        for (const auto& one : listeners) ports.push_back(one.at.port);
        if (*admin) ports.push_back((*admin)->at().port);
        if (auto written = write_port_file(options.port_file, ports); !written)
            return std::unexpected(written.error());
    }

    int status = ran;
    std::string failed;
    if (options.command.empty()) {
        std::string lines;
        for (const auto& one : listeners) lines += line_of(one);
        if (*admin) lines += fmt::format("# admin API: http://{}\n", reached_at((*admin)->at()));
        if (auto printed = options.json ? print_error(lines) : print(lines); !printed)
            return std::unexpected(printed.error());
        for (const auto& one : listeners)
            spdlog::info("listening on {}; Ctrl-C ends", to_string(one.at));
        wait_for_signal();
    } else {
        auto outcome = run_command(options.command, environment_through(url_of(listeners)));
        status = outcome.status;
        failed = std::move(outcome.failure);
    }
    let_flows_end(**proxy, options.investigate ? 2s : 500ms);
    release_signals();
    if (*admin) (*admin)->stop(); // before what it changes
    const auto totals = (*proxy)->stop();
    if (!failed.empty()) {
        (void)print_error(fmt::format("helloscope: {}\n", failed));
        return status;
    }
    if (!options.no_report && !options.json)
        // A stderr that nobody reads takes nothing away from what the command did.
        if (auto printed = report(told, totals, options); !printed && options.command.empty())
            return std::unexpected(printed.error());
    return status == ran && told.failed ? fail_on_matched : status;
}

} // namespace

action define_run(CLI::App& command) {
    auto options = std::make_shared<run_options>();
    add_run_options(command, *options);
    command.footer(examples);
    return [options]() -> result<int> {
        auto done = run(*options);
        if (done || options->command.empty()) return done;
        // Under a command the exit status is the command's, so ours has one of its own.
        (void)print_error(fmt::format("helloscope: run: {}\n", done.error().message));
        return our_failure;
    };
}

} // namespace helloscope::app
