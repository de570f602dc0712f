#include "helloscope/relay/heal_memory.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <thread>

using namespace helloscope;
using namespace helloscope::relay;
using namespace std::chrono_literals;

namespace {

const timestamp noon{std::chrono::seconds(1'795'694'400)};
constexpr auto week = 7 * 24h;

heal::place at(std::string host) {
    return {*parse_network("192.0.2.0/24"), {std::move(host), 443}, ""};
}

shape::shape how(std::string_view text) { return shape::parse_shape(text).value(); }

std::string content(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

struct kept {
    test::folder folder;
    std::filesystem::path file = folder.path() / "state" / "heal";
    std::vector<std::string> troubles;

    heal_memory open(duration keep = week) {
        return heal_memory(file, keep, [this](const std::string& why) { troubles.push_back(why); });
    }
    void write(std::string_view text) const {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
};

} // namespace

TEST_CASE("what was learned is there for the next relay, and for its user alone") {
    kept in;
    {
        auto first = in.open();
        CHECK_FALSE(first.recall(at("a.test"), noon));
        CHECK_FALSE(first.knows_any(noon));
        first.learn(at("a.test"), how("mtu:1400"), noon);
        CHECK(first.recall(at("a.test"), noon) == how("mtu:1400"));
    }
    struct stat about {};
    REQUIRE(::stat(in.file.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    auto second = in.open();
    CHECK(second.knows_any(noon + 1h));
    CHECK(second.recall(at("a.test"), noon + 1h) == how("mtu:1400"));
    CHECK_FALSE(second.recall(at("a.test"), noon + week));
    second.forget(at("a.test"), noon + 1h);
    CHECK_FALSE(in.open().recall(at("a.test"), noon + 1h));
    CHECK(in.troubles.empty());
    CHECK(
        std::distance(
            std::filesystem::directory_iterator(in.file.parent_path()),
            std::filesystem::directory_iterator()) == 1); // nothing lies about
}

TEST_CASE("two relays lose none of each other's lines, and see them within a second") {
    kept in;
    auto one = in.open(), other = in.open();
    one.learn(at("a.test"), how("mtu:1400"), noon);
    other.learn(at("b.test"), how("mtu:576"), noon);
    one.learn(at("c.test"), how("mtu:1280"), noon);
    for (const auto* host : {"a.test", "b.test", "c.test"}) {
        INFO(host);
        CHECK(one.recall(at(host), noon + 2s));
        CHECK(other.recall(at(host), noon + 2s));
    }
    // A user forgets one.
    REQUIRE(change_heal_memory(
        in.file, [](heal::memory& all) { return all.forget_host("a.test") > 0; },
        [](const std::string&) {}));
    CHECK_FALSE(one.recall(at("a.test"), noon + 4s));
    CHECK(one.recall(at("b.test"), noon + 4s));
}

TEST_CASE("threads that learn at the same time lose nothing") {
    kept in;
    auto shared = in.open();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            for (int j = 0; j < 10; ++j)
                shared.learn(at("h" + std::to_string(i * 10 + j) + ".test"), how("mtu:1400"), noon);
        });
    for (auto& one : threads) one.join();
    CHECK(read_heal_memory(in.file)->all().size() == 40);
    CHECK(in.troubles.empty());
}

TEST_CASE("a bad file is told with its line, kept beside, and the memory begins anew") {
    kept in;
    in.write("# helloscope heal 1\nnonsense\n");
    const auto read = read_heal_memory(in.file);
    REQUIRE_FALSE(read);
    CHECK(
        read.error().message ==
        in.file.string() + ": line 2: 1 fields instead of 7, with tabs between");
    auto memory = in.open();
    CHECK_FALSE(memory.recall(at("a.test"), noon));
    REQUIRE(in.troubles.size() == 1);
    CHECK_THAT(in.troubles.front(), Catch::Contains("line 2"));
    memory.learn(at("a.test"), how("mtu:1400"), noon);
    CHECK(in.troubles.size() == 1); // said once
    CHECK(content(in.file.string() + ".bad") == "# helloscope heal 1\nnonsense\n");
    CHECK(read_heal_memory(in.file)->all().size() == 1);

    in.write("something else");
    std::string told;
    REQUIRE(change_heal_memory(
        in.file, [](heal::memory&) { return true; }, [&](const std::string& why) { told = why; }));
    CHECK_THAT(told, Catch::Contains("line 1") && Catch::Contains(".bad, and begins anew"));
}

TEST_CASE("a file that cannot be read or written harms nobody") {
    kept in;
    std::filesystem::create_directories(in.file); // a folder
    auto memory = in.open();
    memory.learn(at("a.test"), how("mtu:1400"), noon);
    CHECK(memory.recall(at("a.test"), noon) == how("mtu:1400"));
    REQUIRE(in.troubles.size() == 1);
    CHECK_THAT(in.troubles.front(), Catch::Contains("it is no file"));

    heal_memory nowhere(
        "/proc/nowhere/heal", week, [&](const std::string& why) { in.troubles.push_back(why); });
    nowhere.learn(at("a.test"), how("mtu:1400"), noon);
    CHECK(nowhere.recall(at("a.test"), noon));
    CHECK_THAT(in.troubles.back(), Catch::Contains("/proc/nowhere"));
}

TEST_CASE("without a file it lasts as long as the relay; without a time nothing is kept") {
    heal_memory memory({}, week, [](const std::string&) { FAIL("no trouble is expected"); });
    memory.learn(at("a.test"), how("mtu:1400"), noon);
    CHECK(memory.recall(at("a.test"), noon));
    kept in;
    auto none = in.open(0s);
    none.learn(at("a.test"), how("mtu:1400"), noon);
    CHECK_FALSE(none.recall(at("a.test"), noon));
    CHECK_FALSE(std::filesystem::exists(in.file));
}
