#include "shape_rows.hpp"

#include "diagnose/told.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace std::chrono_literals;

namespace {

std::string rows(const std::vector<model::happening>& beside) {
    model::timeline flow;
    flow.beside = beside;
    diagnose::page out(100, false);
    diagnose::add_shape_rows(out, flow);
    return '\n' + out.take();
}

model::shaped sent_in(std::vector<std::uint32_t> writes) {
    model::shaped what;
    what.shape = "split:1,5";
    what.writes = std::move(writes);
    return what;
}

} // namespace

// clang-format off
TEST_CASE("a clamp is told for each leg, with what the kernel made of it") {
    CHECK(rows({
        model::clamped{model::leg::client, "mss:1200", 1200u, 1188u},
        model::clamped{model::leg::server, "mtu:1400", {}, {}},
    }) == R"(
  clamp       client leg mss:1200 · advertised 1,200 · segments of up to 1,188 bytes
  clamp       server leg mtu:1400
)");
}

TEST_CASE("a shape is told with its writes, and whether they were segments") {
    CHECK(rows({sent_in({1, 4, 512}), model::segmented{3, 3, 0, true}}) == R"(
  shape       split:1,5 · 3 writes: 1, 4, 512 · left as 3 segments
)");
    CHECK(rows({sent_in({1, 4, 512}), model::segmented{3, 4, 2, true}}) == R"(
  shape       split:1,5 · 3 writes: 1, 4, 512 ·
              left as 4 segments: a write was longer than the MSS, 2 sent again
)");
    CHECK(rows({sent_in({1, 4, 512}), model::segmented{3, 2, 0, true}}) == R"(
  shape       split:1,5 · 3 writes: 1, 4, 512 · left as 2 segments: the kernel joined some
)");
    CHECK(rows({sent_in({1, 4, 512}), model::segmented{3, 2, 0, false}}) == R"(
  shape       split:1,5 · 3 writes: 1, 4, 512 ·
              left as 2 segments, as far as was seen, not all acknowledged
)");
}

TEST_CASE("a shape is told with its records, its times and what did not apply") {
    auto what = sent_in({1, 1, 1, 1, 1, 1, 511});
    what.shape = "split:1";
    what.records = {1, 511};
    what.held = 12ms;
    what.took = 1500ms;
    what.note = "split:sni: the hello has no SNI";
    CHECK(rows({what}) == R"(
  shape       split:1 · 2 records: 1, 511 · 7 writes of 1 to 511 · held for 12 ms · sent over 1.5 s
              split:sni: the hello has no SNI
)");
}
