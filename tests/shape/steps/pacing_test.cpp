#include "steps.hpp"

#include "support/catch.hpp"

using namespace helloscope::shape;

TEST_CASE("a pause is a time or an acknowledgement") {
    CHECK(text_of(std::get<pacing>(read_pacing("1500ms").value())) == "pause:1500ms");
    CHECK(text_of(std::get<pacing>(read_pacing("60000ms").value())) == "pause:60s");
    CHECK(text_of(std::get<pacing>(read_pacing("acked").value())) == "pause:acked");
    for (const auto* text : {"", "ms", "-1ms", "1.5s", "60001ms", "1m", "acked ", "1 ms"})
        CHECK_FALSE(read_pacing(text));
}
