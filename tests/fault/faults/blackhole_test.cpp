#include "../passing.hpp"

using namespace helloscope;
using namespace helloscope::test;

namespace {

const fault::segments ethernet{1448, 12, false};
const fault::segments loopback{65'483, 12, false};

std::string of(std::size_t size) { return std::string(size, 'x'); }

passing path_of(std::string_view text, const fault::segments& sent) {
    return passing({text}, direction::to_server, sent);
}

} // namespace

TEST_CASE("segments that fit arrive, and the first one that does not is the last") {
    auto line = path_of("blackhole:mtu=1400", ethernet);
    line.takes(of(1'348)).takes(of(1'349)).takes(of(10)).takes_end().at(1h);
    CHECK(line.sent.size() == 1'348);
    CHECK(line.ended == fault::ending::none);
    CHECK(
        line.did ==
        strings{"blackhole:mtu=1400: a segment of 1349 bytes makes a packet of 1401, and the "
                "path takes 1400, from 1348"});
}

TEST_CASE("a path of 1400 and real hellos") {
    struct row {
        std::string_view text;
        fault::segments sent;
        std::size_t hello;
        bool arrives;
    };
    const fault::segments clamped{1348, 12, false}, clamped_by_one_less{1349, 12, false};
    const fault::segments ethernet_v6{1428, 12, true}, clamped_v6{1328, 12, true};
    const row rows[] = {
        {"blackhole:mtu=1400", ethernet, 271, true},
        {"blackhole:mtu=1400", ethernet, 1493, false},
        {"blackhole:mtu=1400", loopback, 517, true},
        {"blackhole:mtu=1400", loopback, 1493, false},
        {"blackhole:mtu=1400", clamped, 1493, true},
        {"blackhole:mtu=1400", clamped_by_one_less, 1493, false},
        {"blackhole:mtu=1400", ethernet_v6, 1328, true},
        {"blackhole:mtu=1400", ethernet_v6, 1329, false},
        {"blackhole:mtu=1400", clamped_v6, 1493, true},
        {"blackhole:mtu=1400,mss=1360", loopback, 1493, true},
        {"blackhole:mtu=1400,mss=1361", loopback, 1493, false},
        {"blackhole:mtu=1500", ethernet, 100'000, true},
        {"blackhole:mtu=68", ethernet, 16, true},
        {"blackhole:mtu=68", ethernet, 17, false},
    };
    for (const auto& one : rows) {
        INFO(one.text << " with " << one.sent.data << ", a hello of " << one.hello);
        auto line = path_of(one.text, one.sent);
        line.takes(of(one.hello));
        CHECK((line.sent.size() == one.hello) == one.arrives);
        CHECK(line.sent.size() == (one.arrives ? one.hello : 0));
    }
}

TEST_CASE("writes that were cut before pass where the whole would not") {
    auto line = path_of("blackhole:mtu=1400", ethernet);
    line.takes(of(700)).takes(of(793));
    CHECK(line.sent.size() == 1'493);
    passing sliced({"slice:1000", "blackhole:mtu=1400"}, direction::to_server, ethernet);
    sliced.takes(of(5'000));
    CHECK(sliced.sent.size() == 5'000);
}

TEST_CASE("TCP brings it all when the path heals") {
    auto line = path_of("blackhole:mtu=1400", ethernet);
    line.takes(of(1'493)).takes("more").at(3s).becomes({});
    CHECK(line.sent.size() == 1'497);
}
