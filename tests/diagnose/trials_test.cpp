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
          row{"tls1.2", change::older_version}, row{"padded", change::padding},
          row{"without-post-quantum|split:100", change::small_in_pieces}}) {
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

TEST_CASE("a test is told as what was sent") {
    auto f = test::silent_facts();
    test::tested(f, "whole", "silent");
    test::tested(f, "without-post-quantum", "answered");
    finding to;
    says_trials(to, f);
    CHECK(test::value_of(to, "a hello of ours, 300 bytes") == "silent after 5.0 ms");
    CHECK(test::value_of(to, "a small hello, 300 bytes") == "answered after 5.0 ms");
}

TEST_CASE("what was tried in vain is not suspected any more") {
    auto f = test::silent_facts();
    finding of;
    of.others = {
        "hello-content-refused", "hello-size-intolerant", "mtu-black-hole-to-client",
        "backend-down"};
    test::tested(f, "whole", "silent");
    test::tested(f, "without-post-quantum", "answered");
    drop_tested(of, f);
    CHECK(
        of.others == std::vector<std::string>{
                         "hello-size-intolerant", "mtu-black-hole-to-client", "backend-down"});
    test::tested(f, "mss:536", "half-answered");
    drop_tested(of, f);
    CHECK(of.others == std::vector<std::string>{"hello-size-intolerant", "backend-down"});
}

TEST_CASE("a hello fails by an alert, an end, or silence that lasts") {
    CHECK(hello_failed(test::silent_facts()));
    CHECK(!hello_failed(test::healthy_facts()));
    auto short_while = test::silent_facts();
    short_while.stalled_for = short_while.waited = std::chrono::milliseconds(500);
    CHECK(!hello_failed(short_while));
    auto alerted = test::silent_facts();
    alerted.server_alert = model::alert{direction::to_client, 2, 50};
    CHECK(hello_failed(alerted));
}
