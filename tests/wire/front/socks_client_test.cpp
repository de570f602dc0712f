#include "helloscope/wire/front/socks_client.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

#include <random>

using namespace helloscope;
using namespace helloscope::wire::front;
using test::hex;

namespace {

using next = socks_client::next;

struct playbook {
    const char* name;
    host_port target;
    std::optional<credentials> login;
    const char* gets;
    const char* sends; // with the greeting
    next ends;
    std::uint8_t reply = 0;
    const char* words = "";
};

struct outcome {
    next what = next::more;
    std::uint8_t reply = 0;
    std::string words;
    bytes sent, left;
};

// A parent that sends its answers without waiting for ours, `piece` bytes at a time.
outcome drive(socks_client& client, bytes_view input, std::size_t piece) {
    outcome out;
    out.sent = client.greeting();
    bytes held;
    while (!input.empty() && (out.what == next::more || out.what == next::send)) {
        const auto length = std::min(piece, input.size());
        held.insert(held.end(), input.begin(), input.begin() + static_cast<std::ptrdiff_t>(length));
        input = input.subspan(length);
        do {
            const auto step = client.feed(held);
            out.what = step.what;
            out.reply = step.reply;
            out.words = step.words;
            out.sent.insert(out.sent.end(), step.to_send.begin(), step.to_send.end());
            REQUIRE(step.used <= held.size());
            held.erase(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(step.used));
        } while (out.what == next::send);
    }
    out.left = held;
    out.left.insert(out.left.end(), input.begin(), input.end());
    return out;
}

const host_port a_test{"a.test", 443};
const credentials me{"u", "p"};
const std::string too_long(256, 'a');

const std::vector<playbook>& playbooks() {
    using enum next;
    static const std::vector<playbook> all{
        {"a name",
         a_test,
         {},
         "05 00  05 00 00 01 c0000209 9c40",
         "05 01 00  05 01 00 03 06 612e74657374 01bb",
         done},
        {"IPv4",
         {"192.0.2.1", 80},
         {},
         "05 00  05 00 00 01 00000000 0000",
         "05 01 00  05 01 00 01 c0000201 0050",
         done},
        {"IPv6, bound to IPv6",
         {"2001:db8::1", 80},
         {},
         "05 00  05 00 00 04 20010db8000000000000000000000009 9c40",
         "05 01 00  05 01 00 04 20010db8000000000000000000000001 0050",
         done},
        {"bound to a name",
         a_test,
         {},
         "05 00  05 00 00 03 03 622e63 9c40",
         "05 01 00  05 01 00 03 06 612e74657374 01bb",
         done},
        {"bound to an empty name",
         a_test,
         {},
         "05 00  05 00 00 03 00 0000",
         "05 01 00  05 01 00 03 06 612e74657374 01bb",
         done},
        {"a login", a_test, me, "05 02  01 00  05 00 00 01 00000000 0000",
         "05 02 00 02  01 01 75 01 70  05 01 00 03 06 612e74657374 01bb", done},
        {"a login that is not needed", a_test, me, "05 00  05 00 00 01 00000000 0000",
         "05 02 00 02  05 01 00 03 06 612e74657374 01bb", done},
        {"a login answered as version 5", a_test, me, "05 02  05 00  05 00 00 01 00000000 0000",
         "05 02 00 02  01 01 75 01 70  05 01 00 03 06 612e74657374 01bb", done},
        {"an empty password", a_test, credentials{"u", ""},
         "05 02  01 00  05 00 00 01 00000000 0000",
         "05 02 00 02  01 01 75 00  05 01 00 03 06 612e74657374 01bb", done},

        {"it wants a login", a_test, {}, "05 ff", "05 01 00", wants_login, 0, "it wants a login"},
        {"it wants another login", a_test, me, "05 ff", "05 02 00 02", wants_login, 0,
         "it takes neither no login nor one by user and password"},
        {"a wrong login", a_test, me, "05 02  01 01", "05 02 00 02  01 01 75 01 70", wants_login, 0,
         "it takes the user or the password for wrong"},
        {"a login that does not fit", a_test, credentials{too_long, "p"}, "05 02", "05 02 00 02",
         wants_login, 0, "a user or a password of SOCKS5 has at most 255 bytes"},
        {"refused by rule",
         a_test,
         {},
         "05 00  05 02",
         "05 01 00  05 01 00 03 06 612e74657374 01bb",
         refused,
         0x02,
         "connection not allowed by ruleset"},
        {"refused by the destination",
         a_test,
         {},
         "05 00  05 05",
         "05 01 00  05 01 00 03 06 612e74657374 01bb",
         refused,
         0x05,
         "connection refused by destination host"},
        {"an unassigned reply",
         a_test,
         {},
         "05 00  05 5b",
         "05 01 00  05 01 00 03 06 612e74657374 01bb",
         refused,
         0x5b,
         "reply 0x5b, which RFC 1928 does not assign"},
        {"a name that does not fit",
         {too_long, 1},
         {},
         "05 00",
         "05 01 00",
         refused,
         0,
         "a name in SOCKS5 has 1 to 255 bytes"},
        {"an empty name",
         {"", 1},
         {},
         "05 00",
         "05 01 00",
         refused,
         0,
         "a name in SOCKS5 has 1 to 255 bytes"},
        {"an HTTP proxy",
         a_test,
         {},
         "48",
         "05 01 00",
         garbled,
         0,
         "its first byte is 0x48, not 0x05"},
        {"a SOCKS4 proxy",
         a_test,
         {},
         "00",
         "05 01 00",
         garbled,
         0,
         "its first byte is 0x00, not 0x05"},
        {"a method that was not offered",
         a_test,
         {},
         "05 02",
         "05 01 00",
         garbled,
         0,
         "it chose method 0x02, which we did not offer"},
        {"GSSAPI", a_test, me, "05 01", "05 02 00 02", garbled, 0,
         "it chose method 0x01, which we did not offer"},
        {"a login answered by something else", a_test, me, "05 02  48",
         "05 02 00 02  01 01 75 01 70", garbled, 0, "its answer to the login begins with 0x48"},
        {"a reply of another version",
         a_test,
         {},
         "05 00  04",
         "05 01 00  05 01 00 03 06 612e74657374 01bb",
         garbled,
         0,
         "its reply begins with 0x04, not 0x05"},
        {"a reply with an unknown address",
         a_test,
         {},
         "05 00  05 00 00 02",
         "05 01 00  05 01 00 03 06 612e74657374 01bb",
         garbled,
         0,
         "the address in its reply is of no known type"},
    };
    return all;
}

} // namespace

TEST_CASE("dialogues with a SOCKS5 parent go as written, however its bytes arrive") {
    for (const auto& book : playbooks()) {
        const auto input = hex(book.gets);
        for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, input.size()}) {
            CAPTURE(book.name, piece);
            socks_client client(book.target, book.login);
            const auto end = drive(client, input, piece);
            CHECK(end.what == book.ends);
            CHECK(end.sent == hex(book.sends));
            CHECK(end.reply == book.reply);
            CHECK(end.words == book.words);
        }
    }
}

TEST_CASE("what follows the reply belongs to the tunnel") {
    const auto early = hex("15 03 03 00 02");
    for (const auto& book : playbooks()) {
        if (book.ends != next::done) continue;
        auto input = hex(book.gets);
        input.insert(input.end(), early.begin(), early.end());
        for (const std::size_t piece : {std::size_t{1}, input.size()}) {
            CAPTURE(book.name, piece);
            socks_client client(book.target, book.login);
            const auto end = drive(client, input, piece);
            CHECK(end.what == next::done);
            CHECK(end.left == early);
        }
    }
}

TEST_CASE("a parent that breaks off anywhere leaves the dialogue unfinished") {
    for (const auto& book : playbooks()) {
        const auto input = hex(book.gets);
        const auto sends = hex(book.sends);
        for (std::size_t length = 0; length < input.size(); ++length) {
            CAPTURE(book.name, length);
            socks_client client(book.target, book.login);
            const auto end = drive(client, bytes_view(input).first(length), 1);
            CHECK(end.what == next::more);
            REQUIRE(end.sent.size() <= sends.size());
            CHECK(std::equal(end.sent.begin(), end.sent.end(), sends.begin()));
        }
    }
}

TEST_CASE("a SOCKS5 parent may say anything") {
    std::mt19937 random{1929};
    for (int round = 0; round < 20'000; ++round) {
        const auto& book = playbooks()[random() % playbooks().size()];
        auto input = hex(book.gets);
        for (auto changes = random() % 4; changes > 0; --changes)
            input[random() % input.size()] = static_cast<std::uint8_t>(random());
        socks_client client(book.target, book.login);
        const auto end = drive(client, input, random() % 9 + 1);
        const bool failed = end.what != next::done && end.what != next::more &&
                            end.what != next::send;
        REQUIRE(failed == !end.words.empty());
    }
}

TEST_CASE("whom a request came through stands behind the methods") {
    const auto via = "1.1 squid.test, 1.1 helloscope-0a1b2c3d";
    CHECK(socks_client(a_test, {}, via).greeting() == hex("05 09 00  90 8a 81 8b 82 8c 83 8d"));
    CHECK(socks_client(a_test, me, via).greeting() == hex("05 0a 00 02  90 8a 81 8b 82 8c 83 8d"));
}
