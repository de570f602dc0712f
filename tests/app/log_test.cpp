#include "log.hpp"

#include "files.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <boost/json/parse.hpp>
#include <regex>
#include <spdlog/spdlog.h>

using namespace helloscope;
using namespace helloscope::app;

namespace {

// What the file holds after one line of each level.
std::string logged(const test::folder& folder, log_options options) {
    options.file = (folder.path() / "log").string();
    REQUIRE(start_log(options));
    spdlog::trace("t");
    spdlog::debug("d");
    spdlog::info("say \"{}\"\n", 7);
    spdlog::warn("w");
    return read_file(options.file).value();
}

} // namespace

TEST_CASE("quiet and verbose choose the levels") {
    const auto levels = [](int verbose, bool quiet) {
        const test::folder folder;
        log_options options;
        options.verbose = verbose;
        options.quiet = quiet;
        const std::string text = logged(folder, options);
        return std::count(text.begin(), text.end(), ':') / 2; // two in each time of day
    };
    CHECK(levels(0, true) == 1);
    CHECK(levels(0, false) == 2);
    CHECK(levels(1, false) == 3);
    CHECK(levels(2, false) == 4);
    CHECK(levels(9, false) == 4);
}

TEST_CASE("a JSON log is one object a line, whatever the message") {
    const test::folder folder;
    log_options options;
    options.format = "json";
    const std::string text = logged(folder, options);
    const auto first = boost::json::parse(text.substr(0, text.find('\n'))).as_object();
    CHECK(first.at("level") == "info");
    CHECK(first.at("message") == "say \"7\"\n");
    CHECK(first.at("t").as_double() > 1.7e9);
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
}

TEST_CASE("a log file that cannot be opened is said with its flag") {
    log_options options;
    options.file = "/dev/null/log";
    const auto started = start_log(options);
    REQUIRE_FALSE(started);
    CHECK(started.error().message.find("--log-file /dev/null/log: ") == 0);
}
