#include "../passing.hpp"

using namespace helloscope;
using namespace helloscope::test;

namespace {

passing path_of(std::string_view text, std::uint32_t data = 1448) {
    return passing({text}, direction::to_server, {data, 12, false});
}

} // namespace

TEST_CASE("the last small segment of a write is lost, and all behind it") {
    auto line = path_of("drop-tail");
    line.takes(std::string(1'493, 'x')).takes("more").at(1h);
    CHECK(line.sent.size() == 1'448);
    CHECK(line.did == strings{"drop-tail: the last segment of 2, of 45 bytes, is lost, from 1448"});
}

TEST_CASE("what drop-tail lets pass") {
    struct row {
        std::string_view text;
        std::size_t size, passes;
    };
    const row rows[] = {
        {"drop-tail", 300, 300},     // one segment is no tail
        {"drop-tail", 1'448, 1'448}, // nor is a full one
        {"drop-tail", 2'896, 2'896},
        {"drop-tail", 1'448 + 700, 1'448 + 700}, // nor one that is not small
        {"drop-tail", 1'448 + 699, 1'448},
        {"drop-tail:below=100", 1'448 + 100, 1'548},
        {"drop-tail:mss=1000", 1'493, 988}, // with 12 bytes of options in each
    };
    for (const auto& one : rows) {
        INFO(one.text << ", " << one.size);
        auto line = path_of(one.text);
        line.takes(std::string(one.size, 'x'));
        CHECK(line.sent.size() == one.passes);
    }
}

TEST_CASE("a lost tail arrives when the path heals") {
    auto line = path_of("drop-tail");
    line.takes(std::string(1'493, 'x')).becomes({});
    CHECK(line.sent.size() == 1'493);
}
