#include "listener_book.hpp"

#include "helloscope/relay/proxy.hpp"
#include "support/catch.hpp"
#include "support/loopback.hpp"

#include <fmt/format.h>

using namespace helloscope;
using namespace helloscope::test;
using relay::change_error;
using relay::way_in;

namespace {

relay::listener_wish wish(const std::string& name, std::uint16_t port, const tcp::acceptor& to) {
    relay::listener_wish made;
    made.where.how = way_in::reverse;
    made.where.name = name;
    made.where.at.port = port;
    made.where.target = {"127.0.0.1", to.local_endpoint().port()};
    return made;
}

// A relay whose listeners are changed through what it offers for that, and clients of theirs.
struct changing {
    std::unique_ptr<relay::proxy> relay;
    asio::io_context context;
    tcp::acceptor origin{context, any_port}, other{context, any_port};

    explicit changing(unsigned threads = 2, relay::access_options access = {}) {
        relay::options wanted;
        wanted.listeners.at(0).at.port = 0;
        wanted.threads = threads;
        wanted.access = std::move(access);
        relay = std::move(relay::proxy::start(std::move(wanted), {}).value());
    }

    relay::listener_state add(const std::string& name, std::uint16_t port = 0) {
        return relay->add_listener(wish(name, port, origin)).value();
    }
    tcp::socket connect(const endpoint& at) {
        tcp::socket socket(context);
        socket.connect(net::to_asio(at));
        return socket;
    }
    bool refuses(const endpoint& at) {
        tcp::socket socket(context);
        net::error_code failed;
        socket.connect(net::to_asio(at), failed);
        return failed == asio::error::connection_refused;
    }
    // A client through the listener, its server, and a byte that went all the way.
    std::pair<tcp::socket, tcp::socket> pair_through(const endpoint& at, tcp::acceptor& server) {
        auto client = connect(at);
        auto accepted = server.accept();
        asio::write(client, asio::buffer("!", 1));
        char got = 0;
        asio::read(accepted, asio::buffer(&got, 1));
        CHECK(got == '!');
        return {std::move(client), std::move(accepted)};
    }
};

// The end that a peer sees, whatever came before.
net::error_code end_of(tcp::socket& socket) {
    std::array<char, 64> rest;
    net::error_code error;
    while (!error) socket.read_some(asio::buffer(rest), error);
    return error;
}

std::vector<std::string> names(const std::vector<relay::listener_state>& all) {
    std::vector<std::string> out;
    for (const auto& one : all) out.push_back(one.where.name);
    return out;
}

} // namespace

TEST_CASE("a listener is made, used and removed while the relay runs") {
    for (const unsigned threads : {1u, 3u}) {
        changing now(threads);
        const auto made = now.add("redis");
        CHECK(made.open);
        CHECK_FALSE(made.given);
        CHECK(made.where.at.port != 0);
        // Each thread takes some of them.
        std::vector<std::pair<tcp::socket, tcp::socket>> flows;
        for (int i = 0; i < 8; ++i) flows.push_back(now.pair_through(made.where.at, now.origin));

        REQUIRE(now.relay->remove_listener("redis"));
        CHECK(now.refuses(made.where.at));
        for (auto& [client, server] : flows) {
            CHECK(end_of(client) == asio::error::eof);
            CHECK(end_of(server) == asio::error::eof);
        }
        CHECK(now.relay->all_listeners().size() == 1);
        CHECK(now.relay->remove_listener("redis").error().why == change_error::reason::unknown);
    }
}

TEST_CASE("a listener of the options has its address for a name, and stays as it is") {
    changing now;
    const auto given = now.relay->all_listeners().at(0);
    CHECK(given.given);
    CHECK(given.where.name == to_string(now.relay->listeners().at(0).at));
    CHECK(now.relay->listener(given.where.name)->where.how == way_in::proxy);

    const auto removed = now.relay->remove_listener(given.where.name);
    CHECK(removed.error().why == change_error::reason::invalid);
    const auto added = now.relay->add_listener(wish(given.where.name, 0, now.origin));
    CHECK(added.error().why == change_error::reason::taken);
    const auto put = now.relay->put_listeners({wish(given.where.name, 0, now.origin)});
    CHECK(put.error().why == change_error::reason::invalid);
}

TEST_CASE("a closed listener ends its flows and opens again at its port") {
    changing now;
    const auto made = now.add("db");
    auto [client, server] = now.pair_through(made.where.at, now.origin);

    relay::listener_wish closed{made.where, false, {}};
    const auto after = now.relay->put_listeners({closed}).value().at(0);
    CHECK_FALSE(after.open);
    CHECK(after.where.at == made.where.at);
    CHECK(now.refuses(made.where.at));
    CHECK(end_of(client) == asio::error::eof);
    CHECK(end_of(server) == asio::error::eof);

    closed.open = true;
    CHECK(now.relay->put_listeners({closed}).value().at(0).open);
    now.pair_through(made.where.at, now.origin);
}

TEST_CASE("another target ends the flows, and the port is never closed meanwhile") {
    changing now;
    const auto made = now.add("db");
    auto [client, server] = now.pair_through(made.where.at, now.origin);
    auto elsewhere = wish("db", made.where.at.port, now.other);
    CHECK(now.relay->put_listeners({elsewhere}).value().at(0).where.at == made.where.at);
    CHECK(end_of(client) == asio::error::eof);
    now.pair_through(made.where.at, now.other);
}

TEST_CASE("what does not change leaves its flows alone") {
    changing now;
    const auto made = now.add("db");
    auto [client, server] = now.pair_through(made.where.at, now.origin);
    REQUIRE(now.relay->put_listeners({{made.where, true, {}}}));
    asio::write(server, asio::buffer("?", 1));
    char got = 0;
    asio::read(client, asio::buffer(&got, 1));
    CHECK(got == '?');
}

TEST_CASE("of several changes all are made or none") {
    changing now;
    tcp::acceptor taken(now.context, any_port);
    const auto made = now.add("one");
    auto [client, server] = now.pair_through(made.where.at, now.origin);

    const auto wanted = {
        wish("two", 0, now.origin), wish("one", 0, now.other),
        wish("three", taken.local_endpoint().port(), now.origin)};
    const auto failed = now.relay->put_listeners(wanted);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().why == change_error::reason::unavailable);
    CHECK(failed.error().message.find("the port is in use by") != std::string::npos);
    CHECK(names(now.relay->all_listeners()).back() == "one");
    CHECK(now.relay->all_listeners().size() == 2);
    asio::write(client, asio::buffer("?", 1)); // the flow still runs
    char got = 0;
    asio::read(server, asio::buffer(&got, 1));
    CHECK(got == '?');

    const auto twice = now.relay->put_listeners(
        {wish("two", 0, now.origin), wish("two", 0, now.origin)});
    CHECK(twice.error().message == "'two' is there twice");
    taken.close();
    const auto all = now.relay->put_listeners(wanted).value();
    CHECK(names(all) == std::vector<std::string>{"two", "one", "three"});
}

TEST_CASE("the rules of the command line hold at run time") {
    changing now;
    const auto refused = [&](relay::listener_wish wanted) {
        const auto got = now.relay->add_listener(std::move(wanted));
        REQUIRE_FALSE(got);
        CHECK(got.error().why == change_error::reason::invalid);
        return got.error().message;
    };
    auto open = wish("open", 0, now.origin);
    open.where.at.address = *parse_ip_address("0.0.0.0");
    CHECK(
        refused(open) == "everybody who reaches 0.0.0.0:0 could use 'open': say who may with "
                         "--allow-from CIDR, or listen on 127.0.0.1");
    auto transparent = wish("t", 0, now.origin);
    transparent.where.how = way_in::redirect;
    CHECK(refused(transparent) == "only proxy and reverse listeners can be made at run time");
    for (const std::string name : {"", "a b", "a/b", "a\n"}) {
        CAPTURE(name);
        CHECK(refused(wish(name, 0, now.origin)).starts_with("the name of a listener is"));
    }

    relay::access_options access;
    access.allow_from.push_back(*parse_network("10.0.0.0/8"));
    changing guarded(1, access);
    CHECK(guarded.relay->add_listener(open));
}

TEST_CASE("a listener that leads to itself is a loop, not a storm") {
    changing now;
    auto made = now.add("loop");
    made.where.target = {"127.0.0.1", made.where.at.port};
    REQUIRE(now.relay->put_listeners({{made.where, true, {}}}));
    auto client = now.connect(made.where.at);
    CHECK(end_of(client) == asio::error::connection_reset);
    CHECK(now.relay->flows() == 1);
}

TEST_CASE("a relay that was stopped is not changed any more") {
    changing now;
    now.add("one");
    now.relay->stop();
    CHECK(
        now.relay->add_listener(wish("two", 0, now.origin)).error().why ==
        change_error::reason::over);
    CHECK(now.relay->remove_listener("one").error().why == change_error::reason::over);
}

TEST_CASE("faults of a listener are added, replaced and removed by name") {
    changing now;
    now.add("db");
    const auto faults = [&] { return now.relay->listener("db")->faults; };
    const auto slow = *fault::parse_spec("latency:1s name=slow");
    REQUIRE(now.relay->add_fault("db", slow));
    CHECK(now.relay->add_fault("db", slow).error().why == change_error::reason::taken);
    CHECK(now.relay->add_fault("no", slow).error().why == change_error::reason::unknown);
    const auto slower = *fault::parse_spec("latency:2s name=slow");
    REQUIRE(now.relay->replace_fault("db", slower));
    CHECK(faults() == std::vector{slower});
    const auto other = *fault::parse_spec("latency:2s name=other");
    CHECK(now.relay->replace_fault("db", other).error().why == change_error::reason::unknown);
    const auto nameless = *fault::parse_spec("latency:2s");
    CHECK(now.relay->add_fault("db", nameless).error().why == change_error::reason::invalid);

    // They stay when the listener changes, unless others are wanted.
    const auto where = now.relay->listener("db")->where;
    REQUIRE(now.relay->put_listeners({{where, false, {}}}));
    CHECK(faults().size() == 1);
    relay::listener_wish without{where, true, {}};
    without.faults.emplace();
    REQUIRE(now.relay->put_listeners({without}));
    CHECK(faults().empty());
    CHECK(now.relay->remove_fault("db", "slow").error().message == "'db' has no fault 'slow'");
    REQUIRE(now.relay->add_fault("db", slow));
    CHECK(now.relay->remove_fault("db", "slow"));
}
