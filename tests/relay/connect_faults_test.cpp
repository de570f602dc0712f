#include "connect_faults.hpp"

#include "flow_faults.hpp"
#include "flow_fixture.hpp"
#include "helloscope/policy/route.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::relay;
using namespace std::chrono_literals;

namespace {

struct connecting : test::flow_fixture {
    net::resolver::answer to;

    connecting() {
        to.event.addresses = {*parse_ip_address("192.0.2.1")};
        to.port = 443;
    }
    void break_by(std::string_view fault) {
        std::vector<fault::spec> one{fault::parse_spec(fault).value()};
        flow->faults = std::make_unique<flow_faults>(*flow, std::move(one), nullptr);
    }
    std::optional<net::dialed> dial(std::chrono::milliseconds limit) {
        std::optional<net::dialed> got;
        const auto run = [&]() -> net::awaitable<void> {
            auto made = co_await broken_dial(*flow, to, limit);
            got = std::move(made);
        };
        boost::asio::co_spawn(context, run(), boost::asio::detached);
        context.restart();
        context.run();
        return got;
    }
    std::string did() const {
        const auto acted = told.all<model::faulted>();
        return acted.empty() ? "" : acted[0].fault + ": " + acted[0].did;
    }
};

} // namespace

TEST_CASE_METHOD(connecting, "a flow has the faults of its route") {
    arm_faults(*flow);
    CHECK(flow->faults == nullptr);
    policy::route broken;
    broken.faults = {fault::parse_spec("dns-fail").value()};
    flow->route = std::make_shared<const policy::route>(std::move(broken));
    arm_faults(*flow);
    REQUIRE(flow->faults != nullptr);
    CHECK(broken_lookup(*flow, {"a.test", 443}));
}

TEST_CASE_METHOD(connecting, "without a fault everything is done as it would be") {
    CHECK_FALSE(broken_lookup(*flow, {"a.test", 443}));
    CHECK_FALSE(dial(1s));
    break_by("stall");
    CHECK_FALSE(broken_lookup(*flow, {"a.test", 443}));
    CHECK_FALSE(dial(1s));
    break_by("refuse toxicity=0");
    CHECK_FALSE(dial(1s));
    CHECK(did().empty());
}

TEST_CASE_METHOD(connecting, "a name does not resolve, an address needs no lookup") {
    break_by("dns-fail");
    CHECK_FALSE(broken_lookup(*flow, {"192.0.2.1", 443}));
    const auto got = broken_lookup(*flow, {"a.test", 443});
    REQUIRE(got);
    CHECK(got->event.addresses.empty());
    CHECK(got->event.error == "no such name, says the fault dns-fail");
    CHECK_FALSE(got->timed_out);
    CHECK(did() == "dns-fail: lets the name not resolve");
}

TEST_CASE_METHOD(connecting, "a connection is refused") {
    break_by("refuse");
    const auto got = dial(1s);
    REQUIRE(got);
    CHECK(got->error == boost::asio::error::connection_refused);
    CHECK_FALSE(got->socket);
    CHECK(did() == "refuse: refuses the connection");
    const auto events = told.all<model::connect_failed>();
    REQUIRE(events.size() == 1);
    CHECK(events[0].error == "ECONNREFUSED");
}

TEST_CASE_METHOD(connecting, "a connection is not answered, until the limit") {
    break_by("connect-stall");
    const auto got = dial(2ms);
    REQUIRE(got);
    CHECK(got->error == boost::asio::error::timed_out);
    CHECK(told.all<model::connect_failed>().at(0).error == "timeout");
}

TEST_CASE_METHOD(connecting, "a connection is made later") {
    break_by("connect-stall:1ms");
    CHECK_FALSE(dial(1s));
    CHECK(did() == "connect-stall:1ms: delays the connection");
    CHECK(told.all<model::connect_failed>().empty());
}
