#include "nearest.hpp"

#include "support/catch.hpp"

using namespace helloscope::app;

TEST_CASE("a mistyped name finds its neighbour, a wild one finds nothing") {
    struct row {
        std::string typed;
        std::optional<std::string> wanted;
    };
    const std::vector<std::string> known{"--listen", "--chain", "--certs", "serve", "run"};
    const row rows[] = {
        {"--lisen", "--listen"},
        {"--chian", "--chain"},
        {"srve", "serve"},
        {"rum", "run"},
        {"--bandwidth", {}},
        {"x", {}},
        {"", {}},
        {std::string(65, 'a'), {}},
    };
    for (const auto& [typed, wanted] : rows) {
        INFO(typed);
        CHECK(nearest(typed, known) == wanted);
    }
}
