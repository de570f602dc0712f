#include "helloscope/relay/proxy.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/loopback.hpp"

#include <condition_variable>
#include <fmt/format.h>
#include <fstream>
#include <mutex>

using namespace helloscope;
using namespace helloscope::test;
using namespace std::chrono_literals;

namespace {

// A relay and what it told, waited for by the thing itself.
class relaying {
  public:
    explicit relaying(relay::options wanted = {}) {
        wanted.listeners.at(0).at.port = 0;
        relay::onlookers to;
        to.event = [this](const model::event& event) { add(event); };
        auto started = relay::proxy::start(std::move(wanted), std::move(to));
        if (!started) throw std::runtime_error(started.error().message);
        proxy = std::move(*started);
    }

    ~relaying() { proxy.reset(); } // it tells events to the end

    std::unique_ptr<relay::proxy> proxy;
    asio::io_context context;

    tcp::socket connect() {
        tcp::socket socket(context);
        socket.connect(net::to_asio(proxy->listeners().at(0).at));
        return socket;
    }
    // The answer to a CONNECT, up to its empty line.
    std::string ask(tcp::socket& socket, const std::string& target) {
        asio::write(socket, asio::buffer(fmt::format("CONNECT {} HTTP/1.1\r\n\r\n", target)));
        std::string answer;
        asio::read_until(socket, asio::dynamic_buffer(answer), "\r\n\r\n");
        return answer;
    }
    std::string ask(const std::string& target) {
        auto socket = connect();
        return ask(socket, target);
    }
    template <class T> T wait_for(std::size_t nth = 0) {
        std::unique_lock lock(mutex_);
        std::vector<T> found;
        const bool came = changed_.wait_for(lock, 20s, [&] {
            found.clear();
            for (const auto& one : events_)
                if (const auto* got = std::get_if<T>(&one.what)) found.push_back(*got);
            return found.size() > nth;
        });
        if (!came) throw std::runtime_error("an event never came");
        return found[nth];
    }

  private:
    void add(const model::event& event) {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<model::event> events_;
};

std::string target(const tcp::acceptor& acceptor) {
    return fmt::format("127.0.0.1:{}", acceptor.local_endpoint().port());
}

// A listener whose queue is full: the kernel answers no further SYN.
class silent_port {
  public:
    explicit silent_port(asio::io_context& context) : listener_(context) {
        listener_.open(tcp::v4());
        listener_.bind(any_port);
        listener_.listen(0);
        const auto to = listener_.local_endpoint();
        for (int i = 0; i < 4; ++i) {
            auto& filler = fillers_.emplace_back(context, tcp::v4());
            filler.native_non_blocking(true);
            ::connect(filler.native_handle(), to.data(), static_cast<socklen_t>(to.size()));
        }
    }
    std::string target() const { return ::target(listener_); }

  private:
    tcp::acceptor listener_;
    std::vector<tcp::socket> fillers_;
};

std::string status_line(const std::string& answer) { return answer.substr(0, answer.find("\r\n")); }

} // namespace

TEST_CASE("a tunnel stands when the answer says so") {
    relaying relay;
    tcp::acceptor origin(relay.context, any_port);
    auto client = relay.connect();
    CHECK(relay.ask(client, target(origin)) == "HTTP/1.1 200 Connection established\r\n\r\n");
    auto server = origin.accept();
    asio::write(client, asio::buffer("ping", 4));
    std::string got(4, ' ');
    asio::read(server, asio::buffer(got));
    CHECK(got == "ping");
    client.close();
    boost::system::error_code end;
    server.read_some(asio::buffer(got), end);
    CHECK(end == asio::error::eof);
    server.close();
    const auto closed = relay.wait_for<model::flow_closed>();
    CHECK(closed.to_server == 4);
    CHECK(relay.proxy->flows() == 1);
}

TEST_CASE("what cannot be connected is answered with the cause") {
    relay::options wanted;
    wanted.names.resolve.push_back(*net::parse_resolve_rule("nowhere.test:443:0.0.0.0"));
    relaying relay(wanted);
    tcp::acceptor closed(relay.context, any_port);
    const auto refused = target(closed);
    closed.close();

    const auto answer = relay.ask(refused);
    CHECK(
        status_line(answer) ==
        fmt::format(
            "HTTP/1.1 502 cannot connect to {}: {} refused the connection", refused, refused));
    CHECK(answer.find("Proxy-Status: helloscope; error=connection_refused") != std::string::npos);
    CHECK(relay.wait_for<model::verdict>().id == "connect-refused");

    const auto unknown = relay.ask("no-such-name.invalid:443");
    CHECK(status_line(unknown).starts_with("HTTP/1.1 50"));
    CHECK(unknown.find("cannot resolve no-such-name.invalid: ") != std::string::npos);
    CHECK(relay.wait_for<model::verdict>(1).id == "dns-failure");
}

TEST_CASE("a target that does not answer meets the connect deadline") {
    relay::options wanted;
    wanted.limits.connect = 50ms;
    relaying relay(wanted);
    const silent_port full(relay.context);
    const auto answer = relay.ask(full.target());
    CHECK(
        status_line(answer) ==
        fmt::format("HTTP/1.1 504 cannot connect to {0}: no answer from {0}", full.target()));
    CHECK(relay.wait_for<model::verdict>().id == "connect-timeout");
}

TEST_CASE("a second request that has begun meets the deadline of the first") {
    relay::options wanted;
    wanted.limits.front = 50ms;
    relaying relay(wanted);
    tcp::acceptor origin(relay.context, any_port);
    auto client = relay.connect();
    const auto request = fmt::format("GET http://{}/ HTTP/1.1\r\nHost: x\r\n\r\n", target(origin));
    asio::write(client, asio::buffer(request));
    auto server = origin.accept();
    std::string got;
    asio::read_until(server, asio::dynamic_buffer(got), "\r\n\r\n");
    const std::string answer = "HTTP/1.1 204 No Content\r\n\r\n";
    asio::write(server, asio::buffer(answer));
    got.clear();
    asio::read_until(client, asio::dynamic_buffer(got), "\r\n\r\n");
    CHECK(got.starts_with("HTTP/1.1 204 "));

    asio::write(client, asio::buffer(request.substr(0, 20)));
    got.clear();
    boost::system::error_code end;
    asio::read(client, asio::dynamic_buffer(got), end);
    CHECK(end == asio::error::eof);
    CHECK(got.starts_with("HTTP/1.1 408 no whole request head within 0.05 s\r\n"));
}

TEST_CASE("a target that is this proxy is refused as a loop") {
    relaying relay;
    const auto answer = relay.ask(to_string(relay.proxy->listeners().at(0).at));
    CHECK(status_line(answer).starts_with("HTTP/1.1 502 "));
    CHECK(answer.find("error=proxy_loop_detected") != std::string::npos);
    CHECK(relay.wait_for<model::verdict>().id == "proxy-loop");
}

TEST_CASE("a client that leaves while its server is being connected ends the flow") {
    relaying relay;
    const silent_port full(relay.context);
    auto client = relay.connect();
    asio::write(client, asio::buffer(fmt::format("CONNECT {} HTTP/1.1\r\n\r\n", full.target())));
    relay.wait_for<model::connecting>();
    client.close();
    CHECK(relay.wait_for<model::flow_closed>().at == model::stage::connect);
}

TEST_CASE("a stop ends flows wherever they stand, and tells them") {
    relaying relay;
    tcp::acceptor origin(relay.context, any_port);
    auto silent = relay.connect();
    auto tunnel = relay.connect();
    relay.ask(tunnel, target(origin));
    relay.wait_for<model::flow_opened>(1);
    relay.proxy->stop();
    relay.wait_for<model::flow_closed>(1);
    CHECK(relay.proxy->open_flows() == 0);
}

TEST_CASE("a stop does not wait for a connection, though the client has sent on") {
    relay::options wanted;
    wanted.limits.connect = std::chrono::hours(1);
    relaying relay(wanted);
    const silent_port full(relay.context);
    auto client = relay.connect();
    asio::write(
        client, asio::buffer(fmt::format("CONNECT {} HTTP/1.1\r\n\r\nearly", full.target())));
    relay.wait_for<model::connecting>();
    relay.proxy->stop();
    CHECK(relay.wait_for<model::flow_closed>().at == model::stage::connect);
}

TEST_CASE("beyond the most flows connections wait, and are served when one ends") {
    relay::options wanted;
    wanted.max_flows = 1;
    relaying relay(wanted);
    tcp::acceptor origin(relay.context, any_port);
    auto first = relay.connect();
    relay.ask(first, target(origin));
    auto second = relay.connect();
    asio::write(second, asio::buffer(fmt::format("CONNECT {} HTTP/1.1\r\n\r\n", target(origin))));
    CHECK(relay.proxy->flows() == 1);
    first.close();
    origin.accept().close();
    std::string answer;
    asio::read_until(second, asio::dynamic_buffer(answer), "\r\n\r\n");
    CHECK(answer.starts_with("HTTP/1.1 200 "));
    CHECK(relay.proxy->flows() == 2);
}

TEST_CASE("several threads share one port") {
    relay::options wanted;
    wanted.threads = 3;
    relaying relay(wanted);
    tcp::acceptor origin(relay.context, any_port);
    for (int i = 0; i < 30; ++i) CHECK(relay.ask(target(origin)).starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a port in use and a recording that cannot begin are refused") {
    relaying first;
    relay::options wanted;
    wanted.listeners.at(0).at = first.proxy->listeners().at(0).at;
    const auto in_use = relay::proxy::start(wanted, {});
    REQUIRE_FALSE(in_use);
    CHECK(in_use.error().message.find("in use by ") != std::string::npos);

    wanted.listeners.at(0).at.port = 0;
    wanted.recording.file = "/no-such-directory/r.pcapng";
    CHECK_FALSE(relay::proxy::start(wanted, {}));
}
