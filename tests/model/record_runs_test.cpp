#include "helloscope/model/record_runs.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::model;
using namespace std::chrono_literals;

namespace {

constexpr timestamp start{1'000s};

record data(std::uint32_t length, std::uint64_t offset = 0) {
    record one;
    one.content_type = 23;
    one.version = 0x0303;
    one.length = length;
    one.offset = offset;
    one.first = start;
    return one;
}

run_limits after(std::uint64_t single) {
    run_limits limits;
    limits.single = single;
    return limits;
}

} // namespace

TEST_CASE("the first records are kept singly, the next form a run") {
    record_runs runs(after(2));
    CHECK(runs.add(data(10), start).single);
    CHECK(runs.add(data(10), start).single);
    CHECK_FALSE(runs.add(data(11, 30), start + 1ms).single);
    CHECK_FALSE(runs.add(data(11), start + 2ms).single);
    CHECK_FALSE(runs.add(data(7), start + 3ms).single);
    const auto run = runs.take();
    REQUIRE(run);
    CHECK(run->count == 3);
    CHECK(run->bytes == 3 * 5 + 11 + 11 + 7);
    CHECK(run->offset == 30);
    REQUIRE(run->lengths.size() == 2);
    CHECK(run->lengths[0].length == 11);
    CHECK(run->lengths[0].count == 2);
    CHECK(run->lengths[1].length == 7);
    CHECK_FALSE(runs.take());
}

TEST_CASE("a pause, another content type or a cut end a run and are told singly") {
    const auto with_run = [] {
        record_runs runs(after(0));
        runs.add(data(10), start); // the very first comes after an endless pause
        runs.add(data(10), start + 1ms);
        return runs;
    };
    SECTION("a pause") {
        auto runs = with_run();
        const auto told = runs.add(data(10), start + 51ms);
        CHECK(told.run);
        CHECK(told.single);
    }
    SECTION("another content type") {
        auto runs = with_run();
        auto alert = data(2);
        alert.content_type = 21;
        const auto told = runs.add(alert, start + 2ms);
        CHECK(told.run);
        CHECK(told.single);
    }
    SECTION("a record that the stream's end cut") {
        auto runs = with_run();
        auto cut = data(100);
        cut.cut_at = 3;
        const auto told = runs.add(cut, start + 2ms);
        CHECK(told.run);
        CHECK(told.single->cut_at == 3);
    }
}

TEST_CASE("a run ends when it is old or long, and the next begins at once") {
    record_runs runs([] {
        auto limits = after(0);
        limits.most_lengths = 3;
        return limits;
    }());
    runs.add(data(1), start);
    SECTION("long") {
        for (std::uint32_t length : {1, 2, 3}) CHECK_FALSE(runs.add(data(length), start).run);
        const auto told = runs.add(data(4), start);
        REQUIRE(told.run);
        CHECK(told.run->count == 3);
        CHECK(runs.take()->count == 1);
    }
    SECTION("old") {
        for (int i = 1; i < 40; ++i) CHECK_FALSE(runs.add(data(1), start + i * 25ms).run);
        CHECK(runs.add(data(1), start + 1s).run);
    }
    SECTION("old and idle") {
        runs.add(data(1), start + 1ms);
        CHECK_FALSE(runs.take_old(start + 999ms));
        CHECK(runs.take_old(start + 1001ms));
        CHECK_FALSE(runs.take());
    }
}
