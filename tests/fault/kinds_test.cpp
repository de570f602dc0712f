#include "helloscope/fault/kind.hpp"

#include "support/catch.hpp"

#include <set>

using namespace helloscope::fault;

TEST_CASE("each fault has a name of its own, and words") {
    std::set<std::string_view> names;
    for (const auto* one : kinds()) {
        INFO(one->name);
        CHECK(names.insert(one->name).second);
        CHECK(find_kind(one->name) == one);
        CHECK_FALSE(one->does.empty());
        CHECK(one->name.find_first_of(" :@,=") == std::string_view::npos);
    }
    CHECK(find_kind("nothing") == nullptr);
}

TEST_CASE("parameters have names of their own and a fallback within their bounds") {
    for (const auto* one : kinds()) {
        INFO(one->name);
        std::set<std::string_view> names;
        for (const auto& each : one->parameters) {
            CHECK(names.insert(each.name).second);
            CHECK(one->find(each.name) == &each);
            if (each.fallback && *each.fallback != 0) CHECK(*each.fallback >= each.least);
            CHECK((!each.bare || &each == &one->parameters.front()));
        }
        CHECK(one->find("nothing") == nullptr);
    }
}
