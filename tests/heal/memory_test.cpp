#include "helloscope/heal/memory.hpp"

#include "support/catch.hpp"

#include <fmt/format.h>
#include <random>

using namespace helloscope;
using namespace helloscope::heal;
using namespace std::chrono_literals;

namespace {

const timestamp noon{std::chrono::seconds(1'795'694'400)}; // 2026-11-26T12:00:00Z
constexpr auto week = 7 * 24h;

place at(std::string host, std::string parent = "") {
    return {*parse_network("192.0.2.0/24"), {std::move(host), 443}, std::move(parent)};
}

shape::shape how(std::string_view text) { return shape::parse_shape(text).value(); }

const std::string example =
    "# helloscope heal 1\n"
    "192.0.2.0/24\tregistry.test:443\t-\tmtu:1400\t2026-11-26T12:00:00Z\t2026-11-26T12:00:00Z\t1\n"
    "2001:db8:1:2::/64\t[2001:db8::1]:8443\thttp://proxy.corp:3128\trecords:744|split:records\t"
    "2026-02-28T23:59:59Z\t2026-11-26T12:00:00Z\t12\n";

} // namespace

TEST_CASE("the text is read, and written as it was") {
    const auto read = memory::parse(example);
    REQUIRE(read);
    REQUIRE(read->all().size() == 2);
    const auto& second = read->all().back();
    CHECK(second.where.to == host_port{"2001:db8::1", 8443});
    CHECK(second.where.parent == "http://proxy.corp:3128");
    CHECK(second.how == how("records:744|split:records"));
    CHECK(second.times == 12);
    CHECK(read->text() == example);
    CHECK(memory::parse("")->all().empty());
    CHECK(memory().text() == "# helloscope heal 1\n");
    // Empty lines and remarks of people are passed over; of two for one place the last one counts.
    const auto line = example.substr(20, example.find('\n', 20) - 19);
    const auto merged = memory::parse("# helloscope heal 1\n\n# mine\n" + line + line);
    REQUIRE(merged);
    CHECK(merged->all().size() == 1);
}

TEST_CASE("a line that is none is refused with its number and what was expected") {
    struct row {
        const char* was;
        const char* is;
        const char* says;
    };
    const row rows[] = {
        {"# helloscope heal 1", "# helloscope heal 2", "line 1: '# helloscope heal 1'"},
        {"192.0.2.0/24", "192.0.2.1/24", "line 2: '192.0.2.1/24' is no network"},
        {"registry.test:443", "registry.test", "line 2: 'registry.test' is no destination"},
        {"registry.test:443", "regis try.test:443", "no destination"},
        {"mtu:1400", "mtu:14", "line 2: "},
        {"mtu:1400", "", "line 2: '' is no shape"},
        {"\t-\t", "\t\t", "is no parent"},
        {"12:00:00Z\t1\n", "12:00:00Z\t0\n", "'0' is no count"},
        {"12:00:00Z\t1\n", "12:00:00Z\t-1\n", "'-1' is no count"},
        {"12:00:00Z\t1\n", "12:00:00Z\t\n", "'' is no count"},
        {"12:00:00Z\t1\n", "12:00:00Z\t99999999999\n", "is no count"},
        {"12:00:00Z\t1\n", "12:00:00Z\n", "6 fields instead of 7"},
        {"2026-02-28", "2026-02-29", "line 3: '2026-02-29T23:59:59Z' is no time"},
        {"2026-02-28", "1969-02-28", "is no time"},
        {"2026-02-28", "2262-02-28", "is no time"},
        {"23:59:59Z", "24:00:00Z", "is no time"},
        {"23:59:59Z", "23:59:5xZ", "is no time"},
        {"23:59:59Z", "23:59:59", "is no time"},
    };
    for (const auto& row : rows) {
        auto text = example;
        text.replace(text.find(row.was), std::string_view(row.was).size(), row.is);
        INFO(text);
        const auto read = memory::parse(text);
        REQUIRE_FALSE(read);
        CHECK_THAT(read.error().message, Catch::Contains(row.says));
    }
}

TEST_CASE("what worked is found there and nowhere else, and for a while") {
    memory known;
    REQUIRE(known.learn(at("a.test"), how("mtu:1400"), noon));
    REQUIRE(known.find(at("a.test"), noon + 1h, week) != nullptr);
    CHECK(known.find(at("a.test"), noon + 1h, week)->how == how("mtu:1400"));
    CHECK(known.find(at("b.test"), noon, week) == nullptr);
    CHECK(known.find(at("a.test", "http://p:1"), noon, week) == nullptr);
    auto elsewhere = at("a.test");
    elsewhere.from = *parse_network("198.51.100.0/24");
    CHECK(known.find(elsewhere, noon, week) == nullptr);
    CHECK(known.find(at("a.test"), noon + week - 1s, week) != nullptr);
    CHECK(known.find(at("a.test"), noon + week, week) == nullptr);
    CHECK(known.find(at("a.test"), noon, 0s) == nullptr); // nothing is to be remembered
}

TEST_CASE("what works again lives on; something else that works takes its place") {
    memory known;
    known.learn(at("a.test"), how("mtu:1400"), noon);
    known.learn(at("a.test"), how("mtu:1400"), noon + 24h + 300ms);
    REQUIRE(known.all().size() == 1);
    CHECK(known.all().front() == cure{at("a.test"), how("mtu:1400"), noon, noon + 24h, 2});
    known.learn(at("a.test"), how("mtu:576"), noon + 48h);
    REQUIRE(known.all().size() == 1);
    CHECK(known.all().front() == cure{at("a.test"), how("mtu:576"), noon + 48h, noon + 48h, 1});
}

TEST_CASE("what is forgotten or expired is gone") {
    memory known;
    known.learn(at("a.test"), how("mtu:1400"), noon);
    known.learn(at("b.test"), how("mtu:1400"), noon + 1h);
    known.learn(at("b.test", "http://p:1"), how("split:5"), noon + 2h);
    CHECK(known.forget(at("a.test")));
    CHECK_FALSE(known.forget(at("a.test")));
    CHECK(known.forget_host("b.test") == 2);
    known.learn(at("a.test"), how("mtu:1400"), noon);
    known.learn(at("b.test"), how("mtu:1400"), noon + 1h);
    CHECK(known.expire(noon + week, week) == 1);
    CHECK(known.all().front().where == at("b.test"));
}

TEST_CASE("it does not grow without end, and keeps what worked last") {
    memory known;
    for (std::size_t i = 0; i < memory::most; ++i)
        known.learn(
            at(fmt::format("h{}.test", i)), how("mtu:1400"), noon + std::chrono::seconds(i));
    known.learn(at("h0.test"), how("mtu:1400"), noon + 24h);
    known.learn(at("more.test"), how("mtu:1400"), noon + 25h);
    CHECK(known.all().size() == memory::most);
    CHECK(known.find(at("h0.test"), noon + 25h, week) != nullptr);
    CHECK(known.find(at("h1.test"), noon + 25h, week) == nullptr);
    CHECK(memory::parse(known.text())->all() == known.all());
    auto text = known.text();
    text += example.substr(20);
    CHECK_THAT(memory::parse(text).error().message, Catch::Contains("more than 1000"));
}

TEST_CASE("a name that would break a line is not remembered") {
    memory known;
    CHECK_FALSE(known.learn(at("a\tb"), how("mtu:1400"), noon));
    CHECK_FALSE(known.learn(at(""), how("mtu:1400"), noon));
    CHECK_FALSE(known.learn(at("a\n"), how("mtu:1400"), noon));
    CHECK_FALSE(known.learn(at("a.test", "http://p q"), how("mtu:1400"), noon));
    CHECK_FALSE(known.learn(at("a.test"), {}, noon));
    CHECK(known.all().empty());
}

TEST_CASE("a network is the prefix around our end") {
    CHECK(to_string(network_of(*parse_ip_address("192.0.2.77"))) == "192.0.2.0/24");
    CHECK(to_string(network_of(*parse_ip_address("::ffff:192.0.2.77"))) == "192.0.2.0/24");
    CHECK(to_string(network_of(*parse_ip_address("2001:db8:1:2:3::4"))) == "2001:db8:1:2::/64");
}

TEST_CASE("mutated files are refused or read, never a harm") {
    std::mt19937 random(4);
    for (int i = 0; i < 2'000; ++i) {
        auto text = example;
        for (int changes = 0; changes < 3; ++changes)
            text[random() % text.size()] = static_cast<char>(random());
        const auto read = memory::parse(text);
        if (read) CHECK(memory::parse(read->text())->all() == read->all());
    }
}
