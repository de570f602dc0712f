#include "heal_rows.hpp"

#include "support/catch.hpp"
#include "support/flows.hpp"

using namespace helloscope;
using std::chrono::milliseconds;

namespace {

test::flow stuck() {
    auto on = test::greeted();
    on.then(milliseconds(750), model::heal_attempt{1, "", "", test::far_side});
    return on.then(
        {}, model::heal_attempt{
                2, "mtu:1400", "sent again 2 times and not acknowledged", test::far_side});
}

model::heal_attempt_ended ended(std::uint32_t number, std::string how, milliseconds took) {
    model::heal_attempt_ended end;
    end.number = number;
    end.how = std::move(how);
    end.took = took;
    end.sent = 1493;
    end.acked = 1493;
    return end;
}

std::string rows_of(const test::flow& told) {
    diagnose::page to(100, false);
    diagnose::add_heal_rows(to, told.told());
    auto text = to.take();
    std::ranges::replace(text, diagnose::firm_space, ' ');
    return text;
}

} // namespace

TEST_CASE("the report names each attempt, what was the matter, and the shape that healed") {
    auto on = stuck();
    auto first = ended(1, "given up", milliseconds(762));
    first.acked = 0;
    first.retransmits = 2;
    on.then(milliseconds(12), first);
    auto second = ended(2, "answered", milliseconds(12));
    second.received = 4096;
    on.then({}, second);
    on.then({}, model::healed{2, "mtu:1400", milliseconds(762), false});
    const auto rows = rows_of(on);
    INFO(rows);
    CHECK_THAT(
        rows, Catch::Contains("1 as it came · 192.0.2.10:443 · given up after 762 ms") &&
                  Catch::Contains("0 of 1,493 bytes acknowledged") &&
                  Catch::Contains("2 retransmissions") &&
                  Catch::Contains("because: sent again 2 times and not acknowledged") &&
                  Catch::Contains("answered after 12 ms") &&
                  Catch::Contains(
                      "healed      by mtu:1400 after 762 ms · always so: --shape 'mtu:1400'"));
}

TEST_CASE("a race that nobody won, one that was not needed, and one that lasts") {
    CHECK(rows_of(test::healthy()).empty());
    CHECK_THAT(rows_of(stuck()), Catch::Contains("2 mtu:1400") && !Catch::Contains("healed  "));
    auto lost = stuck();
    lost.then({}, model::healed{0, "", milliseconds(8000), false});
    CHECK_THAT(rows_of(lost), Catch::Contains("no attempt was answered in 8.0 s"));
    auto late = stuck();
    late.then({}, model::healed{1, "", milliseconds(900), false});
    CHECK_THAT(rows_of(late), Catch::Contains("not needed: the first was answered after 900 ms"));
    auto again = stuck();
    again.then({}, model::healed{2, "mtu:1400", milliseconds(3), true});
    CHECK_THAT(rows_of(again), Catch::Contains("after 3.0 ms · remembered · always so"));
}
