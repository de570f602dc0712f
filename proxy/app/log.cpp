#include "log.hpp"

#include "values.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstdlib>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace helloscope::app {
namespace {

class json_formatter : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        const std::chrono::duration<double> since_epoch = message.time.time_since_epoch();
        const auto level = spdlog::level::to_string_view(message.level);
        // The time is written by hand: Boost.JSON prints a double as 1.795E9.
        fmt::format_to(
            std::back_inserter(out),
            R"({{"t":{:.6f},"level":"{}","message":{}}})"
            "\n",
            since_epoch.count(), std::string_view(level.data(), level.size()),
            boost::json::serialize(
                boost::json::string_view(message.payload.data(), message.payload.size())));
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<json_formatter>();
    }
};

spdlog::sink_ptr make_sink(const log_options& options) {
    if (!options.file.empty()) {
        return std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
    }
    const char* no_color = std::getenv("NO_COLOR");
    return std::make_shared<spdlog::sinks::stderr_color_sink_mt>(
        no_color && *no_color ? spdlog::color_mode::never : spdlog::color_mode::automatic);
}

spdlog::level::level_enum level_of(const log_options& options) {
    if (options.quiet) return spdlog::level::warn;
    if (options.verbose == 0) return spdlog::level::info;
    return options.verbose == 1 ? spdlog::level::debug : spdlog::level::trace;
}

} // namespace

void add_log_options(CLI::App& command, log_options& options) {
    constexpr auto group = "Log";
    auto* quiet = command.add_flag("-q,--quiet", options.quiet, "log warnings and errors only");
    quiet->group(group);
    command.add_flag("-v,--verbose", options.verbose, "log more; -vv logs everything")
        ->excludes(quiet)
        ->group(group);
    command.add_option("--log-file", options.file, "append the log to a file instead of stderr")
        ->type_name("FILE")
        ->group(group);
    command.add_option("--log-format", options.format, "text, or json: one object a line")
        ->type_name("FORMAT")
        ->check(one_of({"text", "json"}))
        ->group(group)
        ->capture_default_str();
}

result<void> start_log(const log_options& options) try {
    auto logger = std::make_shared<spdlog::logger>("helloscope", make_sink(options));
    logger->set_level(level_of(options));
    logger->flush_on(spdlog::level::trace);
    if (options.format == "json") {
        logger->set_formatter(std::make_unique<json_formatter>());
    } else {
        logger->set_pattern("%H:%M:%S.%e %^%l%$ %v");
    }
    spdlog::set_default_logger(std::move(logger));
    return {};
} catch (const spdlog::spdlog_ex& error) {
    return std::unexpected(failure{fmt::format(
        "--log-file {}: {}: name a file in a folder that can be written", options.file,
        error.what())});
}

} // namespace helloscope::app
