#include "steps.hpp"

#include "support/catch.hpp"

using namespace helloscope::shape;

TEST_CASE("split keeps its positions as they were said") {
    CHECK(text_of(std::get<split>(read_split("5,1,5").value())) == "split:5,1,5");
    CHECK_FALSE(read_split(""));
}
