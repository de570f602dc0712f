#include "helloscope/net/streams/perform_plan.hpp"

#include "support/catch.hpp"
#include "support/loopback.hpp"
#include "support/memory_stream.hpp"

using namespace helloscope;

namespace {

struct performing {
    boost::asio::io_context context;
    test::memory_stream to{context};
    shape::plan plan;
    std::optional<net::error_code> done;

    performing() {
        plan.content = to_bytes(as_bytes("abcdef"));
        plan.writes = {1, 2, 3};
    }
    void start() {
        boost::asio::co_spawn(
            context, net::perform_plan(to, plan),
            [this](std::exception_ptr bug, net::error_code how) {
                done = how;
                if (bug) std::rethrow_exception(bug);
            });
        settle();
    }
    void settle() {
        context.restart();
        context.poll();
    }
};

} // namespace

TEST_CASE_METHOD(performing, "each write of a plan is a segment") {
    start();
    REQUIRE(done);
    CHECK_FALSE(*done);
    CHECK(to.segments == std::vector<std::string>{"a", "bc", "def"});
}

TEST_CASE_METHOD(performing, "a leg that takes little is waited for") {
    to.takes(2);
    start();
    CHECK(to.sent == "ab");
    CHECK_FALSE(done);
    to.takes(10);
    settle();
    CHECK(to.sent == "abcdef");
    CHECK(done);
}

TEST_CASE_METHOD(performing, "a leg that breaks, or is let go, ends it") {
    to.takes(2);
    start();
    SECTION("broken") {
        to.refuses_writes();
        settle();
        CHECK(done == net::error_code(boost::asio::error::broken_pipe));
    }
    SECTION("let go") {
        to.stop_waiting();
        settle();
        CHECK(done == net::error_code(boost::asio::error::operation_aborted));
    }
}

TEST_CASE_METHOD(performing, "it pauses between writes, and not behind the last") {
    plan.between = shape::pacing{std::chrono::milliseconds(1)};
    start();
    CHECK(to.sent == "a");
    context.restart();
    context.run();
    CHECK(to.sent == "abcdef");
    CHECK(done);
}

TEST_CASE_METHOD(performing, "it waits until the kernel says that a piece was acknowledged") {
    plan.between = shape::pacing{};
    to.in_flight = 1;
    start();
    CHECK(to.sent == "a");
    context.restart();
    context.run_for(std::chrono::milliseconds(5));
    CHECK(to.sent == "a");
    to.in_flight = 0;
    context.restart();
    context.run();
    CHECK(to.sent == "abcdef");
}
