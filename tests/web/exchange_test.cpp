#include "exchange.hpp"

#include "support/catch.hpp"

using namespace helloscope;

TEST_CASE("an error is worded as Toxiproxy's") {
    const auto no = web::refuse(404, "proxy \"x\" not found");
    CHECK(no.status == 404);
    CHECK(no.body == R"({"error":"proxy \"x\" not found","status":404})");
}
