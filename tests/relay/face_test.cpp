#include "helloscope/helloscope.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/loopback.hpp"
#include "wire/tls/fixtures.hpp"

#include <fmt/format.h>
#include <future>

using namespace helloscope;
using namespace std::chrono_literals;
using helloscope::test::any_port;
using helloscope::test::dialogue;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

helloscope::proxy start(const proxy_options& wanted = {}) {
    auto started = helloscope::proxy::start(wanted);
    if (!started) throw std::runtime_error(started.error().message);
    return std::move(*started);
}

// A server, and clients that reach it through a proxy.
struct two_peers {
    asio::io_context context;
    tcp::acceptor server{context, any_port};

    std::string target() const {
        return fmt::format("127.0.0.1:{}", server.local_endpoint().port());
    }
    tcp::socket connect(const helloscope::proxy& through) {
        tcp::socket client(context);
        client.connect({asio::ip::address_v4::loopback(), through.port()});
        return client;
    }
    tcp::socket tunnel(const helloscope::proxy& through, const std::string& to) {
        auto client = connect(through);
        asio::write(client, asio::buffer(fmt::format("CONNECT {} HTTP/1.1\r\n\r\n", to)));
        std::string answer;
        asio::read_until(client, asio::dynamic_buffer(answer), "\r\n\r\n");
        return client;
    }
};

// Every record arrives before the next one is sent, so their order is the only possible one.
void play(const std::vector<test::turn>& turns, tcp::socket& client, tcp::socket& server) {
    for (const auto& [way, record] : turns) {
        asio::write(way == direction::to_server ? client : server, asio::buffer(record));
        bytes got(record.size());
        asio::read(way == direction::to_server ? server : client, asio::buffer(got));
        CHECK(got == record);
    }
}

std::vector<model::closed> closings(const helloscope::flow& of) {
    std::vector<model::closed> out;
    for (const auto& event : of.events)
        if (const auto* end = std::get_if<model::closed>(&event.what)) out.push_back(*end);
    return out;
}

} // namespace

TEST_CASE("an embedded proxy hands out what passed: hello, records, ends") {
    two_peers peers;
    proxy_options wanted;
    wanted.connect_to = {"releases.test:443:" + peers.target()};
    auto proxy = start(wanted);
    CHECK(proxy.url() == fmt::format("http://127.0.0.1:{}", proxy.port()));

    const auto turns = dialogue("tls13");
    {
        auto client = peers.tunnel(proxy, "releases.test:443");
        auto server = peers.server.accept();
        play(turns, client, server);
    }
    const auto flows = proxy.stop(20s);
    REQUIRE(flows.size() == 1);
    const auto& flow = flows[0];
    INFO(to_string(flow));
    CHECK(flow.number == 1);
    CHECK(flow.front == "connect");
    CHECK(flow.host == "releases.test");
    CHECK(flow.port == 443);
    CHECK(flow.sni == "releases.test");
    CHECK(flow.client_hello_bytes == turns[0].record.size());
    CHECK(flow.tls_version == "TLS 1.3");
    CHECK_FALSE(flow.verdict);
    CHECK(flow.complete);
    CHECK(flow.to_server == test::stream_of(turns, direction::to_server).size());
    CHECK(flow.to_client == test::stream_of(turns, direction::to_client).size());
    const auto all = flow.records();
    REQUIRE(all.size() == turns.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(all[i].way == turns[i].way);
        CHECK(all[i].length + 5 == turns[i].record.size());
    }
    for (const auto& end : closings(flow)) CHECK(end.by == "peer");
    CHECK(proxy.stop().empty());
}

TEST_CASE("an embedded proxy that leads to one server needs no words from its client") {
    two_peers peers;
    proxy_options wanted;
    wanted.reverse = peers.target();
    auto proxy = start(wanted);
    CHECK(proxy.url().empty());
    {
        auto client = peers.connect(proxy);
        auto server = peers.server.accept();
        play(dialogue("tls12"), client, server);
    }
    const auto flows = proxy.stop(20s);
    REQUIRE(flows.size() == 1);
    CHECK(flows[0].front == "reverse");
    CHECK(flows[0].tls_version == "TLS 1.2");
}

TEST_CASE("who waits for a flow gets it while the proxy goes on") {
    two_peers peers;
    auto proxy = start();
    CHECK_FALSE(proxy.wait_for_flow(0ms));
    for (int i = 0; i < 2; ++i) {
        auto waiting = std::async(std::launch::async, [&] { return proxy.wait_for_flow(20s); });
        peers.tunnel(proxy, peers.target()).close();
        peers.server.accept().close();
        const auto flow = waiting.get();
        REQUIRE(flow);
        CHECK(flow->number == static_cast<std::uint64_t>(i + 1));
    }
    CHECK(proxy.stop().empty());
}

TEST_CASE("a stop waits for flows to end by themselves, or ends them") {
    two_peers peers;
    auto patient = start();
    auto client = peers.tunnel(patient, peers.target());
    auto server = peers.server.accept();
    auto stopping = std::async(
        std::launch::async, [&] { return patient.stop(std::chrono::milliseconds::max()); });
    client.close();
    server.close();
    const auto by_themselves = stopping.get();
    REQUIRE(by_themselves.size() == 1);
    for (const auto& end : closings(by_themselves[0])) CHECK(end.by == "peer");

    auto hasty = start();
    auto open = peers.tunnel(hasty, peers.target());
    const auto ended = hasty.stop(0ms);
    REQUIRE(ended.size() == 1);
    REQUIRE_FALSE(closings(ended[0]).empty());
    CHECK(closings(ended[0])[0].by == "helloscope");
}

TEST_CASE("a stop ends the waiting of others") {
    auto proxy = start();
    auto waiting = std::async(
        std::launch::async, [&] { return proxy.wait_for_flow(std::chrono::milliseconds::max()); });
    CHECK(proxy.stop().empty());
    CHECK_FALSE(waiting.get());
}

TEST_CASE("a flow that fails has its verdict") {
    two_peers peers;
    const auto refusing = peers.target();
    peers.server.close();
    auto proxy = start();
    peers.tunnel(proxy, refusing);
    const auto flow = proxy.wait_for_flow(20s);
    REQUIRE(flow);
    REQUIRE(flow->verdict);
    CHECK(flow->verdict->id == "connect-refused");
    CHECK(flow->client_hello_bytes == 0);
    CHECK(flow->records().empty());
    CHECK(to_string(*flow).find("connect-refused") != std::string::npos);
}

TEST_CASE("embedded proxies move, stand side by side, and end with open flows") {
    two_peers peers;
    auto first = start();
    const auto port = first.port();
    auto second = start();
    CHECK(second.port() != port);
    auto open = peers.tunnel(first, peers.target());
    second = std::move(first); // what the second one was ends here
    CHECK(second.port() == port);
}

TEST_CASE("an embedded proxy refuses a port in use and a recording that cannot begin") {
    const auto first = start();
    proxy_options wanted;
    wanted.listen = to_string(first.address());
    const auto in_use = helloscope::proxy::start(wanted);
    REQUIRE_FALSE(in_use);
    CHECK(in_use.error().message.find("in use by ") != std::string::npos);
    wanted.listen = "[::1]:0";
    wanted.record = "/no-such-directory/r.pcapng";
    CHECK_FALSE(helloscope::proxy::start(wanted));
}

TEST_CASE("an embedded proxy records when it is asked to") {
    two_peers peers;
    const test::folder here;
    proxy_options wanted;
    wanted.record = (here.path() / "r.pcapng").string();
    auto proxy = start(wanted);
    peers.tunnel(proxy, peers.target()).close();
    peers.server.accept().close();
    CHECK(proxy.stop(20s).size() == 1);
    CHECK(std::filesystem::file_size(wanted.record) > 1'000);
}

TEST_CASE("listeners of an embedded proxy come and go") {
    two_peers peers;
    auto proxy = start();
    const auto at = proxy.add_listener("db", peers.target());
    REQUIRE(at);
    tcp::socket client(peers.context);
    client.connect({asio::ip::address_v4::loopback(), at->port});
    auto server = peers.server.accept();
    asio::write(server, asio::buffer("!", 1));
    char got = 0;
    asio::read(client, asio::buffer(&got, 1));
    CHECK(got == '!');
    CHECK(proxy.add_listener("db").error().message == "there is a listener 'db' already");
    CHECK(proxy.add_listener("x", "nonsense").error().message.starts_with("reverse: "));
    CHECK(proxy.add_listener("x", "", "nonsense").error().message.starts_with("listen: "));

    REQUIRE(proxy.remove_listener("db"));
    CHECK(proxy.remove_listener("db").error().message == "there is no listener 'db'");
    const auto flow = proxy.wait_for_flow(20s);
    REQUIRE(flow);
    CHECK(flow->front == "reverse");
    CHECK(flow->to_client == 1);
    CHECK(closings(*flow).back().error == "its listener was removed");
}

TEST_CASE("a flow of an embedded proxy names its route, which changes while it runs") {
    two_peers peers;
    auto proxy = start();
    const auto pass = [&] {
        auto client = peers.tunnel(proxy, peers.target());
        auto server = peers.server.accept();
    };
    REQUIRE(proxy.set_routes({"name=here host=127.0.0.1 shape=mss:1360"}));
    pass();
    CHECK(proxy.set_routes({"hots=a"}).error().message.starts_with("routes: "));
    CHECK(
        proxy.set_routes({"host=a via=http://127.0.0.1:" + std::to_string(proxy.port())})
            .error()
            .message.find("is helloscope itself") != std::string::npos);
    CHECK(proxy.set_routes({"host=a via=https://b.test:1"}).error().message.find("https://") == 3);
    pass();
    REQUIRE(proxy.set_routes({}));
    pass();
    const auto flows = proxy.stop(20s);
    REQUIRE(flows.size() == 3);
    CHECK(flows[0].route == "here");
    CHECK(flows[0].shape == "mss:1360");
    CHECK(flows[1].route == "here");
    CHECK(flows[2].route.empty());
}

TEST_CASE("faults of an embedded proxy have a name, by which they are removed") {
    auto proxy = start();
    CHECK(proxy.add_fault("stall@sni name=frozen").value() == "frozen");
    CHECK(proxy.add_fault("to_client reset").value() == "to_client reset");
    CHECK(proxy.add_fault("stal").error().message.find("there is no fault") != std::string::npos);
    CHECK_FALSE(proxy.add_fault("stall name=frozen"));
    CHECK_FALSE(proxy.add_fault("stall", "no such listener"));
    CHECK(proxy.remove_fault("frozen"));
    CHECK(proxy.remove_fault("to_client reset"));
    CHECK_FALSE(proxy.remove_fault("frozen"));
}
