#include "steps.hpp"

#include "support/catch.hpp"

using namespace helloscope::shape;

TEST_CASE("dribble takes the size of its pieces") {
    CHECK(text_of(std::get<dribble>(read_dribble("7").value())) == "dribble:7");
    CHECK_FALSE(read_dribble("every:7"));
}
