#include "helloscope/policy/netrc.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::policy;

namespace {

std::vector<netrc_entry> read(std::string_view text) {
    const auto entries = parse_netrc(text, "netrc");
    REQUIRE(entries);
    return *entries;
}

} // namespace

TEST_CASE("netrc files are read as people write them") {
    struct row {
        const char* name;
        const char* text;
        std::vector<netrc_entry> entries;
    };
    for (const auto& [name, text, entries] : {
             row{"nothing", "", {}},
             row{"comments alone", "# a\n  #b c\n\n", {}},
             row{"one line",
                 "machine a.test login me password secret",
                 {{"a.test", {"me", "secret"}}}},
             row{"a line each, CRLF",
                 "machine a.test\r\n\tlogin me\r\n\tpassword secret\r\n",
                 {{"a.test", {"me", "secret"}}}},
             row{"two machines and a default",
                 "machine a login b password c\nmachine d password f login e\ndefault login g",
                 {{"a", {"b", "c"}}, {"d", {"e", "f"}}, {"", {"g", ""}}}},
             row{"an account and a comment behind",
                 "machine a login b account c password d # e",
                 {{"a", {"b", "d"}}}},
             row{"a macro and what follows it",
                 "machine a login b password c\nmacdef init\ncd /pub\nmachine x\n\nmachine d login "
                 "e",
                 {{"a", {"b", "c"}}, {"d", {"e", ""}}}},
             row{"a macro up to the end", "macdef init\ncd /pub", {}},
             row{"quotes",
                 "machine a login \"b c\" password \"d\\\"\\\\e\\tf\\g#\"",
                 {{"a", {"b c", "d\"\\e\tfg#"}}}},
             row{"an empty password", "machine a login b password \"\"", {{"a", {"b", ""}}}},
             row{"values that look like keywords",
                 "machine machine login password password login",
                 {{"machine", {"password", "login"}}}},
             row{"a password that begins with #",
                 "machine a login b password #c",
                 {{"a", {"b", "#c"}}}},
         }) {
        CAPTURE(name);
        CHECK(read(text) == entries);
    }
}

TEST_CASE("a netrc file that is wrong is refused with its line and none of its values") {
    struct row {
        const char* text;
        const char* message;
    };
    const char* no_keyword =
        "neither machine, default, login, password, account nor macdef: a value with white space "
        "needs double quotes";
    for (const auto& [text, message] : {
             row{"login me", "1: \"login\" comes before any machine"},
             row{"\n\nmachine", "3: nothing follows \"machine\""},
             row{"machine a\nlogin\n", "2: nothing follows \"login\""},
             row{"machine a login b password c\nd", nullptr},
             row{"machine a\nlogin \"b\npassword c", "2: a quote is not closed on its line"},
             row{"machine a login \"b", "1: a quote is not closed on its line"},
             row{"machine a login \"b\\", "1: a quote is not closed on its line"},
             row{"machine \"\" login b", "1: a machine needs a name"},
         }) {
        CAPTURE(text);
        const auto entries = parse_netrc(text, "dir/netrc");
        REQUIRE_FALSE(entries);
        const auto expected = message ? message : std::string("2: ") + no_keyword;
        CHECK(entries.error().message == "dir/netrc:" + expected);
    }
}

TEST_CASE("a machine finds its first entry, or the default") {
    const auto entries = read(
        "machine a.test login 1\nmachine A.TEST login 2\ndefault login 3\nmachine b login 4");
    CHECK(find_login(entries, "A.test")->user == "1");
    CHECK(find_login(entries, "c.test")->user == "3");
    CHECK(find_login(entries, "b")->user == "3"); // behind the default nothing is found
    CHECK(find_login(read("machine a login 1"), "b") == nullptr);
    CHECK(find_login({}, "") == nullptr);
}

TEST_CASE("a netrc file cut at every byte is read or refused") {
    const std::string_view text =
        "machine a login \"b\\\"\" password c\nmacdef d\ne\n\n# f\ndefault account g";
    for (std::size_t length = 0; length <= text.size(); ++length) {
        CAPTURE(length);
        const auto entries = parse_netrc(text.substr(0, length), "netrc");
        if (!entries) CHECK(entries.error().message.starts_with("netrc:"));
    }
}
