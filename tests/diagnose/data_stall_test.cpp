#include "data_stall.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;

TEST_CASE("an acknowledgement is lost by chance, too: somebody has to miss an answer") {
    using std::chrono::milliseconds;
    const auto asked = test::answer_lost_facts();
    REQUIRE(data_stall_of(asked));
    CHECK(data_stall_of(asked)->answer_lost);

    auto answered = asked;
    answered.client_unanswered.reset();
    answered.server_behind_finish = 6;
    CHECK(!data_stall_of(answered));
    auto long_ago = asked; // nothing was heard since the last byte
    long_ago.server_leg.last_heard = milliseconds(2990);
    CHECK(!data_stall_of(long_ago));
    auto lossy = asked; // something of ours was lost as well
    lossy.server_leg.out.total_retrans = 2;
    CHECK(!data_stall_of(lossy));
    lossy.server_leg.advmss = 1448;
    lossy.server_leg.pmtu = 1400; // because a router said that it was too long
    CHECK(data_stall_of(lossy));

    // A short last word may want no answer: it counts when the client leaves without a
    // close_notify.
    auto idle = asked;
    idle.client_unanswered = idle.client_last_encrypted = 26; // HTTP/2's SETTINGS, acknowledged
    idle.server_behind_finish = 6;
    CHECK(!data_stall_of(idle));
    CHECK(data_stall_of(test::ended(idle, model::leg::client, "fin")));
    CHECK(!data_stall_of(test::ended(idle, model::leg::server, "fin")));
    idle.client_last_encrypted = 19;
    CHECK(!data_stall_of(test::ended(idle, model::leg::client, "fin")));
}

TEST_CASE("session tickets and settings that cross a request are no answer to it") {
    auto f = test::answer_lost_facts();
    f.client_unanswered = f.client_last_encrypted = 26; // HTTP/2's SETTINGS, acknowledged
    f.server_behind_finish = 4;
    CHECK(data_stall_of(f));
    CHECK(data_stall_of(test::ended(f, model::leg::client, "fin")));
    f.client_encrypted = {53, 26}; // it has asked for nothing
    CHECK(!data_stall_of(f));
}

TEST_CASE("whether the client waits for an answer") {
    auto f = test::still_in_data();
    CHECK(request_is_open(f));
    f.client_last_encrypted = 26; // HTTP/2's SETTINGS, acknowledged behind a request
    CHECK(request_is_open(f));
    f.client_last_encrypted = 19; // a close_notify
    CHECK(!request_is_open(f));
    f = test::still_in_data();
    f.client_last_encrypted.reset();
    CHECK(!request_is_open(f));
    f = test::still_in_data();
    f.client_unanswered.reset();
    CHECK(!request_is_open(f));
}

TEST_CASE("which leg stands still, and which way") {
    auto f = test::still_in_data();
    CHECK(!data_stall_of(f));
    f.client_leg.out.unacked = 2;
    f.client_leg.out.retransmits = 3;
    REQUIRE(data_stall_of(f));
    CHECK(data_stall_of(f)->where == model::leg::client);
    CHECK(!data_stall_of(f)->to_us);
    f.server_leg.in.gap = true; // the server's leg says more
    CHECK(data_stall_of(f)->where == model::leg::server);
    CHECK(data_stall_of(f)->to_us);
    CHECK(far_end_of(f, model::leg::server) == "releases.bazel.build:443");
    CHECK(far_end_of(f, model::leg::client) == "the client 127.0.0.1:52114");
}
