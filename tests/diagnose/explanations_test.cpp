#include "helloscope/diagnose/explain.hpp"

#include "support/catch.hpp"
#include "support/data.hpp"

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

using namespace helloscope;
using namespace helloscope::diagnose;

namespace {

std::string text_of_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Words in quotes with dashes in them are ids, but for these.
const std::set<std::string> other_words{
    "sslv2-hello", "connect-stall", "post-quantum", "self-signed", "slow-close"};

} // namespace

TEST_CASE("every id that a rule or a note can say is explained") {
    const std::regex quoted("\"([a-z0-9]+(-[a-z0-9]+)+)\"");
    std::set<std::string> ids;
    for (const auto& one : std::filesystem::recursive_directory_iterator(
             test::tests_folder().parent_path() / "proxy/diagnose")) {
        const auto& path = one.path();
        const bool says_ids = path.parent_path().filename() == "rules" ||
                              path.filename() == "notes.cpp" || path.filename() == "chain.cpp";
        if (!says_ids || path.extension() != ".cpp") continue;
        const auto text = text_of_file(path);
        for (std::sregex_iterator at(text.begin(), text.end(), quoted), end; at != end; ++at)
            if (!other_words.contains((*at)[1])) ids.insert((*at)[1]);
    }
    CHECK(ids.size() > 60);
    for (const auto& id : ids) {
        INFO(id);
        CHECK(explain(id) != nullptr);
    }
}

TEST_CASE("an explanation says what it means and how it is told, once") {
    std::set<std::string_view> ids;
    for (const auto& one : explanations()) {
        INFO(one.id);
        CHECK(ids.insert(one.id).second);
        CHECK(!one.meaning.empty());
        CHECK(!one.told_by.empty());
        CHECK(!one.stage.empty());
    }
    CHECK(explain("no-such-id") == nullptr);
}
