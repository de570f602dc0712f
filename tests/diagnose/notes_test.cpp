#include "notes.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

std::string note_of(const facts& f, std::string_view id) {
    for (const auto& note : notes_of(f))
        if (note.id == id) return note.text;
    return "";
}

} // namespace

TEST_CASE("a post-quantum share: what it costs at this MSS") {
    CHECK(
        note_of(test::silent_facts(), "hello-post-quantum") ==
        "the ClientHello has 1,493 bytes because of its X25519MLKEM768 key share, 271 without it; "
        "that is 2 segments of up to 1,448, the last one of 45 bytes");
    CHECK(note_of(test::small_facts(), "hello-post-quantum").empty());
}

TEST_CASE("a client that leaves a silent server may have been idle, or waited") {
    auto f = test::healthy_facts();
    f.server_leg.last_data = 5900ms;
    CHECK(
        note_of(f, "silent-at-the-end")
            .starts_with(
                "nothing had come from releases.bazel.build:443 for 5.9 s when the client left."));
    f.first_end = model::closed{model::leg::client, "helloscope", "error", "helloscope ends"};
    CHECK(
        note_of(f, "silent-at-the-end")
            .starts_with(
                "nothing had come from releases.bazel.build:443 for 5.9 s when helloscope ended"));
    f.first_end = model::closed{model::leg::client, "helloscope", "timeout", "ETIMEDOUT"};
    CHECK(note_of(f, "silent-at-the-end").empty());
    f.first_end = model::closed{model::leg::server, "helloscope", "timeout", "the client has gone"};
    CHECK(note_of(f, "silent-at-the-end").empty());
    auto busy = test::ended(f, model::leg::client, "fin");
    busy.server_leg.last_data = 300ms;
    CHECK(note_of(busy, "silent-at-the-end").empty());
    CHECK(note_of(test::ended(f, model::leg::server, "fin"), "silent-at-the-end").empty());
}

TEST_CASE("a handshake without a request is a note, and no verdict") {
    auto on = test::greeted();
    test::finish_tls13(test::answer_tls13(on));
    on.then(1ms, test::record_of(on, direction::to_server, 23, 19, true));
    test::end(on, model::leg::client);
    const auto f = model::make_facts(on.told());
    CHECK(!note_of(f, "closed-without-request").empty());
    CHECK(note_of(test::healthy_facts(), "closed-without-request").empty());
    auto rejected = f; // certificate-rejected
    rejected.client_encrypted = {19};
    rejected.client_encrypted_count = 1;
    CHECK(note_of(rejected, "closed-without-request").empty());
}

TEST_CASE("what the path taught the kernel, and what it lost") {
    auto f = test::silent_facts();
    CHECK(note_of(f, "path-mtu-known").empty());
    f.server_leg.pmtu = 1400;
    f.server_leg.snd_mss = 1348;
    CHECK(!note_of(f, "path-mtu-known").empty());
    CHECK(note_of(f, "segments-lost").empty());
    f.server_leg.out.total_retrans = 4;
    CHECK(!note_of(f, "segments-lost").empty());
}

TEST_CASE("a healed flow, a retried handshake, and what others saw") {
    model::heal_attempt_ended first;
    CHECK(
        note_of(test::healed_facts(first, "mss:1360"), "healed") ==
        "the flow went on all the same: attempt 2 (mss:1360) was answered after 1.0 s");
    auto f = test::healthy_facts();
    f.retried = true;
    CHECK(!note_of(f, "handshake-retried").empty());
    f.before = {test::history("address", 1, 0), test::history("name", 4, 2, 271)};
    CHECK(
        note_of(f, "seen-before") ==
        "the same name (x): 4 flows went well, 2 failed; largest ClientHello answered 271 bytes");
}
