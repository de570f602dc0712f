#include "helloscope/model/json.hpp"

#include "every_event.hpp"
#include "names.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"

#include <boost/json/parse.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace helloscope;
using namespace helloscope::model;

namespace {

std::filesystem::path file() {
    return test::tests_folder().parent_path() / "proxy/model/events.schema.json";
}

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

// The test writes the file when HELLOSCOPE_REGENERATE is set; a diff then shows what changed.
TEST_CASE("events.schema.json is what the fields' descriptions make") {
    if (std::getenv("HELLOSCOPE_REGENERATE"))
        std::ofstream(file(), std::ios::binary) << events_schema();
    INFO("regenerate: HELLOSCOPE_REGENERATE=1 ctest --preset dev -R model/schema");
    CHECK(contents(file()) == events_schema());
}

TEST_CASE("the schema has one definition an event, and the version recordings carry") {
    const auto schema = boost::json::parse(events_schema()).as_object();
    CHECK(schema.at("x-version").to_number<std::uint32_t>() == recording_opened{}.schema);
    CHECK(schema.at("oneOf").as_array().size() == events.size());
    const auto& definitions = schema.at("$defs").as_object();
    REQUIRE(definitions.size() == events.size());
    for (const auto& entry : events) {
        const auto& properties =
            definitions.at(entry.name).as_object().at("properties").as_object();
        CHECK(properties.at("event").as_object().at("const").as_string() == entry.name);
        CHECK(properties.contains("t"));
    }
}

TEST_CASE("every field that is written is in the schema, and every one that is needed is written") {
    const auto schema = boost::json::parse(events_schema()).as_object();
    for (const auto& event : test::every_event()) {
        std::string text;
        write_json(event, text);
        const auto written = boost::json::parse(text).as_object();
        const auto& definition = schema.at("$defs").at(event_name(event.what)).as_object();
        const auto& properties = definition.at("properties").as_object();
        CHECK(written.size() == properties.size());
        for (const auto& [name, value] : written) CHECK(properties.contains(name));
        for (const auto& name : definition.at("required").as_array())
            CHECK(written.contains(name.as_string()));
    }
}
