#include "helloscope/origin/content.hpp"

#include "support/catch.hpp"

#include <set>
#include <vector>

using namespace helloscope::origin;

namespace {

std::vector<std::uint8_t> some(std::size_t size, std::uint64_t offset, std::uint64_t seed) {
    std::vector<std::uint8_t> out(size);
    fill(out, offset, seed);
    return out;
}

} // namespace

TEST_CASE("any piece of the content is the same as the whole read from its start") {
    const auto whole = some(1'000, 0, 42);
    for (const std::size_t size : {1u, 7u, 8u, 9u, 64u}) {
        std::vector<std::uint8_t> pieced;
        while (pieced.size() + size <= whole.size()) {
            const auto piece = some(size, pieced.size(), 42);
            pieced.insert(pieced.end(), piece.begin(), piece.end());
        }
        CHECK(std::equal(pieced.begin(), pieced.end(), whole.begin()));
    }
}

TEST_CASE("seeds differ, and so do the bytes of one") {
    CHECK(some(64, 0, 1) != some(64, 0, 2));
    CHECK(some(64, 0, 0) != some(64, 8, 0));
    const auto bytes = some(4'096, 0, 0);
    CHECK(std::set(bytes.begin(), bytes.end()).size() == 256);
}

TEST_CASE("the content is what it was: others check it by themselves") {
    CHECK(some(4, 0, 0) == std::vector<std::uint8_t>{0x72, 0xb0, 0xaa, 0x6d});
}
