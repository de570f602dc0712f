#include "steps.hpp"

#include "support/catch.hpp"

using namespace helloscope::shape;

TEST_CASE("records takes any position but that of records") {
    CHECK(text_of(std::get<records>(read_records("sni+2,-1").value())) == "records:sni+2,-1");
    CHECK_FALSE(read_records("1,records"));
}
