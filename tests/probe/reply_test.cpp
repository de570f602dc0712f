#include "reply.hpp"

#include "support/catch.hpp"
#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using namespace helloscope::probe;
using wire::tls::flight;

namespace {

// The server's first flight in a dialogue.
bytes flight_in(const std::string& dialogue) {
    bytes said;
    for (const auto& turn : test::dialogue(dialogue)) {
        if (turn.way == direction::to_client)
            said.insert(said.end(), turn.record.begin(), turn.record.end());
        else if (!said.empty())
            break;
    }
    return said;
}

reply told(bytes_view said) {
    reply answer;
    answer.feed(said);
    return answer;
}

} // namespace

TEST_CASE("what servers answer, and in which words, however it is cut") {
    struct row {
        const char* dialogue;
        const char* outcome;
        const char* detail;
    };
    for (const auto& [dialogue, outcome, detail] :
         {row{"tls13", "answered", "TLS 1.3, x25519"}, row{"tls12", "answered", "TLS 1.2"},
          row{"tls13-retry", "answered", "HelloRetryRequest, secp256r1"},
          row{"protocol-version", "alert", "protocol_version"}}) {
        INFO(dialogue);
        const auto said = flight_in(dialogue);
        CHECK(told(said).state() >= flight::possible);
        CHECK(told(said).outcome() == outcome);
        CHECK(told(said).detail() == detail);
        CHECK(told(said).size() == said.size());
        reply cut;
        test::feed_cut(said, 3, 1, [&](bytes_view piece) { cut.feed(piece); });
        CHECK(cut.outcome() == outcome);
        CHECK(cut.detail() == detail);
    }
}

TEST_CASE("what is no TLS is said to be none, and nothing is nothing") {
    CHECK(told(as_bytes("HTTP/1.1 400 Bad Request\r\n")).outcome() == "not-tls");
    CHECK(told(as_bytes("HTTP/1.1 400 Bad Request\r\n")).state() == flight::whole);
    CHECK(told({}).state() == flight::nothing);
    CHECK(told(bytes_view(flight_in("tls13")).first(200)).state() == flight::begun);
}
