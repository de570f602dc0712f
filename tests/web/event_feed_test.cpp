#include "event_feed.hpp"

#include "support/catch.hpp"

using namespace helloscope;

namespace {

model::event opened(std::uint64_t flow) { return {flow, {}, model::flow_opened{}}; }

std::size_t lines_in(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

TEST_CASE("a listener hears what happens while it is there, and is woken once for what waits") {
    web::event_feed feed;
    feed.add(opened(1));
    int woken = 0;
    auto ears = feed.listen([&] { ++woken; });
    CHECK(ears->take().empty());
    feed.add(opened(2));
    feed.add(opened(3));
    CHECK(woken == 1);
    const auto heard = ears->take();
    CHECK(lines_in(heard) == 2);
    CHECK(heard.starts_with(R"({"event":"flow_opened","flow":2,)"));
    feed.add(opened(4));
    CHECK(woken == 2);
    ears.reset();
    feed.add(opened(5));
    CHECK(woken == 2);
}

TEST_CASE("one that is too slow is told what it missed") {
    web::event_feed feed;
    auto ears = feed.listen([] {});
    constexpr std::size_t many = 100'000;
    for (std::size_t i = 0; i < many; ++i) feed.add(opened(i));
    const auto heard = ears->take();
    CHECK(heard.size() < 5 << 20);
    const auto kept = lines_in(heard) - 1;
    CHECK(kept < many);
    const auto last = heard.substr(heard.rfind('\n', heard.size() - 2) + 1);
    CHECK(last.starts_with(R"({"event":"lost","flow":0,)"));
    CHECK(last.find(R"("events":)" + std::to_string(many - kept)) != std::string::npos);
    CHECK(ears->take().empty());
}
