#include "helloscope/heal/decide.hpp"

#include "support/catch.hpp"

#include <fmt/format.h>
#include <functional>

using namespace helloscope;
using namespace helloscope::heal;
using namespace std::chrono_literals;
using wire::tls::flight;

namespace {

using std::chrono::milliseconds;

// ---- paths as they were measured: what the kernel shows of an attempt `t` after its hello was
// sent

struct path_kind {
    milliseconds rtt;
    std::vector<milliseconds> retransmits; // the consecutive timeouts of one unacknowledged segment
};
const path_kind near{0ms, {220ms, 660ms, 1'490ms, 3'150ms, 6'640ms}};
const path_kind middle{50ms, {350ms, 860ms, 1'880ms, 3'930ms, 8'150ms}};
const path_kind far{200ms, {880ms, 2'090ms, 4'530ms, 9'390ms}};

// One attempt as the path and the server treat it.
struct treatment {
    std::optional<milliseconds> answers{}; // with a whole flight
    std::uint64_t stuck = 0;               // bytes that are never acknowledged
    std::optional<milliseconds> acked{};   // when a lost segment came through; else never
    bool gap = false;                      // later segments of the answer came
    milliseconds filled{};                 // so long after the rest was read
    std::uint64_t received = 0;            // of an answer that is not whole
    std::optional<std::pair<milliseconds, ending>> ends{};
    std::optional<milliseconds> trickles{}; // a piece of the answer so often
    flight shows = flight::whole;           // what an answer is taken for
};

treatment answered(milliseconds after = 2ms) { return {.answers = after}; }
treatment stuck(std::uint64_t bytes) { return {.stuck = bytes}; }
treatment ends(ending how, milliseconds after = 1ms) { return {.ends = std::pair(after, how)}; }

// What was sent, and to which of the name's addresses.
struct sent {
    shape::shape how;
    std::vector<std::uint32_t> segments;
    std::size_t number; // of the attempt, from 1
    std::uint32_t mss;  // that it advertises
};

// The segments in which a hello leaves.
std::vector<std::uint32_t> segments_of(
    const shape::shape& how, std::uint32_t size, std::uint32_t data) {
    std::vector<std::uint32_t> borders;
    std::uint32_t header = 0;
    for (const auto& step : how.steps) {
        if (const auto* records = std::get_if<shape::records>(&step)) {
            header = 5;
            for (const auto& at : records->at)
                borders.push_back(static_cast<std::uint32_t>(at.offset) + header);
        } else if (const auto* split = std::get_if<shape::split>(&step); header == 0 && split) {
            for (const auto& at : split->at)
                borders.push_back(static_cast<std::uint32_t>(at.offset));
        }
    }
    borders.push_back(size);
    std::vector<std::uint32_t> segments;
    std::uint32_t from = 0;
    for (const auto border : borders) {
        for (auto left = border - from; left > 0;) {
            segments.push_back(std::min(left, data));
            left -= segments.back();
        }
        from = border;
    }
    return segments;
}

using world = std::function<treatment(const sent&)>;

// ---- a race by a fake clock, as the relay leads it: looked at each tick, and when one ends

struct race {
    const path_kind& path;
    std::uint32_t hello;
    bool v6 = false;
    std::uint32_t mtu = 1500; // of our own link
    std::optional<shape::shape> remembered{};

    struct outcome {
        std::vector<std::string> attempts; // "mtu:1400 at 750"
        std::size_t joined = 0;            // from 1
        milliseconds took{};
        std::string why;
    };

    outcome run(const world& as) const {
        std::vector<running> all{begin({}, {}, 1, 0ms, as)};
        outcome seen;
        const auto& rungs = default_ladder();
        for (auto now = 0ms;; ++now) {
            if (now % 250ms != 0ms && !something_happens(all, now)) continue;
            situation at{now, {}, hello, remembered};
            for (const auto& one : all) at.attempts.push_back(show(one, now));
            const auto next = decide(at, rungs, {});
            if (next.what == decision::verb::join) {
                seen.joined = next.attempt + 1;
                seen.took = now;
                seen.why = next.why;
                return seen;
            }
            if (next.what == decision::verb::wait) continue;
            const auto how = next.of_rung ? shape_of(rungs.at(*next.of_rung), size_of(all.front()))
                                          : *remembered;
            seen.attempts.push_back(fmt::format("{} at {}", to_string(how), now.count()));
            all.push_back(begin(how, next.of_rung, all.size() + 1, now, as));
            --now; // look again at once
        }
    }

  private:
    struct running {
        shape::shape how;
        std::optional<std::size_t> rung;
        milliseconds began, sent;
        std::uint32_t mss, data;
        treatment treated;
    };

    hello_size size_of(const running& first) const { return {hello, hello - 5, first.data}; }

    running begin(
        const shape::shape& how, std::optional<std::size_t> rung, std::size_t number,
        milliseconds now, const world& as) const {
        auto mss = mtu - (v6 ? shape::headers_v6 : shape::headers_v4);
        if (how.limit) mss = std::min(mss, how.limit->mss(v6));
        const auto data = mss - 12;
        const auto treated = as({how, segments_of(how, hello, data), number, mss});
        return {how, rung, now, number == 1 ? now : now + path.rtt, mss, data, treated};
    }

    static bool something_happens(const std::vector<running>& all, milliseconds now) {
        return std::ranges::any_of(all, [&](const running& one) {
            const auto t = now - one.sent;
            return one.treated.answers == t || (one.treated.ends && one.treated.ends->first == t);
        });
    }

    attempt show(const running& one, milliseconds now) const {
        attempt is;
        const auto t = now - one.sent;
        is.how = one.how;
        is.of_rung = one.rung;
        is.v6 = v6;
        is.sent = t >= 0ms;
        is.since = is.sent ? t : now - one.began;
        is.quiet = is.since;
        const auto& as = one.treated;
        if (as.ends && t >= as.ends->first) is.over = as.ends->second;
        if (as.answers && t >= *as.answers) {
            is.answer = as.shows;
            is.received = 4'000;
            is.quiet = t - *as.answers;
        } else if (as.received > 0) {
            is.answer = flight::begun;
            is.received = as.received;
            if (as.trickles) is.quiet = t % *as.trickles;
        }
        is.gap = as.gap && t > path.rtt && (!as.answers || t < *as.answers + as.filled);
        model::path_sample sample;
        sample.snd_mss = one.data;
        sample.advmss = one.mss;
        sample.timestamps = true;
        sample.retransmits = std::uint8_t{0};
        const bool pending = as.stuck > 0 && (!as.acked || t < *as.acked);
        is.unacknowledged = pending || t < path.rtt ? std::max(as.stuck, std::uint64_t{1}) : 0;
        if (pending)
            sample.retransmits = static_cast<std::uint8_t>(
                std::ranges::count_if(path.retransmits, [&](milliseconds at) { return at <= t; }));
        is.path = sample;
        return is;
    }
};

// Packets longer than `mtu` are lost on the way to the server; what is behind the first one, too.
world hole_to_server(std::uint32_t mtu, bool v6 = false) {
    return [=](const sent& hello) {
        std::uint64_t lost = 0;
        for (const auto segment : hello.segments)
            if (lost > 0 || segment + 12 + (v6 ? 60 : 40) > mtu) lost += segment;
        return lost > 0 ? stuck(lost) : answered();
    };
}

// The answer is lost where we let its segments be longer; `seen` is how much the rest shows.
world hole_to_client(std::uint32_t mtu, treatment seen, bool v6 = false) {
    return [=](const sent& hello) { return hello.mss + (v6 ? 60 : 40) > mtu ? seen : answered(); };
}

world always(treatment same) {
    return [=](const sent&) { return same; };
}

// A name in the hello that a filter looks for, in one segment.
world name_filter(std::uint32_t from, std::uint32_t to, treatment as) {
    return [=](const sent& hello) {
        std::uint32_t offset = 0;
        for (const auto segment : hello.segments) {
            if (from >= offset && to <= offset + segment) return as;
            offset += segment;
        }
        return answered();
    };
}

using lines = std::vector<std::string>;
const lines none;

} // namespace

TEST_CASE("the broken paths of the catalogue: what is tried, when, and what is joined") {
    struct row {
        const char* what;
        race how;
        world as;
        lines attempts;
        std::size_t joined;
        milliseconds took;
    };
    const auto gap = treatment{.gap = true};
    const auto hello_first = treatment{.received = 127};
    const row rows[] = {
        // ---- nothing is the matter
        {"healthy", {near, 1900}, always(answered()), none, 1, 2ms},
        {"healthy, far away", {far, 1900}, always(answered(200ms)), none, 1, 200ms},
        {"first segment lost once",
         {near, 1900},
         always({.answers = 230ms, .stuck = 1448, .acked = 225ms}),
         none,
         1,
         230ms},
        {"only segment lost once, far away",
         {far, 300},
         always({.answers = 1'080ms, .stuck = 300, .acked = 890ms}),
         none,
         1,
         1'080ms},
        {"segments of the answer came out of order",
         {near, 300},
         always({.answers = 300ms, .gap = true}),
         none,
         1,
         300ms},
        {"the same, and a record ends at the gap",
         {near, 300},
         always({.answers = 300ms, .gap = true, .filled = 400ms, .shows = flight::possible}),
         none,
         1,
         750ms},
        {"a flight that cannot be told to be whole",
         {near, 300},
         always({.answers = 2ms, .shows = flight::possible}),
         none,
         1,
         2ms},

        // ---- (a) the hello is too long for the path
        {"hole of 1400 to the server",
         {near, 1900},
         hole_to_server(1400),
         {"mtu:1400 at 750"},
         2,
         752ms},
        {"the same, the hello of Bazelisk",
         {near, 1493},
         hole_to_server(1400),
         {"mtu:1400 at 750"},
         2,
         752ms},
        {"the same, one long segment",
         {near, 1440},
         hole_to_server(1400),
         {"mtu:1400 at 750"},
         2,
         752ms},
        {"the same, three segments",
         {near, 4000},
         hole_to_server(1400),
         {"mtu:1400 at 750"},
         2,
         752ms},
        {"the same, 50 ms away",
         {middle, 1900},
         hole_to_server(1400),
         {"mtu:1400 at 1000"},
         2,
         1'052ms},
        {"the same, 200 ms away",
         {far, 1900},
         hole_to_server(1400),
         {"mtu:1400 at 2250"},
         2,
         2'452ms},
        {"the same, IPv6",
         {near, 1900, true},
         hole_to_server(1400, true),
         {"mtu:1400 at 750"},
         2,
         752ms},
        {"hole of 1300",
         {near, 1900},
         hole_to_server(1300),
         {"mtu:1400 at 750", "mtu:1280 at 1000"},
         3,
         1'002ms},
        {"hole of 600",
         {near, 1900},
         hole_to_server(600),
         {"mtu:1400 at 750", "mtu:1280 at 1000", "mtu:576 at 1250"},
         4,
         1'252ms},
        {"hole of 600, 200 ms away: all within the time",
         {far, 1900},
         hole_to_server(600),
         {"mtu:1400 at 2250", "mtu:1280 at 3500", "mtu:576 at 4750"},
         4,
         4'952ms},
        {"our link is at 1400 already, the hole at 1300",
         {near, 1900, false, 1400},
         hole_to_server(1300),
         {"mtu:1280 at 750"},
         2,
         752ms},

        // ---- (b) the answer is too long for the path
        {"hole to the client, a small tail came",
         {near, 300},
         hole_to_client(1400, gap),
         {"mtu:1400 at 1000"},
         2,
         1'002ms},
        {"hole of 1300 to the client",
         {near, 300},
         hole_to_client(1300, gap),
         {"mtu:1400 at 1000", "mtu:1280 at 2000"},
         3,
         2'002ms},
        {"the ServerHello came, and the tail",
         {near, 300},
         hole_to_client(1400, {.gap = true, .received = 127}),
         {"mtu:1400 at 1000"},
         2,
         1'002ms},
        {"the ServerHello came, and no tail",
         {near, 300},
         hole_to_client(1400, hello_first),
         {"mtu:1280 at 2000"},
         2,
         2'002ms},
        {"nothing came: it might be silent",
         {near, 300},
         hole_to_client(1400, {}),
         {"mtu:1280 at 2000"},
         2,
         2'002ms},
        {"the same, IPv6",
         {near, 300, true},
         hole_to_client(1400, gap, true),
         {"mtu:1400 at 1000"},
         2,
         1'002ms},
        {"both ways",
         {near, 1900},
         [](const sent& hello) {
             const auto there = hole_to_server(1400)(hello);
             return there.stuck > 0 ? there : hole_to_client(1400, {.gap = true})(hello);
         },
         {"mtu:1400 at 750"},
         2,
         752ms},

        // ---- (c) the tail is dropped: no clamp makes it longer, even pieces do
        {"tail drop",
         {near, 1900},
         [](const sent& hello) {
             return hello.segments.back() < 700 ? stuck(hello.segments.back()) : answered();
         },
         {"split:950 at 750"},
         2,
         752ms},

        // ---- (d), (e) silent and slow look alike
        {"silent", {near, 1900}, always({}), {"mtu:1280 at 2000"}, 1, 8'000ms},
        {"reads the first segment only",
         {near, 1900},
         always({}),
         {"mtu:1280 at 2000"},
         1,
         8'000ms},
        {"slow, 3 s", {near, 1900}, always(answered(3s)), {"mtu:1280 at 2000"}, 1, 3'000ms},
        {"slow, 7 s", {near, 1900}, always(answered(7s)), {"mtu:1280 at 2000"}, 1, 7'000ms},
        {"slow, and resets the second connection",
         {near, 1900},
         [](const sent& hello) { return hello.number == 1 ? answered(7s) : ends(ending::rst); },
         {"mtu:1280 at 2000"},
         1,
         7'000ms},
        {"trickles", {near, 300}, always({.received = 200, .trickles = 500ms}), none, 1, 8'000ms},

        // ---- the name is filtered
        {"name dropped, small hello: cut by chance",
         {near, 300},
         name_filter(145, 165, stuck(300)),
         {"split:150 at 750"},
         2,
         752ms},
        {"name dropped, small hello: not cut",
         {near, 300},
         name_filter(100, 120, stuck(300)),
         {"split:150 at 750", "records:148|split:records at 1000"},
         1,
         8'000ms},
        {"name dropped, big hello",
         {near, 1900},
         name_filter(100, 120, stuck(1900)),
         {"mtu:1400 at 750", "mtu:1280 at 1000", "mtu:576 at 1250", "split:950 at 1500",
          "records:948|split:records at 1750"},
         1,
         8'000ms},
        {"reset on the name",
         {near, 300},
         name_filter(100, 120, ends(ending::rst)),
         {"mtu:1400 at 1", "split:150 at 2", "records:148|split:records at 3"},
         1,
         4ms},
        {"reset on the name, cut by chance",
         {near, 300},
         name_filter(145, 165, ends(ending::rst)),
         {"mtu:1400 at 1", "split:150 at 2"},
         3,
         4ms},

        // ---- ended
        {"reset by the server",
         {near, 300},
         always(ends(ending::rst)),
         {"mtu:1400 at 1", "split:150 at 2", "records:148|split:records at 3"},
         1,
         4ms},
        {"closed by the server",
         {near, 300},
         always(ends(ending::fin, 30ms)),
         {"mtu:1400 at 30", "split:150 at 60", "records:148|split:records at 90"},
         1,
         120ms},
        {"reset once",
         {near, 300},
         [](const sent& hello) { return hello.number == 1 ? ends(ending::rst) : answered(); },
         {"mtu:1400 at 1"},
         2,
         3ms},
        {"a whole record in the first segment, else a reset",
         {near, 1493},
         [](const sent& hello) {
             const bool records = !hello.how.steps.empty() &&
                                  std::holds_alternative<shape::records>(hello.how.steps.front());
             return records ? answered() : ends(ending::rst);
         },
         {"mtu:1400 at 1", "split:747 at 2", "records:744|split:records at 3"},
         4,
         5ms},

        // ---- addresses: each attempt goes to the next one
        {"one silent address of two",
         {near, 300},
         [](const sent& hello) { return hello.number % 2 == 1 ? treatment() : answered(); },
         {"mtu:1280 at 2000"},
         2,
         2'002ms},
        {"one resetting address of two",
         {near, 300},
         [](const sent& hello) { return hello.number % 2 == 1 ? ends(ending::rst) : answered(); },
         {"mtu:1400 at 1"},
         2,
         3ms},
        {"the next one cannot be connected to",
         {near, 1900},
         [](const sent& hello) {
             return hello.number == 2 ? ends(ending::connect, 0ms) : hole_to_server(1400)(hello);
         },
         {"mtu:1400 at 750", "mtu:1280 at 750"},
         3,
         752ms},
        {"everything is dropped",
         {near, 300},
         always(stuck(300)),
         {"split:150 at 750", "records:148|split:records at 1000"},
         1,
         8'000ms},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        const auto seen = row.how.run(row.as);
        CHECK(seen.attempts == row.attempts);
        CHECK(seen.joined == row.joined);
        CHECK(seen.took == row.took);
    }
}

TEST_CASE("what worked before begins beside the first attempt, and the first to answer wins") {
    const race again{near, 1900, false, 1500, shape::parse_shape("mtu:1400").value()};
    const auto broken = again.run(hole_to_server(1400));
    CHECK(broken.attempts == lines{"mtu:1400 at 0"});
    CHECK(broken.joined == 2);
    CHECK(broken.took == 2ms);
    const auto mended = again.run(always(answered()));
    CHECK(mended.attempts == lines{"mtu:1400 at 0"});
    CHECK(mended.joined == 1);
    // The path became worse: the ladder goes on, without what was tried.
    const auto worse = again.run(hole_to_server(1300));
    CHECK(worse.attempts == lines{"mtu:1400 at 0", "mtu:1280 at 750"});
    CHECK(worse.joined == 3);
    // A slow server gets no third connection.
    const auto slow = again.run(always(answered(7s)));
    CHECK(slow.attempts == lines{"mtu:1400 at 0"});
    CHECK(slow.joined == 1);
}

TEST_CASE("why another attempt begins is said in words") {
    struct row {
        const char* words;
        std::function<void(attempt&)> is;
        trouble what;
    };
    const row rows[] = {
        {"", [](attempt&) {}, trouble::none},
        {"sent again 2 times and not acknowledged",
         [](attempt& one) {
             one.unacknowledged = 500;
             one.path->retransmits = std::uint8_t{2};
         },
         trouble::stuck},
        {"segments wait behind a gap, and nothing moves",
         [](attempt& one) {
             one.gap = true;
             one.quiet = 1s;
         },
         trouble::half_answered},
        {"acknowledged and not answered", [](attempt& one) { one.quiet = 2s; }, trouble::silent},
        {"half an answer, nothing missing, and no more of it",
         [](attempt& one) {
             one.quiet = 2s;
             one.received = 127;
         },
         trouble::silent},
        {"no connection yet",
         [](attempt& one) {
             one.sent = false;
             one.since = 2s;
         },
         trouble::connecting},
        {"reset", [](attempt& one) { one.over = ending::rst; }, trouble::ended},
        {"closed", [](attempt& one) { one.over = ending::fin; }, trouble::ended},
        {"not connected", [](attempt& one) { one.over = ending::connect; }, trouble::ended},
        {"broken", [](attempt& one) { one.over = ending::broken; }, trouble::ended},
    };
    for (const auto& row : rows) {
        attempt one;
        one.sent = true;
        one.path.emplace();
        row.is(one);
        CHECK(trouble_of(one, {}, true) == row.what);
        CHECK(words_of(row.what, one) == row.words);
    }
}

TEST_CASE("what the kernel cannot tell is no trouble: a sample without fields, or none") {
    attempt one;
    one.sent = true;
    one.unacknowledged = 300;
    one.quiet = 7s;
    CHECK(trouble_of(one, {}, true) == trouble::none);
    one.path.emplace();
    CHECK(trouble_of(one, {}, true) == trouble::none);
    one.unacknowledged = 0; // of that much a kernel always tells
    CHECK(trouble_of(one, {}, true) == trouble::silent);
    situation at{7s, {one}, 300, {}};
    CHECK(decide(at, default_ladder(), {}).what == decision::verb::start);
}

TEST_CASE("an answer beyond all bounds is passed on, whole or not") {
    attempt one;
    one.sent = true;
    one.answer = flight::begun;
    one.received = limits().held - 1;
    situation at{1s, {one}, 300, {}};
    CHECK(decide(at, default_ladder(), {}).what == decision::verb::wait);
    ++at.attempts.front().received;
    CHECK(decide(at, default_ladder(), {}).what == decision::verb::join);
}

TEST_CASE("when the time is up, one that has something to say goes before the first") {
    attempt silent, begun;
    silent.sent = begun.sent = true;
    begun.answer = flight::begun;
    begun.received = 100;
    situation at{8s, {silent, begun}, 300, {}};
    CHECK(decide(at, default_ladder(), {}).attempt == 1);
    at.attempts.back().over = ending::rst;
    CHECK(decide(at, default_ladder(), {}).attempt == 0);
    CHECK(decide(at, default_ladder(), {}).why == "the time is up");
}

TEST_CASE("there are no more attempts than allowed") {
    limits few;
    few.attempts = 1;
    attempt gone;
    gone.sent = true;
    gone.over = ending::rst;
    situation at{1s, {gone}, 300, {}};
    const auto next = decide(at, default_ladder(), few);
    CHECK(next.what == decision::verb::join);
    CHECK(next.why == "nothing is left to try");
}
