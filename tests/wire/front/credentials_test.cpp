#include "helloscope/wire/front/credentials.hpp"

#include "support/catch.hpp"

using namespace helloscope::wire::front;

TEST_CASE("the examples of RFC 7617, there and back") {
    struct row {
        const char* value;
        credentials login;
    };
    for (const auto& [value, login] : {
             row{"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", {"Aladdin", "open sesame"}},
             row{"Basic dGVzdDoxMjPCow==", {"test", "123\xc2\xa3"}},
             row{"Basic dTpwOnc=", {"u", "p:w"}},
             row{"Basic dTo=", {"u", ""}},
             row{"Basic OnA=", {"", "p"}},
         }) {
        CAPTURE(value);
        CHECK(basic_authorization(login) == value);
        CHECK(parse_basic_authorization(value) == login);
    }
}

TEST_CASE("the scheme ignores case, and more than one space behind it is white space") {
    CHECK(parse_basic_authorization("bAsIc  dTpw") == credentials{"u", "p"});
}

TEST_CASE("what is not a Basic login is none") {
    for (const char* value :
         {"", "Basic", "Basic ", "Basic   ", "Basicx dTpw", "Bearer dTpw", "dTpw", "Basic dTp",
          "Basic dTpw dTpw", "Basic dTpw,", "Basic\tdTpw",
          "Basic dXA=",            // no colon
          "Basic dQBkOnA=",        // a NUL
          "Basic dTpwDQpBOmI="}) { // a line break
        CAPTURE(value);
        CHECK_FALSE(parse_basic_authorization(value));
    }
}
