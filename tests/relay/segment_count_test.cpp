#include "segment_count.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using relay::segment_count;

namespace {

model::path_sample sample(std::uint32_t data, std::uint32_t again, std::uint32_t unacked) {
    model::path_sample made;
    made.data_segs_out = data;
    made.total_retrans = again;
    made.unacked = unacked;
    made.notsent_bytes = 0;
    return made;
}

} // namespace

TEST_CASE("segments are those that left since, without those sent again") {
    segment_count count(3, sample(2, 1, 0)); // a parent was asked, and a SYN was lost
    count.saw(sample(5, 1, 3));
    CHECK(count.outcome().segments == 3);
    CHECK_FALSE(count.acknowledged());
    count.saw(sample(7, 3, 1));
    CHECK(count.outcome().retransmitted == 2);
    CHECK(count.outcome().segments == 3);
    CHECK_FALSE(count.acknowledged());
    count.saw(sample(7, 3, 0));
    CHECK(count.outcome().writes == 3);
    CHECK(count.outcome().segments == 3);
    CHECK(count.acknowledged());
}

TEST_CASE("what waits to be sent is not acknowledged") {
    segment_count count(2, sample(0, 0, 0));
    auto now = sample(1, 0, 0);
    now.notsent_bytes = 700;
    count.saw(now);
    CHECK(count.outcome().segments == 1);
    CHECK_FALSE(count.acknowledged());
}

TEST_CASE("a kernel that counts no segments tells nothing") {
    model::path_sample old;
    old.total_retrans = 0;
    CHECK_FALSE(segment_count::counted_in(old));
    segment_count count(2, old);
    count.saw(old);
    CHECK(count.outcome().segments == 0);
    CHECK_FALSE(count.acknowledged());
}
