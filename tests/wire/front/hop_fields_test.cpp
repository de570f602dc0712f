#include "helloscope/wire/front/hop_fields.hpp"

#include "support/catch.hpp"

using namespace helloscope::wire::front;

namespace {

using names = std::vector<std::string>;

names names_of(const std::vector<header_field>& fields) {
    names all;
    for (const auto& field : fields) all.emplace_back(field.name);
    return all;
}

} // namespace

TEST_CASE("fields of this hop end here and the others go on in their order") {
    const std::vector<header_field> fields{
        {"Host", "a.test"},
        {"Connection", "keep-alive"},
        {"PROXY-CONNECTION", "keep-alive"},
        {"Keep-Alive", "timeout=5"},
        {"Accept", "*/*"},
        {"TE", "trailers"},
        {"transfer-encoding", "chunked"},
        {"Trailer", "Expires"},
        {"Upgrade", "websocket"},
        {"Proxy-Authorization", "Basic dTpw"},
        {"Proxy-Authenticate", "Basic"},
        {"Proxy-Authentication-Info", "a=b"},
        {"Accept", "text/html"},
        {"Authorization", "Bearer a"},
        {"Via", "1.1 a"},
    };
    CHECK(
        names_of(end_to_end_fields(fields)) ==
        names{"Host", "Accept", "Trailer", "Accept", "Authorization", "Via"});
}

TEST_CASE("what Connection names ends here too, unless the message needs it") {
    struct row {
        const char* connection;
        names kept; // of Host, Content-Length, Cookie, Via, X-A, X-B
    };
    for (const auto& [connection, kept] : {
             row{"", {"Host", "Content-Length", "Cookie", "Via", "X-A", "X-B"}},
             row{"close", {"Host", "Content-Length", "Cookie", "Via", "X-A", "X-B"}},
             row{"x-a", {"Host", "Content-Length", "Cookie", "Via", "X-B"}},
             row{"close,X-A\t ,, x-b", {"Host", "Content-Length", "Cookie", "Via"}},
             row{"\", X-A", {"Host", "Content-Length", "Cookie", "Via", "X-B"}},
             row{"(, X-A, )", {"Host", "Content-Length", "Cookie", "Via", "X-B"}},
             row{"X-A;q=1", {"Host", "Content-Length", "Cookie", "Via", "X-A", "X-B"}},
             row{"host, content-length, COOKIE, via",
                 {"Host", "Content-Length", "Cookie", "Via", "X-A", "X-B"}},
         }) {
        CAPTURE(connection);
        const std::vector<header_field> fields{{"Host", "a.test"},
                                               {"Content-Length", "1"},
                                               {"Cookie", "a=b"},
                                               {"Via", "1.1 a"},
                                               {"X-A", "1"},
                                               {"X-B", "1"},
                                               {"Connection", connection}};
        CHECK(names_of(end_to_end_fields(fields)) == kept);
    }
}

TEST_CASE("several Connection fields are one list") {
    const std::vector<header_field> fields{
        {"Connection", "X-A"}, {"X-A", ""}, {"connection", "close, X-B"}, {"X-B", ""}};
    CHECK(end_to_end_fields(fields).empty());
    CHECK(has_token(fields, "Connection", "CLOSE"));
    CHECK(has_token(fields, "CONNECTION", "x-a"));
    CHECK_FALSE(has_token(fields, "Connection", "x"));
    CHECK_FALSE(has_token(fields, "Connection", ""));
    CHECK_FALSE(has_token(fields, "Upgrade", "X-A"));
    CHECK_FALSE(has_token({{"Connection", "not close"}}, "Connection", "close"));
}

TEST_CASE("a message that came through us says so in Via") {
    struct row {
        const char* via;
        bool through;
    };
    for (const auto& [via, through] : {
             row{"1.1 helloscope-7f", true},
             row{"1.1 a, 1.0 helloscope-7f", true},
             row{"1.1 a,HTTP/1.1\tHELLOSCOPE-7F (Debian)", true},
             row{"1.1  helloscope-7f(x)", true},
             row{"1.1 helloscope-7e", false},
             row{"1.1 helloscope-7f:80", false},
             row{"helloscope-7f", false},
             row{"1.1 a (helloscope-7f)", false},
             row{"1.1 a (b, helloscope-7f)", false},
             row{"", false},
             row{",", false},
         }) {
        CAPTURE(via);
        CHECK(came_through({{"Host", "a"}, {"via", via}}, "helloscope-7f") == through);
        CHECK(came_through({{"Via", "1.1 x"}, {"VIA", via}}, "helloscope-7f") == through);
        CHECK_FALSE(came_through({{"X-Via", via}}, "helloscope-7f"));
    }
}
