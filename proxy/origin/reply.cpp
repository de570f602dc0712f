#include "reply.hpp"

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

namespace helloscope::origin {
namespace {

class text_source : public body_source {
  public:
    explicit text_source(std::string text) : text_(std::move(text)) {}
    std::size_t read(std::span<std::uint8_t> into) override {
        const std::size_t size = std::min(into.size(), text_.size() - sent_);
        std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(sent_), size, into.begin());
        sent_ += size;
        return size;
    }

  private:
    std::string text_;
    std::size_t sent_ = 0;
};

} // namespace

reply text_reply(unsigned status, std::string text) {
    reply made;
    made.status = status;
    made.length = text.size();
    made.body = std::make_unique<text_source>(std::move(text));
    return made;
}

bool keeps_alive(const reply& reply, head_options options) {
    const bool body_ends = reply.length || is_chunked(reply, options);
    return options.keep_alive && body_ends && reply.after == ending::keep_alive;
}

bool is_chunked(const reply& reply, head_options options) {
    return !reply.length && !options.http_1_0;
}

std::string head_text(const reply& reply, head_options options) {
    const auto reason = boost::beast::http::obsolete_reason(
        static_cast<boost::beast::http::status>(reply.status));
    std::string head = fmt::format(
        "HTTP/1.1 {} {}\r\nServer: helloscope\r\nContent-Type: {}\r\n", reply.status,
        std::string_view(reason.data(), reason.size()), reply.content_type);
    if (!reply.allow.empty()) head += fmt::format("Allow: {}\r\n", reply.allow);
    if (reply.length) head += fmt::format("Content-Length: {}\r\n", *reply.length);
    if (is_chunked(reply, options)) head += "Transfer-Encoding: chunked\r\n";
    head += keeps_alive(reply, options) ? "Connection: keep-alive\r\n\r\n"
                                        : "Connection: close\r\n\r\n";
    return head;
}

std::string chunk_head(std::size_t size) { return fmt::format("{:x}\r\n", size); }

} // namespace helloscope::origin
