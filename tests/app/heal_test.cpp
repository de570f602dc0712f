#include "command_line.hpp"
#include "helloscope/relay/heal_memory.hpp"
#include "subcommands.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/redirect.hpp"

#include <boost/json/parse.hpp>
#include <fstream>

using namespace helloscope;
using namespace helloscope::app;

namespace {

const std::string first = "192.0.2.0/24\tregistry.test:443\t-\tmtu:1400\t2026-11-26T12:00:00Z\t"
                          "2026-11-27T12:00:00Z\t3\n";
const std::string second = "2001:db8::/64\tother.test:8443\thttp://proxy.corp:3128\t"
                           "split:747\t2026-11-26T12:00:00Z\t2026-11-26T12:00:00Z\t1\n";
const std::string head = "# helloscope heal 1\n";

struct remembered {
    test::folder folder;
    std::string file = (folder.path() / "heal").string();

    explicit remembered(const std::string& text = head + first + second) {
        if (!text.empty()) std::ofstream(file) << text;
    }
    struct outcome {
        int status;
        std::string out, err;
    };
    outcome heal(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "heal");
        arguments.insert(arguments.end(), {"--file", file});
        const test::redirect out(STDOUT_FILENO), err(STDERR_FILENO);
        const int status = run_command_line(std::move(arguments), subcommands());
        return {status, out.text(), err.text()};
    }
    std::string text() const { return relay::read_heal_memory(file).value().text(); }
};

} // namespace

TEST_CASE("heal list shows what is remembered, for people and for programs") {
    const remembered in;
    const auto all = in.heal({"list"});
    CHECK(all.status == ran);
    CHECK(
        all.out ==
        "registry.test:443  mtu:1400  from 192.0.2.0/24  3 times, last 2026-11-27T12:00:00Z\n"
        "other.test:8443  split:747  from 2001:db8::/64 through http://proxy.corp:3128  1 time, "
        "last 2026-11-26T12:00:00Z\n");
    const auto one = in.heal({"list", "other.test", "--json"});
    const auto line = boost::json::parse(one.out).as_object();
    CHECK(line.at("shape") == "split:747");
    CHECK(line.at("port") == 8443);
    CHECK(line.at("parent") == "http://proxy.corp:3128");
    CHECK(in.heal({"list", "nobody.test"}).out == "nothing is remembered\n");
    CHECK(in.heal({"list", "nobody.test", "--json"}).out.empty());
    CHECK(remembered("").heal({"list"}).out == "nothing is remembered\n");
}

TEST_CASE("heal forget drops some, or all, and says how many") {
    const remembered in;
    CHECK(in.heal({"forget", "nobody.test"}).out == "0 forgotten\n");
    CHECK(in.text() == head + first + second);
    CHECK(in.heal({"forget", "other.test"}).out == "1 forgotten\n");
    CHECK(in.text() == head + first);
    CHECK(in.heal({"forget", "--json"}).out == "{\"forgotten\":1}\n");
    CHECK(in.text() == head);
}

TEST_CASE("a bad memory is named with its line; forget keeps it beside") {
    const remembered in(head + "nonsense\n");
    const auto listed = in.heal({"list"});
    CHECK(listed.status == could_not);
    CHECK_THAT(
        listed.err, Catch::Contains(in.file + ": line 2: ") &&
                        Catch::Contains("`helloscope heal forget` begins it anew"));
    const auto forgotten = in.heal({"forget"});
    CHECK(forgotten.status == ran);
    CHECK_THAT(forgotten.err, Catch::Contains("kept in " + in.file + ".bad"));
    CHECK(std::filesystem::exists(in.file + ".bad"));
    CHECK(in.heal({"list"}).out == "nothing is remembered\n");
}

TEST_CASE("heal wants to know what to do") {
    const remembered in;
    CHECK(in.heal({}).status == usage);
    const auto wrong = in.heal({"lst"});
    CHECK(wrong.status == usage);
    CHECK_THAT(wrong.err, Catch::Contains("did you mean 'list'?"));
}
