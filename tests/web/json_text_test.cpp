#include "json_text.hpp"

#include "support/catch.hpp"

using namespace helloscope;

TEST_CASE("JSON is written as people write it") {
    for (const std::string text :
         {R"({"a":1,"b":[true,null,"x\"\u001f"],"c":{}})", "[]", "0.5", "-3", "\"é\""}) {
        CAPTURE(text);
        CHECK(web::write(*web::read(text)) == text);
    }
    CHECK(web::write(1.0) == "1");
    CHECK(web::write(1795213175.89779) == "1795213175.89779");
}

TEST_CASE("what is no JSON is refused, and where") {
    const struct {
        std::string text, error;
    } rows[] = {
        {"", "incomplete"},     {"{", "incomplete"},   {"{\"a\":}", "syntax error"},
        {"{} x", "extra data"}, {"nul", "incomplete"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto got = web::read(row.text);
        REQUIRE_FALSE(got);
        CHECK(got.error().message.find(row.error) != std::string::npos);
        CHECK(got.error().message.starts_with("no JSON: "));
    }
    CHECK_FALSE(web::read(std::string(1'000, '[') + std::string(1'000, ']')));
    CHECK(web::read(" {} \r\n"));
}
