#include "pcapng/journal.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::wire::pcapng;

namespace {

using fields = std::vector<journal_field>;

bytes written(const fields& entry) {
    bytes out;
    {
        pen to(out);
        for (const auto& field : entry) append_journal_field(to, field);
    }
    return out;
}

} // namespace

TEST_CASE("text is a line, anything else is a length and bytes") {
    CHECK(as_text(written({{"A", "x=y z"}})) == "A=x=y z\n");
    CHECK(as_text(written({{"A", ""}})) == "A=\n");
    CHECK(as_text(written({{"A", "tab\tö"}})) == "A=tab\tö\n");
    CHECK(as_text(written({{"A", "1\n2"}})) == std::string_view("A\n\3\0\0\0\0\0\0\0001\n2\n", 14));
    CHECK(as_text(written({{"A", "\x1b"}})) == std::string_view("A\n\1\0\0\0\0\0\0\0\x1b\n", 12));
}

TEST_CASE("a control character is found wherever it stands, and no other byte is taken for one") {
    for (int octet = 0; octet < 256; ++octet)
        for (std::size_t at = 0; at < 20; ++at) {
            std::string value = "\x80 text~!?\xff\t of 20 b..";
            value.resize(20, 'x');
            value[at] = static_cast<char>(octet);
            const bool control = (octet < 0x20 && octet != '\t') || octet == 0x7f;
            INFO(octet << " at " << at);
            CHECK((as_text(written({{"A", value}}))[1] == '\n') == control);
        }
}

TEST_CASE("fields come back as they were written") {
    const fields entry{
        {"MESSAGE", "{\"event\":\"alert\"}"},
        {"EMPTY", ""},
        {"BINARY", std::string_view("\0\n\0=\n\n", 6)},
        {"LAST", "1"}};
    const auto text = written(entry);
    const auto read = parse_journal(text, 0);
    REQUIRE(read);
    CHECK(read->fields == entry);
    CHECK(read->find("LAST") == "1");
    CHECK(read->find("EMPTY") == "");
    CHECK_FALSE(read->find("MISSING"));
}

TEST_CASE("an entry ends at an empty line, at padding or at its last byte") {
    const fields expected{{"A", "1"}, {"B", "2"}};
    using namespace std::string_view_literals;
    for (const auto text :
         {"A=1\nB=2\n"sv, "A=1\nB=2\n\n"sv, "A=1\nB=2\n\nC=3\n"sv, "A=1\nB=2\n\0\0\0"sv,
          "A=1\nB=2"sv, "A=1\nB=2\0\0\0"sv}) {
        const auto read = parse_journal(as_bytes(text), 0);
        REQUIRE(read);
        CHECK(read->fields == expected);
    }
    CHECK(parse_journal({}, 0)->fields.empty());
}

TEST_CASE("a malformed entry says where") {
    using namespace std::string_view_literals;
    const struct {
        std::string_view text;
        parse_error expected;
    } rows[] = {
        {"A=1\n=2\n"sv, {errc::malformed, 104, "journal_key"}},
        {"KEY"sv, {errc::malformed, 103, "journal_key"}},
        {"A\n\1\0\0"sv, {errc::malformed, 102, "journal_value_length"}},
        {"A\n\x09\0\0\0\0\0\0\0x\n"sv, {errc::malformed, 110, "journal_value"}},
        {"A\n\xff\xff\xff\xff\xff\xff\xff\xff\n"sv, {errc::malformed, 110, "journal_value"}},
        {"A\n\1\0\0\0\0\0\0\0xy"sv, {errc::malformed, 112, "journal_value"}},
    };
    for (const auto& row : rows) {
        const auto read = parse_journal(as_bytes(row.text), 100);
        REQUIRE_FALSE(read);
        CHECK(to_string(read.error()) == to_string(row.expected));
    }
}

TEST_CASE("an entry of too many fields is refused") {
    fields entry(most_journal_fields, {"A", ""});
    CHECK(parse_journal(written(entry), 0)->fields.size() == most_journal_fields);
    entry.push_back({"A", ""});
    const auto text = written(entry);
    REQUIRE_FALSE(parse_journal(text, 0));
    CHECK(parse_journal(text, 0).error().code == errc::too_long);
}
