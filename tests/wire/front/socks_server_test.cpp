#include "helloscope/wire/front/socks_server.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

#include <random>

using namespace helloscope;
using namespace helloscope::wire::front;
using test::hex;

namespace {

using next = socks_server::next;

// What became of a client that sent all it had.
struct outcome {
    next what = next::more;
    std::string why;
    bytes answers, left;
};

// Feeds what has come so far until the server wants more or is done; `piece` bytes come at a time.
outcome drive(socks_server& server, bytes_view input, std::size_t piece, bool right = true) {
    outcome out;
    bytes held;
    const auto take = [&](const socks_server::step& step) {
        out.answers.insert(out.answers.end(), step.answer.begin(), step.answer.end());
        REQUIRE(step.used <= held.size());
        held.erase(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(step.used));
        out.what = step.what;
        out.why = step.why;
        return step.used > 0;
    };
    while (!input.empty() && out.what == next::more) {
        const auto length = std::min(piece, input.size());
        held.insert(held.end(), input.begin(), input.begin() + static_cast<std::ptrdiff_t>(length));
        input = input.subspan(length);
        while (out.what == next::more && take(server.feed(held)))
            if (out.what == next::check_login) take(server.login_checked(right));
    }
    out.left = held;
    out.left.insert(out.left.end(), input.begin(), input.end());
    return out;
}

struct playbook {
    const char* name;
    socks_login wanted;
    const char* gets;
    const char* sends;
    next ends;
    const char* says; // host:port, or why not
};

std::string hex_of(std::size_t count, const char* byte) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += byte;
    return text;
}

const std::vector<playbook>& playbooks() {
    using enum socks_login;
    using enum next;
    static const std::string name_of_254 = "05 01 00  05 01 00 03 fe" + hex_of(254, "61") + "01bb";
    static const std::string name_of_255 = "05 01 00  05 01 00 03 ff" + hex_of(255, "61") + "01bb";
    static const std::string said_254 = std::string(254, 'a') + ":443";
    static const std::string login_of_255 = "05 01 02  01 ff" + hex_of(255, "75") + "ff" +
                                            hex_of(255, "70") + "05 01 00 01 c0000201 01bb";
    static const std::string name4_of_254 = "04 01 01bb 00000001 00" + hex_of(254, "61") + "00";
    static const std::string name4_of_256 = "04 01 01bb 00000001 00" + hex_of(256, "61");
    static const std::string user4_of_255 = "04 01 01bb c0000201" + hex_of(255, "75") + "00";
    static const std::string user4_of_256 = "04 01 01bb c0000201" + hex_of(256, "75");
    static const std::vector<playbook> all{
        {"curl: a name", none, "05 02 00 01  05 01 00 03 06 612e74657374 01bb", "05 00", connect,
         "a.test:443"},
        {"IPv4", none, "05 01 00  05 01 00 01 c0000201 01bb", "05 00", connect, "192.0.2.1:443"},
        {"IPv6", none, "05 01 00  05 01 00 04 20010db8000000000000000000000001 0050", "05 00",
         connect, "[2001:db8::1]:80"},
        {"a name that is a literal", none, "05 01 00  05 01 00 03 03 3a3a31 01bb", "05 00", connect,
         "[::1]:443"},
        {"a literal in brackets", none, "05 01 00  05 01 00 03 05 5b3a3a315d 01bb", "05 00",
         connect, "[::1]:443"},
        {"the longest name", none, name_of_254.c_str(), "05 00", connect, said_254.c_str()},
        {"RSV is ignored", none, "05 01 00  05 01 ff 01 c0000201 01bb", "05 00", connect,
         "192.0.2.1:443"},
        {"GSSAPI and a login, none wanted", none, "05 03 01 02 00  05 01 00 01 c0000201 01bb",
         "05 00", connect, "192.0.2.1:443"},
        {"only a login, none wanted", none, "05 01 02  01 01 75 01 70  05 01 00 01 c0000201 01bb",
         "05 02  01 00", connect, "192.0.2.1:443"},
        {"a login", password, "05 02 00 02  01 01 75 01 70  05 01 00 01 c0000201 01bb",
         "05 02  01 00", connect, "192.0.2.1:443"},
        {"the longest login", password, login_of_255.c_str(), "05 02  01 00", connect,
         "192.0.2.1:443"},
        {"an empty password", password, "05 01 02  01 01 75 00  05 01 00 01 c0000201 01bb",
         "05 02  01 00", connect, "192.0.2.1:443"},
        {"SOCKS4", none, "04 01 01bb c0000201 00", "", connect, "192.0.2.1:443"},
        {"SOCKS4 with a user", none, "04 01 01bb c0000201 757365 00", "", connect, "192.0.2.1:443"},
        {"SOCKS4 with the longest user", none, user4_of_255.c_str(), "", connect, "192.0.2.1:443"},
        {"SOCKS4a", none, "04 01 01bb 00000001 75 00 612e74657374 00", "", connect, "a.test:443"},
        {"SOCKS4a with the longest name", none, name4_of_254.c_str(), "", connect,
         said_254.c_str()},
        {"SOCKS4 to 0.0.0.0, which is no SOCKS4a", none, "04 01 01bb 00000000 00", "", connect,
         "0.0.0.0:443"},
        {"SOCKS4a needs three zeros", none, "04 01 01bb 00000101 00", "", connect, "0.0.1.1:443"},

        {"no login offered", password, "05 01 00", "05 ff", refuse,
         "the client offers no login by user and password (RFC 1929), which is needed here"},
        {"no method at all", none, "05 00", "05 ff", refuse,
         "the client offers neither to go without a login nor one by user and password"},
        {"GSSAPI alone", none, "05 01 01", "05 ff", refuse,
         "the client offers neither to go without a login nor one by user and password"},
        {"a login of another version", password, "05 01 02  05", "05 02  01 01", refuse,
         "0x05 is no version of the SOCKS5 login"},
        {"a request of another version", none, "05 01 00  04", "05 00  05 01 00 01 00000000 0000",
         refuse, "0x04 begins no SOCKS5 request"},
        {"BIND", none, "05 01 00  05 02 00 01 c0000201 01bb", "05 00  05 07 00 01 00000000 0000",
         refuse, "only CONNECT is served, no BIND and no UDP"},
        {"UDP ASSOCIATE", none, "05 01 00  05 03 00 01 00000000 0000",
         "05 00  05 07 00 01 00000000 0000", refuse, "only CONNECT is served, no BIND and no UDP"},
        {"an address of no type", none, "05 01 00  05 01 00 02", "05 00  05 08 00 01 00000000 0000",
         refuse, "the SOCKS5 address is of no known type"},
        {"an empty name", none, "05 01 00  05 01 00 03 00 01bb", "05 00  05 01 00 01 00000000 0000",
         refuse, "the target's name is not one that DNS can answer for"},
        {"a name with a NUL", none, "05 01 00  05 01 00 03 03 610062 01bb",
         "05 00  05 01 00 01 00000000 0000", refuse,
         "the target's name is not one that DNS can answer for"},
        {"a name with a port", none, "05 01 00  05 01 00 03 04 613a3830 01bb",
         "05 00  05 01 00 01 00000000 0000", refuse,
         "the target's name is not one that DNS can answer for"},
        {"a name with a line break", none, "05 01 00  05 01 00 03 03 610d0a 01bb",
         "05 00  05 01 00 01 00000000 0000", refuse,
         "the target's name is not one that DNS can answer for"},
        {"a name that is too long", none, name_of_255.c_str(), "05 00  05 01 00 01 00000000 0000",
         refuse, "the target's name is not one that DNS can answer for"},
        {"port 0", none, "05 01 00  05 01 00 01 c0000201 0000", "05 00  05 01 00 01 00000000 0000",
         refuse, "the target has port 0"},
        {"SOCKS4 where a password is wanted", password, "04 01 01bb c0000201 00",
         "00 5b 0000 00000000", refuse, "SOCKS4 has no password, which is needed here: use SOCKS5"},
        {"SOCKS4 BIND", none, "04 02 01bb c0000201 00", "00 5b 0000 00000000", refuse,
         "only CONNECT is served, no BIND"},
        {"SOCKS4 to port 0", none, "04 01 0000 c0000201 00", "00 5b 0000 00000000", refuse,
         "the target has port 0"},
        {"SOCKS4 with a user too long", none, user4_of_256.c_str(), "00 5b 0000 00000000", refuse,
         "a string of the SOCKS4 request is longer than 255 bytes"},
        {"SOCKS4a with a name too long", none, name4_of_256.c_str(), "00 5b 0000 00000000", refuse,
         "a string of the SOCKS4 request is longer than 255 bytes"},
        {"SOCKS4a without a name", none, "04 01 01bb 00000001 00 00", "00 5b 0000 00000000", refuse,
         "the target's name is not one that DNS can answer for"},
        {"another version", none, "06", "", refuse, "0x06 is no version of SOCKS"},
    };
    return all;
}

} // namespace

TEST_CASE("dialogues of SOCKS go as written, however their bytes arrive") {
    for (const auto& book : playbooks()) {
        const auto input = hex(book.gets);
        for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, input.size()}) {
            CAPTURE(book.name, piece);
            socks_server server(book.wanted);
            const auto end = drive(server, input, piece);
            CHECK(end.what == book.ends);
            CHECK(end.answers == hex(book.sends));
            const auto said = end.what == next::connect ? to_string(server.target()) : end.why;
            CHECK(said == book.says);
            CHECK(server.version() == input[0]);
        }
    }
}

TEST_CASE("what follows the request is the client's early data and stays") {
    const auto early = hex("16 03 01 00 05");
    for (const auto& book : playbooks()) {
        if (book.ends != next::connect) continue;
        auto input = hex(book.gets);
        input.insert(input.end(), early.begin(), early.end());
        for (const std::size_t piece : {std::size_t{1}, input.size()}) {
            CAPTURE(book.name, piece);
            socks_server server(book.wanted);
            const auto end = drive(server, input, piece);
            CHECK(end.what == next::connect);
            CHECK(end.left == early);
        }
    }
}

TEST_CASE("a dialogue that breaks off anywhere wants more and has promised nothing") {
    for (const auto& book : playbooks()) {
        const auto input = hex(book.gets);
        const auto sends = hex(book.sends);
        for (std::size_t length = 0; length < input.size(); ++length) {
            CAPTURE(book.name, length);
            socks_server server(book.wanted);
            const auto end = drive(server, bytes_view(input).first(length), 1);
            CHECK(end.what == next::more);
            REQUIRE(end.answers.size() <= sends.size());
            CHECK(std::equal(end.answers.begin(), end.answers.end(), sends.begin()));
        }
    }
}

TEST_CASE("a wrong login is refused and its request is not looked at") {
    socks_server server(socks_login::password);
    const auto input = hex("05 01 02  01 02 6d65 03 6e6f74  05 01 00 01 c0000201 01bb");
    const auto end = drive(server, input, input.size(), false);
    CHECK(end.what == next::refuse);
    CHECK(end.answers == hex("05 02  01 01"));
    CHECK(end.why == "the user or the password is wrong");
    CHECK(server.login() == credentials{"me", "not"});
    CHECK(server.feed(end.left).used == 0);
}

TEST_CASE("a login comes as it was sent, a user of SOCKS4 too") {
    socks_server v5(socks_login::password);
    const auto input = hex("05 01 02  01 03 c3a400 02 3a0a");
    CHECK(drive(v5, input, 1).what == next::more);
    CHECK(v5.login() == credentials{std::string("\xc3\xa4\0", 3), ":\n"});
    socks_server v4(socks_login::none);
    CHECK(drive(v4, hex("04 01 01bb c0000201 6d65 00"), 1).what == next::connect);
    CHECK(v4.login() == credentials{"me", ""});
}

TEST_CASE("success tells where the server leg begins") {
    struct row {
        const char* bound;
        const char* socks5;
        const char* socks4;
    };
    for (const auto& [bound, socks5, socks4] : {
             row{"192.0.2.9:40000", "05 00 00 01 c0000209 9c40", "00 5a 9c40 c0000209"},
             row{"[2001:db8::9]:40000", "05 00 00 04 20010db8000000000000000000000009 9c40",
                 "00 5a 9c40 00000000"},
             row{"[::ffff:192.0.2.9]:1", "05 00 00 04 00000000000000000000ffffc0000209 0001",
                 "00 5a 0001 c0000209"},
         }) {
        CAPTURE(bound);
        socks_server v5(socks_login::none), v4(socks_login::none);
        v5.feed(hex("05 01 00"));
        v4.feed(hex("04 01 01bb c0000201 00"));
        CHECK(v5.established(*parse_endpoint(bound)) == hex(socks5));
        CHECK(v4.established(*parse_endpoint(bound)) == hex(socks4));
    }
}

TEST_CASE("failures get the SOCKS5 reply that fits, and the one that SOCKS4 has") {
    struct row {
        proxy_error why;
        std::uint8_t reply;
    };
    socks_server v5(socks_login::none), v4(socks_login::none);
    v5.feed(hex("05 01 00"));
    v4.feed(hex("04 01 01bb c0000201 00"));
    for (const auto& [why, reply] : {
             row{proxy_error::connection_refused, 0x05},
             row{proxy_error::dns_error, 0x04},
             row{proxy_error::dns_timeout, 0x04},
             row{proxy_error::destination_not_found, 0x04},
             row{proxy_error::destination_unavailable, 0x04},
             row{proxy_error::destination_ip_unroutable, 0x04},
             row{proxy_error::connection_timeout, 0x06},
             row{proxy_error::connection_read_timeout, 0x06},
             row{proxy_error::http_response_timeout, 0x06},
             row{proxy_error::destination_ip_prohibited, 0x02},
             row{proxy_error::http_request_denied, 0x02},
             row{proxy_error::proxy_loop_detected, 0x01},
             row{proxy_error::connection_terminated, 0x01},
             row{proxy_error::proxy_internal_error, 0x01},
         }) {
        CAPTURE(to_string(why));
        auto expected = hex("05 00 00 01 00000000 0000");
        expected[1] = reply;
        CHECK(v5.refused(why) == expected);
        CHECK(v4.refused(why) == hex("00 5b 0000 00000000"));
    }
}

TEST_CASE("mutated dialogues end in a target that is safe to print, or in none") {
    std::mt19937 random{1928};
    for (int round = 0; round < 20'000; ++round) {
        const auto& book = playbooks()[random() % playbooks().size()];
        auto input = hex(book.gets);
        for (auto changes = random() % 4; changes > 0; --changes)
            input[random() % input.size()] = static_cast<std::uint8_t>(random());
        socks_server server(book.wanted);
        const auto end = drive(server, input, random() % 9 + 1);
        if (end.what != next::connect) continue;
        REQUIRE(server.target().port != 0);
        REQUIRE(
            server.target().host.find_first_of(std::string("\0\r\n @/", 6)) == std::string::npos);
    }
}

TEST_CASE("whom a request came through is known from its methods") {
    socks_server server(socks_login::none);
    const auto got = drive(server, hex("05 09 00 908a818b828c838d  05 01 00 01 c0000201 01bb"), 1);
    CHECK(got.what == next::connect);
    CHECK(got.answers == hex("05 00"));
    CHECK(server.via() == "SOCKS/5 helloscope-0a1b2c3d");
}
