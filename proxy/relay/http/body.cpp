#include "body.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/fields.hpp>

namespace helloscope::relay::http {

namespace beast = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;
using wire::front::body_kind;

namespace {

void append(bytes& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }

template <class Buffers> void append_all(bytes& out, const Buffers& buffers) {
    for (auto at = boost::asio::buffer_sequence_begin(buffers);
         at != boost::asio::buffer_sequence_end(buffers); ++at) {
        const boost::asio::const_buffer one = *at;
        append(out, {static_cast<const char*>(one.data()), one.size()});
    }
}

constexpr std::size_t longest_trailers = 16 * 1024;

// Beast unfolds a folded line (RFC 9112 section 5.2), which we refuse as we do in a head.
bool has_folded_line(std::string_view trailers) {
    return trailers.find("\n ") != trailers.npos || trailers.find("\n\t") != trailers.npos;
}

// A trailer must not say what only a head may (RFC 9110 section 6.5.1).
bool may_trail(beast::field name) {
    switch (name) {
    case beast::field::transfer_encoding:
    case beast::field::content_length:
    case beast::field::content_encoding:
    case beast::field::content_type:
    case beast::field::content_range:
    case beast::field::trailer:
    case beast::field::host:
    case beast::field::connection:
    case beast::field::keep_alive:
    case beast::field::proxy_connection:
    case beast::field::te:
    case beast::field::upgrade:
    case beast::field::authorization:
    case beast::field::proxy_authorization:
    case beast::field::proxy_authenticate:
    case beast::field::set_cookie:
    case beast::field::cookie: return false;
    default: return true;
    }
}

} // namespace

// A parser of requests that has been told of a chunked body: only the body is of interest here.
struct body::chunks final : beast::basic_parser<true> {
    string_view piece;      // of content, in the input
    std::uint64_t left = 0; // content of the current chunk that has not come yet
    beast::fields trailers;
    std::size_t trailer_size = 0;
    bool in_body = false;

    chunks() {
        constexpr std::string_view head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        body_limit(boost::none);
        error_code failed;
        put(boost::asio::buffer(head.data(), head.size()), failed);
        in_body = true;
    }

    void on_request_impl(beast::verb, string_view, string_view, int, error_code&) override {}
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_field_impl(
        beast::field name, string_view text, string_view value, error_code& failed) override {
        if (!in_body) return;
        trailer_size += text.size() + value.size();
        if (trailer_size > longest_trailers)
            failed = beast::error::header_limit;
        else if (may_trail(name))
            trailers.insert(name, text, value);
    }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view text, error_code&) override { return text.size(); }
    void on_chunk_header_impl(std::uint64_t size, string_view, error_code&) override {
        left = size;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, string_view text, error_code&) override {
        piece = text;
        left -= text.size();
        return text.size();
    }
    void on_finish_impl(error_code&) override {}
};

body::body(wire::front::body_framing framing, written_as out)
    : framing_(framing), written_(out), left_(framing.length) {
    if (framing.kind == body_kind::chunked) chunks_ = std::make_unique<chunks>();
    done_ = framing.kind == body_kind::none ||
            (framing.kind == body_kind::length && framing.length == 0);
}
body::~body() = default;
body::body(body&&) noexcept = default;

body::step body::take(bytes_view input, bytes& out) {
    step now;
    if (done_) return now;
    if (framing_.kind != body_kind::chunked) {
        const auto size = framing_.kind == body_kind::length
                              ? std::min<std::uint64_t>(left_, input.size())
                              : input.size();
        now.used = static_cast<std::size_t>(size);
        now.content = size;
        put(input.first(now.used), out);
        if (framing_.kind == body_kind::length && (left_ -= size) == 0) finish(out);
        return now;
    }
    while (now.used < input.size() && !done_) {
        const auto rest = input.subspan(now.used);
        // Beast 1.81 asserts that a last chunk, which has five bytes, is never shown shorter.
        if (chunks_->left == 0 && rest.size() < 5) break;
        chunks_->piece = {};
        error_code failed;
        const auto used = chunks_->put(boost::asio::buffer(rest.data(), rest.size()), failed);
        now.used += used;
        now.content += chunks_->piece.size();
        put(as_bytes({chunks_->piece.data(), chunks_->piece.size()}), out);
        // The step that ends the body read the last chunk and the trailers, and nothing else.
        if (chunks_->is_done() && has_folded_line(as_text(rest.first(used)))) {
            now.error = "a folded line in the trailers";
            break;
        }
        if (chunks_->is_done()) finish(out);
        if (failed == beast::error::need_more) break;
        if (failed) {
            now.error = failed.message();
            break;
        }
        if (used == 0) break;
    }
    return now;
}

bool body::end(bytes& out) {
    if (done_) return true;
    if (framing_.kind != body_kind::until_close) return false;
    finish(out);
    return true;
}

std::uint64_t body::plain_left() const {
    if (done_ || written_ == written_as::chunked) return 0;
    if (framing_.kind == body_kind::length) return left_;
    return framing_.kind == body_kind::until_close ? ~std::uint64_t{0} : 0;
}

void body::passed(std::uint64_t plain) {
    if (framing_.kind != body_kind::length) return;
    left_ -= plain;
    done_ = left_ == 0;
}

void body::put(bytes_view content, bytes& out) const {
    if (content.empty()) return;
    if (written_ == written_as::chunked)
        append_all(out, beast::make_chunk(boost::asio::buffer(content.data(), content.size())));
    else
        out.insert(out.end(), content.begin(), content.end());
}

void body::finish(bytes& out) {
    done_ = true;
    if (written_ != written_as::chunked) return;
    if (chunks_)
        append_all(out, beast::make_chunk_last(chunks_->trailers));
    else
        append(out, "0\r\n\r\n");
}

} // namespace helloscope::relay::http
