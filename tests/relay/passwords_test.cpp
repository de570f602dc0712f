#include "helloscope/relay/passwords.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using helloscope::relay::passwords;

namespace {

// As `htpasswd -B -C 4` and `mkpasswd -m sha-256 -R 1000` write them, of "secret" and "hunter2".
const std::string alice = "alice:$2b$04$cliCwJMHQW3NneIQEkKfk.yGp/joCrn7fIgfgxS1JbpwxondSdfu.\n";
const std::string bob =
    "bob:$5$rounds=1000$saltsaltsaltsalt$i7jVZvCQcEh5DipB4eD.L0bEkv0Jq6Yx..ocuygkpH6\n";

std::string trouble(std::string_view text) {
    const auto got = passwords::parse(text, "users");
    return got ? "" : got.error().message;
}

} // namespace

TEST_CASE("the right password of a known user is accepted, once and again") {
    const auto logins = passwords::parse("# staff\r\n\n" + alice + bob, "users");
    REQUIRE(logins);
    for (int i = 0; i < 2; ++i) {
        CHECK(logins->accepts({"alice", "secret"}));
        CHECK(logins->accepts({"bob", "hunter2"}));
        CHECK_FALSE(logins->accepts({"alice", "hunter2"}));
        CHECK_FALSE(logins->accepts({"alice", ""}));
        CHECK_FALSE(logins->accepts({"carol", "secret"}));
        CHECK_FALSE(logins->accepts({"", ""}));
        CHECK_FALSE(logins->accepts({"alice", std::string("secret\0more", 11)}));
    }
}

TEST_CASE("a file that cannot be what was meant names its line") {
    struct row {
        std::string text, says;
    };
    const auto [text, says] = GENERATE(
        row{"", "users: no user in it: expected lines user:HASH"},
        row{alice + "alice\n", "users:2: expected user:HASH"},
        row{":x\n", "users:1: expected user:HASH"},
        row{alice + alice, "users:2: 'alice' is there a second time"},
        row{"alice:secret\n", "users:1: the password of 'alice' is no hash that crypt(5) knows"},
        row{"alice:$apr1$x$y\n", "users:1: the password of 'alice' is no hash that crypt(5) knows"},
        row{"alice:{SHA}x\n", "users:1: the password of 'alice' is no hash that crypt(5) knows"});
    CAPTURE(text);
    CHECK(trouble(text).starts_with(says));
}
