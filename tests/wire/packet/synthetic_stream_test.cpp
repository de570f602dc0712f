#include "helloscope/wire/packet/synthetic_stream.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::wire::packet;
using enum direction;

namespace {

const auto client = *parse_endpoint("192.0.2.1:54321");
const auto server = *parse_endpoint("198.51.100.2:443");

// "C 100/0 S" for a SYN by the client: sender, sequence, acknowledgement, flags, payload length.
std::string told(const tcp_headers& headers) {
    const auto got = parse_tcp_packet(headers.view(), headers.size);
    REQUIRE(got);
    std::string flags;
    for (const auto& [flag, letter] :
         {std::pair{tcp_flag::syn, 'S'},
          {tcp_flag::fin, 'F'},
          {tcp_flag::rst, 'R'},
          {tcp_flag::psh, 'P'},
          {tcp_flag::ack, '.'}})
        if (got->has(flag)) flags += letter;
    const bool by_client = got->source == client && got->destination == server;
    CHECK((by_client || (got->source == server && got->destination == client)));
    return std::string(by_client ? "C " : "S ") + std::to_string(got->sequence) + "/" +
           std::to_string(got->acknowledgement) + " " + flags + " " +
           std::to_string(got->payload_length);
}

template <std::size_t n> std::vector<std::string> told(const std::array<tcp_headers, n>& packets) {
    std::vector<std::string> out;
    for (const auto& headers : packets) out.push_back(told(headers));
    return out;
}

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("a leg's life is told in packets that fit together") {
    synthetic_stream leg{client, server, 100};
    CHECK(told(leg.opened(1460)) == lines{"C 100/0 S 0", "S 100/101 S. 0", "C 101/101 . 0"});
    CHECK(told(leg.data(to_server, {}, 517)) == "C 101/101 P. 517");
    CHECK(told(leg.data(to_client, {}, 1200)) == "S 101/618 P. 1200");
    CHECK(told(leg.data(to_client, {}, 10)) == "S 1301/618 P. 10");
    CHECK(told(leg.data(to_server, {}, 5)) == "C 618/1311 P. 5");
    CHECK(told(leg.finished(to_server)) == lines{"C 623/1311 F. 0", "S 1311/624 . 0"});
    CHECK(told(leg.data(to_client, {}, 7)) == "S 1311/624 P. 7"); // half closed
    CHECK(told(leg.finished(to_client)) == lines{"S 1318/624 F. 0", "C 624/1319 . 0"});
}

TEST_CASE("skipped bytes are counted") {
    synthetic_stream leg{client, server};
    leg.opened();
    leg.skipped(to_client, 5'000'000'000);
    CHECK(told(leg.data(to_server, {}, 1)) == "C 1/705032705 P. 1");
    CHECK(told(leg.data(to_client, {}, 1)) == "S 705032705/2 P. 1");
}

TEST_CASE("sequence numbers wrap") {
    synthetic_stream leg{client, server, 0xfffffffe};
    CHECK(
        told(leg.opened()) ==
        lines{"C 4294967294/0 S 0", "S 4294967294/4294967295 S. 0", "C 4294967295/4294967295 . 0"});
    CHECK(told(leg.data(to_server, {}, 10)) == "C 4294967295/4294967295 P. 10");
    CHECK(told(leg.data(to_client, {}, 1)) == "S 4294967295/9 P. 1");
    CHECK(told(leg.reset(to_client)) == "S 0/9 R. 0");
}

TEST_CASE("only the SYNs carry options, the MSS only where it is known") {
    for (const std::uint16_t mss : {std::uint16_t{0}, std::uint16_t{1360}}) {
        synthetic_stream leg{client, server};
        const auto packets = leg.opened(mss);
        for (std::size_t i = 0; i < 3; ++i) {
            const auto got = parse_tcp_packet(packets[i].view(), packets[i].size);
            REQUIRE(got);
            CHECK(got->options.window_scale.has_value() == (i < 2));
            CHECK(got->options.mss.value_or(0) == (i < 2 ? mss : 0));
        }
    }
}
