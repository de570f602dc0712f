#include "helloscope/web/admin.hpp"

#include "event_feed.hpp"
#include "helloscope/net/kernel/listen.hpp"
#include "helloscope/relay/access.hpp"
#include "proxies.hpp"
#include "resources.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <spdlog/spdlog.h>
#include <thread>

namespace helloscope::web {

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using net::as_result;
using net::awaitable;
using net::error_code;

constexpr std::uint32_t most_head = 16 << 10;
constexpr std::uint64_t most_body = 1 << 20;
constexpr int most_connections = 64;
constexpr auto patience = 15s; // for a whole request, and for its answer to be taken

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

request read_request(const http::request<http::string_body>& from) {
    request made;
    made.method = text(from.method_string());
    made.target = text(from.target());
    made.host = text(from[http::field::host]);
    made.origin = text(from[http::field::origin]);
    made.fetch_site = text(from["Sec-Fetch-Site"]);
    made.content_type = text(from[http::field::content_type]);
    made.body = from.body();
    return made;
}

http::response<http::string_body> write_answer(answer from) {
    http::response<http::string_body> made(static_cast<http::status>(from.status), 11);
    if (!from.body.empty()) made.set(http::field::content_type, "application/json");
    if (!from.allow.empty()) made.set(http::field::allow, from.allow);
    made.set(http::field::cache_control, "no-store");
    made.set("X-Content-Type-Options", "nosniff");
    made.body() = std::move(from.body);
    made.prepare_payload();
    return made;
}

// What is told of a request that cannot be read; nothing when its sender just went away.
std::optional<answer> complaint(const error_code& error) {
    if (error == http::error::body_limit) return refuse(413, "a body may have 1 MiB");
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return refuse(431, "the head of a request may have 16 KiB");
    if (error == beast::error::timeout) return refuse(408, "no whole request came within 15 s");
    if (error == http::error::end_of_stream || error == http::error::partial_message)
        return std::nullopt;
    if (error.category() == http::make_error_code(http::error::bad_method).category())
        return refuse(400, "no HTTP request: " + error.message());
    return std::nullopt;
}

class running final : public admin {
  public:
    explicit running(admin_options wanted) : options_(std::move(wanted)) {}
    ~running() override { stop(); }

    result<void> listen() {
        asio::io_context* contexts[] = {&context_};
        auto opened = net::listen(contexts, options_.at, net::listen_kind::plain, "--admin");
        if (!opened) return std::unexpected(opened.error());
        acceptor_ = std::move(opened->front());
        options_.at = net::from_asio(acceptor_.local_endpoint());
        return {};
    }

    const endpoint& at() const override { return options_.at; }

    void event(const model::event& happened) override {
        flows_.add(happened);
        feed_.add(happened);
    }
    void flow(const model::timeline& over) override { flows_.over(over); }

    void serve(relay::control& relay) override {
        api_.reset(new api{relay, flows_, options_.version});
        const auto own = own_resources(), toxiproxy = toxiproxy_resources();
        table_.assign(toxiproxy.begin(), toxiproxy.end());
        table_.insert(table_.end(), own.begin(), own.end());
        asio::co_spawn(context_, accept(), asio::detached);
        thread_ = std::thread([this] { context_.run(); });
    }

    void stop() override {
        context_.stop();
        if (thread_.joinable()) thread_.join();
    }

  private:
    awaitable<void> accept() {
        asio::steady_timer pause(context_);
        while (true) {
            auto [error, socket] = co_await acceptor_.async_accept(as_result);
            if (error) { // out of descriptors
                pause.expires_after(100ms);
                co_await pause.async_wait(as_result);
                continue;
            }
            const auto peer = socket.remote_endpoint(error);
            if (error || !relay::may_come(net::from_asio(peer).address, options_.access)) continue;
            if (open_ < most_connections)
                asio::co_spawn(context_, serve_one(std::move(socket)), asio::detached);
            else
                turn_away(std::move(socket));
        }
    }

    // What fits into the socket's buffer at once.
    static void turn_away(net::tcp::socket socket) {
        error_code ignored;
        socket.non_blocking(true, ignored);
        const auto body = refuse(503, "64 connections are open: more cannot be served").body;
        const auto words = fmt::format(
            "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: "
            "application/json\r\nContent-Length: {}\r\n\r\n{}",
            body.size(), body);
        socket.write_some(asio::buffer(words), ignored);
    }

    struct guest {
        int& count;
        explicit guest(int& open) : count(++open) {}
        ~guest() { --count; }
    };

    awaitable<void> serve_one(net::tcp::socket socket) {
        const guest counted(open_);
        beast::tcp_stream stream(std::move(socket));
        beast::flat_buffer buffer(most_head + most_body);
        bool goes_on = true;
        while (goes_on) goes_on = co_await exchange(stream, buffer);
        error_code ignored;
        stream.socket().shutdown(net::tcp::socket::shutdown_send, ignored);
    }

    awaitable<bool> exchange(beast::tcp_stream& stream, beast::flat_buffer& buffer) {
        http::request_parser<http::string_body> parser;
        parser.header_limit(most_head);
        parser.body_limit(most_body);
        stream.expires_after(patience);
        const auto [failed, size] = co_await http::async_read(stream, buffer, parser, as_result);
        answer told;
        bool goes_on = false;
        if (failed) {
            auto words = complaint(failed);
            if (!words) co_return false;
            told = std::move(*words);
        } else {
            told = handle(read_request(parser.get()));
            goes_on = parser.get().keep_alive();
        }
        if (told.follows) {
            co_await follow(stream);
            co_return false;
        }
        auto response = write_answer(std::move(told));
        response.keep_alive(goes_on);
        stream.expires_after(patience);
        const auto [broken, sent] = co_await http::async_write(stream, response, as_result);
        co_return goes_on && !broken;
    }

    answer handle(const request& asked) {
        try {
            return route(*api_, table_, asked);
        } catch (const std::exception& bug) {
            spdlog::error(
                "{} {} met an internal error: {}", asked.method, asked.target, bug.what());
            return refuse(500, fmt::format("internal error: {}", bug.what()));
        }
    }

    // Events as lines, until the client leaves or is too slow to take them.
    awaitable<void> follow(beast::tcp_stream& stream) {
        const auto news = std::make_shared<asio::steady_timer>(
            context_, std::chrono::steady_clock::time_point::max());
        const auto lines = feed_.listen(
            [this, news] { asio::post(context_, [news] { news->cancel(); }); });
        http::response<http::empty_body> head(http::status::ok, 11);
        head.set(http::field::content_type, "application/x-ndjson");
        head.chunked(true);
        head.keep_alive(false);
        http::response_serializer<http::empty_body> serializer(head);
        stream.expires_after(patience);
        const auto [failed, sent] = co_await http::async_write_header(
            stream, serializer, as_result);
        if (failed) co_return;
        bool left = false;
        asio::co_spawn(context_, wait_until_left(stream, left, news), asio::detached);
        error_code broken;
        while (!left && !broken) {
            const auto some = lines->take();
            if (some.empty()) {
                co_await news->async_wait(as_result);
                continue;
            }
            stream.expires_after(patience);
            const auto chunk = http::make_chunk(asio::buffer(some));
            std::tie(broken, std::ignore) = co_await asio::async_write(stream, chunk, as_result);
        }
        stream.close();
        while (!left) co_await news->async_wait(as_result); // it holds what is ours
    }

    // Nothing more is expected of the client: whatever comes is its leaving.
    static awaitable<void> wait_until_left(
        beast::tcp_stream& stream, bool& left, std::shared_ptr<asio::steady_timer> news) {
        co_await stream.socket().async_wait(net::tcp::socket::wait_read, as_result);
        left = true;
        news->cancel();
    }

    admin_options options_;
    flow_store flows_;
    event_feed feed_;
    std::unique_ptr<api> api_;
    std::vector<resource> table_;
    int open_ = 0; // connections
    asio::io_context context_{1};
    net::tcp::acceptor acceptor_{context_};
    std::thread thread_;
};

} // namespace

result<std::unique_ptr<admin>> admin::open(admin_options wanted) {
    auto made = std::make_unique<running>(std::move(wanted));
    if (auto listening = made->listen(); !listening) return std::unexpected(listening.error());
    return made;
}

} // namespace helloscope::web
