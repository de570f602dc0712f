#include "helloscope/web/admin.hpp"

#include "fake_relay.hpp"
#include "helloscope/net/asio.hpp"
#include "support/catch.hpp"
#include "support/loopback.hpp"

#include <fmt/format.h>

using namespace helloscope;
using namespace helloscope::test;

namespace {

struct served {
    fake_relay relay;
    std::unique_ptr<web::admin> admin;
    asio::io_context context;

    served() {
        web::admin_options wanted;
        wanted.at = *parse_endpoint("127.0.0.1:0");
        wanted.version = "0.1.0";
        admin = std::move(web::admin::open(std::move(wanted)).value());
        admin->serve(relay);
    }

    tcp::socket connect() {
        tcp::socket socket(context);
        socket.connect(net::to_asio(admin->at()));
        return socket;
    }
    // All that is answered to these bytes, up to the end of the connection.
    std::string says(const std::string& bytes) {
        auto socket = connect();
        net::error_code end;
        asio::write(socket, asio::buffer(bytes), end); // what is refused early is not read
        std::string got;
        asio::read(socket, asio::dynamic_buffer(got), end);
        return got;
    }
};

std::string request(std::string_view head, std::string_view body = "") {
    return fmt::format(
        "{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: "
        "application/json\r\nContent-Length: {}\r\n\r\n{}",
        head, body.size(), body);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

} // namespace

TEST_CASE("requests are answered, one after the other on one connection") {
    served api;
    const auto made = api.says(
        request("POST /proxies", R"({"name":"db","listen":"127.0.0.1:1","upstream":"h:1"})"));
    CHECK(made.starts_with("HTTP/1.1 201 Created\r\n"));
    CHECK(has(made, "Content-Type: application/json\r\n"));
    CHECK(has(made, R"("name":"db")"));
    const std::string first = "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const auto both = api.says(first + request("DELETE /proxies/db"));
    CHECK(both.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(has(both, "HTTP/1.1 204 No Content\r\n"));
    CHECK(has(api.says(request("PUT /proxies")), "Allow: GET, POST\r\n"));
}

TEST_CASE("what is no request, or too large a one, is told so") {
    served api;
    CHECK(api.says("\x16\x03\x01\x02\x00\r\n\r\n").starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(api.says(request("POST /populate", std::string((1 << 20) + 1, ' ')))
              .starts_with("HTTP/1.1 413 "));
    CHECK(api.says(fmt::format("GET / HTTP/1.1\r\nX: {}\r\n\r\n", std::string(20'000, 'x')))
              .starts_with("HTTP/1.1 431 "));
    CHECK(api.says("GET /version HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
              .starts_with("HTTP/1.1 403 "));
    CHECK(api.says("GET /version HTTP/1.1\r\nConnection: close\r\n\r\n")
              .starts_with("HTTP/1.1 403 "));
    auto half = api.connect(); // and it goes away again
    asio::write(half, asio::buffer("GET /ver", 8));
    half.close();
    CHECK(has(api.says(request("GET /version")), "200 OK"));
}

TEST_CASE("more connections than are served are turned away") {
    served api;
    std::vector<tcp::socket> open;
    for (int i = 0; i < 64; ++i) {
        open.push_back(api.connect());
        asio::write(
            open.back(), asio::buffer(std::string("GET /version HTTP/1.1\r\nHost: a\r\n\r\n")));
        std::string got;
        asio::read_until(open.back(), asio::dynamic_buffer(got), "}");
    }
    auto late = api.connect();
    std::string got;
    net::error_code end;
    asio::read(late, asio::dynamic_buffer(got), end);
    CHECK(got.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST_CASE("events are followed as lines") {
    served api;
    auto ears = api.connect();
    asio::write(ears, asio::buffer(request("GET /helloscope/v1/events")));
    std::string got;
    asio::read_until(ears, asio::dynamic_buffer(got), "\r\n\r\n");
    CHECK(has(got, "Content-Type: application/x-ndjson\r\n"));
    api.admin->event({7, {}, model::flow_opened{}});
    asio::read_until(ears, asio::dynamic_buffer(got), "}\n\r\n");
    CHECK(has(got, R"({"event":"flow_opened","flow":7,)"));
    model::timeline over;
    over.flow = 7;
    api.admin->flow(over);
    CHECK(has(api.says(request("GET /helloscope/v1/flows/7")), "200 OK"));
    ears.close();
    api.admin->event({8, {}, model::flow_opened{}});
    CHECK(has(api.says(request("GET /version")), "200 OK"));
}

TEST_CASE("a port that is taken is told with its owner") {
    served api;
    web::admin_options same;
    same.at = api.admin->at();
    const auto second = web::admin::open(std::move(same));
    REQUIRE_FALSE(second);
    CHECK(has(second.error().message, "the port is in use by"));
    CHECK(has(second.error().message, "--admin"));
}
