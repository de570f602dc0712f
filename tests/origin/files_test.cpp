#include "files.hpp"

#include "body.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

#include <fstream>

using namespace helloscope;
using namespace helloscope::origin;
namespace fs = std::filesystem;

namespace {

// registry/ is served; secret lies beside it.
struct tree {
    tree() {
        fs::create_directories(registry / "modules" / "rules_cc");
        std::ofstream(registry / "modules/rules_cc/source.json") << "{\"a\": 1}";
        std::ofstream(registry / "a file+1.tar.gz") << std::string(100'000, 'z');
        std::ofstream(folder.path() / "secret") << "secret";
        std::ofstream(folder.path() / "registry-secret") << "secret";
        fs::create_symlink(folder.path() / "secret", registry / "link-out");
        fs::create_symlink("modules/rules_cc/source.json", registry / "link-in");
    }
    test::folder folder;
    fs::path registry = folder.path() / "registry";
};

} // namespace

TEST_CASE("a file is served whole, with its size and type") {
    const tree tree;
    const reply json = file_reply(tree.registry, "modules/rules_cc/source.json");
    CHECK(json.status == 200);
    CHECK(json.content_type == "application/json");
    CHECK(json.length == 8);
    CHECK(whole_body(json) == "{\"a\": 1}");
    const reply archive = file_reply(tree.registry, "a%20file+1.tar.gz");
    CHECK(archive.content_type == "application/octet-stream");
    CHECK(whole_body(archive, 4'096) == std::string(100'000, 'z'));
    CHECK(whole_body(file_reply(tree.registry, "link-in")) == "{\"a\": 1}");
}

TEST_CASE("nothing outside the folder is served, however it is spelled") {
    const tree tree;
    const std::string absolute = (tree.folder.path() / "secret").string();
    for (const std::string& path : std::vector<std::string>{
             "../secret",
             "..%2fsecret",
             "%2e%2e/secret",
             "modules/../../secret",
             absolute,
             "/" + absolute,
             "%2F" + absolute,
             "link-out",
             "../registry-secret",
             "",
             ".",
             "modules",
             "modules/rules_cc/",
             "none",
             "a%00b",
             "modules/rules_cc/source.json%00",
             "%",
             "%2",
             "%zz",
             "%+1",
             std::string(10'000, 'a')}) {
        INFO(path);
        CHECK(file_reply(tree.registry, path).status == 404);
    }
    CHECK(file_reply(tree.registry / "gone", "x").status == 404);
}

TEST_CASE("a file that grows after its size was announced is cut there") {
    const tree tree;
    const reply reply = file_reply(tree.registry, "modules/rules_cc/source.json");
    std::ofstream(tree.registry / "modules/rules_cc/source.json", std::ios::app) << "more";
    CHECK(whole_body(reply) == "{\"a\": 1}");
}

TEST_CASE("percent signs decode, or are refused") {
    CHECK(percent_decoded("a%20%C3%a9+") == "a \xc3\xa9+");
    CHECK_FALSE(percent_decoded("%4"));
    CHECK_FALSE(percent_decoded("%-1"));
}
