#include "trials.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;

TEST_CASE("what was changed is read from the shape or the name of the test") {
    struct row {
        const char* test;
        change what;
    };
    for (const auto& [name, what] :
         {row{"whole", change::nothing}, row{"mss:1360", change::smaller_segments},
          row{"mss:hello", change::smaller_segments}, row{"mtu:1400", change::smaller_segments},
          row{"split:sni", change::pieces}, row{"mss:1360|split:sni", change::pieces},
          row{"records:sni+2|split:records", change::records},
          row{"without-post-quantum", change::smaller_hello},
          row{"without-post-quantum|split:100", change::small_in_pieces},
          row{"tls1.2", change::older_version}}) {
        auto f = test::silent_facts();
        INFO(name);
        CHECK(trials_of(test::tested(f, name, "silent")).at(0).what == what);
        CHECK(refused(f, what));
        CHECK(!answered(f, what));
    }
}

TEST_CASE("an attempt that was given up because another had won tells nothing") {
    auto f = test::silent_facts();
    test::tested(f, "mss:1360", "given up");
    CHECK(!refused(f, change::smaller_segments));
    CHECK(!answered(f, change::smaller_segments));
}

TEST_CASE("a healed flow's facts are those of its first attempt") {
    model::heal_attempt_ended first;
    first.sent = 1493;
    first.acked = 0;
    first.retransmits = 2;
    const auto f = test::healed_facts(first, "mss:1360");
    CHECK(is_healed(f));
    CHECK(first_try(f).out.all_acked == false);
    CHECK(first_try(f).out.retransmits == 2u);
    CHECK(answered(f, change::smaller_segments)->how == "mss:1360");
    CHECK(!is_healed(test::silent_facts()));
    CHECK(first_try(test::silent_facts()).out.acked == 1493u);
}
