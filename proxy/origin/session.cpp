#include "session.hpp"

#include "resources.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>

namespace helloscope::origin {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using net::as_result;
using net::awaitable;
using net::error_code;

using tls_stream = asio::ssl::stream<beast::tcp_stream>;
using request_parser = http::request_parser<http::buffer_body>;

constexpr std::uint32_t head_limit = 64 << 10;
constexpr std::size_t piece_size = 64 << 10;

std::string_view text(boost::beast::string_view view) { return {view.data(), view.size()}; }

class session {
  public:
    session(net::tcp::socket socket, shared& shared)
        : shared_(shared), peer_(peer_of(socket)), stream_(std::move(socket), shared.tls) {}

    awaitable<void> run() {
        if (!co_await shake_hands()) co_return;
        ending after = ending::keep_alive;
        while (after == ending::keep_alive) after = co_await exchange();
        if (after == ending::close) {
            allow(shared_.options.idle_deadline);
            co_await stream_.async_shutdown(as_result);
        }
    }

  private:
    static std::string peer_of(const net::tcp::socket& socket) {
        error_code error;
        const auto peer = socket.remote_endpoint(error);
        return error ? "a client that left" : to_string(net::from_asio(peer));
    }

    void allow(duration time) { beast::get_lowest_layer(stream_).expires_after(time); }

    awaitable<bool> shake_hands() {
        allow(shared_.options.handshake_deadline);
        const auto [error] = co_await stream_.async_handshake(tls_stream::server, as_result);
        if (error) {
            ++shared_.handshake_failures;
            shared_.log(fmt::format("{}: handshake failed: {}", peer_, error.message()));
            co_return false;
        }
        ++shared_.handshakes;
        SSL* tls = stream_.native_handle();
        const char* name = SSL_get_servername(tls, TLSEXT_NAMETYPE_host_name);
        shared_.log(fmt::format(
            "{}: {} {} for {}", peer_, SSL_get_version(tls), SSL_get_cipher_name(tls),
            name ? name : "no name"));
        co_return true;
    }

    // One request and its answer. A connection that broke needs no close_notify: `cut`.
    awaitable<ending> exchange() {
        request_parser parser;
        parser.header_limit(head_limit);
        parser.body_limit(boost::none); // what a resource keeps is limited there
        allow(shared_.options.idle_deadline);
        const auto [error, size] = co_await http::async_read_header(
            stream_, buffer_, parser, as_result);
        if (error == http::error::end_of_stream) co_return ending::close;
        if (error.category() == http::make_error_code(http::error::bad_method).category()) {
            co_return co_await refuse(error);
        }
        if (error) co_return ending::cut;
        ++shared_.requests;
        co_return co_await answer(parser);
    }

    awaitable<ending> answer(request_parser& parser) {
        const auto& head = parser.get();
        const std::string method(text(head.method_string())), target(text(head.target()));
        const head_options options{head.version() < 11, head.keep_alive()};
        const auto resource = find_resource(method, target, shared_.options.files);
        if (!co_await read_body(parser, *resource)) co_return ending::cut;
        reply reply = resource->answer();
        if (reply.delay > duration(0)) co_await wait(reply.delay);
        shared_.log(fmt::format("{}: {} {}: {}", peer_, method, target, reply.status));
        const bool sent = co_await send(reply, options, method != "HEAD");
        if (!sent || reply.after == ending::cut) co_return ending::cut;
        co_return keeps_alive(reply, options) ? ending::keep_alive : ending::close;
    }

    awaitable<ending> refuse(error_code error) {
        const reply reply = text_reply(400, error.message() + "\n");
        shared_.log(fmt::format("{}: not a request: {}", peer_, error.message()));
        const head_options options;
        co_return co_await send(reply, options, true) ? ending::close : ending::cut;
    }

    awaitable<bool> read_body(request_parser& parser, resource& resource) {
        const auto expects = parser.get().find(http::field::expect);
        if (expects != parser.get().end() && !parser.is_done() &&
            beast::iequals(expects->value(), "100-continue")) {
            if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n")) co_return false;
        }
        bytes piece(parser.is_done() ? 0 : piece_size);
        while (!parser.is_done()) {
            parser.get().body().data = piece.data();
            parser.get().body().size = piece.size();
            allow(shared_.options.idle_deadline);
            const auto [error, size] = co_await http::async_read(
                stream_, buffer_, parser, as_result);
            if (error && error != http::error::need_buffer) co_return false;
            resource.take(bytes_view(piece).first(piece.size() - parser.get().body().size));
        }
        co_return true;
    }

    awaitable<bool> send(const reply& reply, head_options options, bool with_body) {
        std::string out = head_text(reply, options);
        if (!with_body || !reply.body) co_return co_await write(out);
        const bool chunked = is_chunked(reply, options);
        bytes piece(reply.write_size);
        std::uint64_t sent = 0;
        // The head travels with the first piece, so that a small answer is one record.
        for (std::size_t size = 0; (size = reply.body->read(piece)) > 0;
             out.clear(), sent += size) {
            if (chunked) out += chunk_head(size);
            out += as_text(bytes_view(piece).first(size));
            if (chunked) out += "\r\n";
            if (!co_await write(out)) co_return false;
        }
        if (chunked) out += chunk_head(0) + "\r\n";
        if (!out.empty() && !co_await write(out)) co_return false;
        co_return !reply.length || sent == *reply.length; // a file may have shrunk
    }

    awaitable<bool> write(std::string_view out) {
        while (!out.empty()) { // the deadline is for each part: large writes may take their time
            allow(shared_.options.idle_deadline);
            const auto [error, size] = co_await stream_.async_write_some(
                asio::buffer(out), as_result);
            if (error) co_return false;
            out.remove_prefix(size);
        }
        co_return true;
    }

    awaitable<void> wait(duration time) {
        asio::steady_timer timer(stream_.get_executor(), time);
        co_await timer.async_wait(as_result);
    }

    shared& shared_;
    std::string peer_;
    tls_stream stream_;
    beast::flat_buffer buffer_;
};

} // namespace

awaitable<void> serve_connection(net::tcp::socket socket, shared& shared) {
    session session(std::move(socket), shared);
    co_await session.run();
}

} // namespace helloscope::origin
