#include "helloscope/net/streams/tls_stream.hpp"

#include "helloscope/net/streams/deadline.hpp"
#include "streams/tls_channel.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace helloscope::net {

namespace {

using channel_pointer = std::shared_ptr<tls_channel>;

// Sends what is left of close_notify when there is room for it, then FIN.
awaitable<void> finish_sending(channel_pointer channel) {
    auto& under = channel->under();
    while (channel->say_goodbye() == asio::error::would_block) {
        const auto stopped = co_await under.wait_writable();
        if (stopped) co_return;
    }
    under.shutdown_send();
}

// Not one co_await of a conditional expression: g++ 12 destroys what was not waited for, too.
awaitable<error_code> wait_for(tls_needs what, stream& under) {
    if (what == tls_needs::readable) co_return co_await under.wait_readable();
    if (what == tls_needs::writable) co_return co_await under.wait_writable();
    // At once, but other flows have their turn, as they have while a socket is asked.
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_return error_code();
}

class tls_stream final : public stream {
  public:
    tls_stream(channel_pointer channel, asio::any_io_executor executor)
        : channel_(std::move(channel)), executor_(std::move(executor)) {}
    ~tls_stream() override { channel_->under().close(); } // ends finish_sending
    tls_stream(const tls_stream&) = delete;
    tls_stream& operator=(const tls_stream&) = delete;

    // As much as there is room for, so that a short read means that nothing is left to read now.
    moved read_now(std::span<std::uint8_t> into) override {
        moved got;
        while (got.size < into.size() && !got.error) {
            const auto more = channel_->read(into.subspan(got.size));
            got.size += more.size;
            got.error = more.error;
        }
        if (got.size > 0) got.error = {}; // the next call says it again
        return got;
    }

    moved write_now(bytes_view from) override {
        moved sent;
        while (sent.size < from.size() && !sent.error) {
            const auto more = channel_->write(from.subspan(sent.size));
            sent.size += more.size;
            sent.error = more.error;
        }
        if (sent.size > 0) sent.error = {};
        return sent;
    }

    awaitable<error_code> wait_readable() override { return wait(channel_->read_needs()); }
    awaitable<error_code> wait_writable() override { return wait(channel_->write_needs()); }
    void when_readable(readable_sink& to, const asio::any_io_executor& on) override {
        asio::co_spawn(
            on, wait_readable(), [&to](std::exception_ptr bug, const error_code& failed) {
                to.readable(std::move(bug), failed);
            });
    }
    void stop_waiting() override { channel_->under().stop_waiting(); }

    void shutdown_send() override {
        if (!std::exchange(sending_, false)) return;
        if (channel_->say_goodbye() == asio::error::would_block)
            asio::co_spawn(executor_, finish_sending(channel_), asio::detached);
        else
            channel_->under().shutdown_send();
    }

    void reset() override {
        open_ = false;
        channel_->under().reset();
    }

    void close() override {
        if (std::exchange(sending_, false)) channel_->say_goodbye();
        open_ = false;
        channel_->under().close();
    }

    error_code ended() const override {
        const auto error = channel_->peek();
        return error == asio::error::would_block ? error_code() : error;
    }

    std::size_t unacknowledged() const override { return channel_->under().unacknowledged(); }
    std::optional<model::path_sample> path() const override { return channel_->under().path(); }

  private:
    awaitable<error_code> wait(tls_needs what) {
        const auto error = co_await wait_for(what, channel_->under());
        co_return open_ ? error : error_code(asio::error::operation_aborted);
    }

    channel_pointer channel_;
    asio::any_io_executor executor_;
    bool open_ = true, sending_ = true;
};

// Why a handshake failed, in words.
std::string reason(tls_channel& channel, const error_code& error, const std::string& server_name) {
    const auto code = channel.reason();
    const char* words = ERR_reason_error_string(code);
    if (error == asio::error::eof) return "the peer closed";
    if (words == nullptr) return error_name(error);
    const int number = ERR_GET_REASON(code);
    if (number > SSL_AD_REASON_OFFSET) {
        const auto* alert = SSL_alert_desc_string_long(number - SSL_AD_REASON_OFFSET);
        return fmt::format("the peer sent the alert \"{}\"", alert);
    }
    switch (number) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST: return fmt::format("the peer does not speak TLS: {}", words);
    case SSL_R_CERTIFICATE_VERIFY_FAILED: break;
    default: return words;
    }
    const long refused = SSL_get_verify_result(channel.native());
    if (refused == X509_V_ERR_HOSTNAME_MISMATCH || refused == X509_V_ERR_IP_ADDRESS_MISMATCH)
        return fmt::format("the certificate is not for {}", server_name);
    return fmt::format("certificate verify failed: {}", X509_verify_cert_error_string(refused));
}

awaitable<tls_handshake> shake_hands(
    channel_pointer channel, std::chrono::milliseconds limit, std::string server_name = {}) {
    const auto executor = co_await asio::this_coro::executor;
    tls_handshake done;
    auto& under = channel->under();
    const deadline time(executor, under, limit);
    auto error = channel->shake_hands();
    while (error == asio::error::would_block && !time.fired()) {
        error = co_await wait_for(channel->read_needs(), under);
        if (!error) error = channel->shake_hands();
    }
    if (!error)
        done.stream = std::make_unique<tls_stream>(std::move(channel), executor);
    else if (time.fired())
        done.error = fmt::format(
            "timed out after {} s", std::chrono::duration<double>(limit).count());
    else
        done.error = reason(*channel, error, server_name);
    co_return done;
}

// SNI is for names only (RFC 6066 section 3), and a name in it has no dot at its end. False: no
// certificate can be for that.
bool expect(SSL* tls, std::string server_name) {
    auto* wanted = SSL_get0_param(tls);
    if (const auto address = parse_ip_address(server_name)) {
        const auto octets = address->view();
        return X509_VERIFY_PARAM_set1_ip(wanted, octets.data(), octets.size()) == 1;
    }
    if (server_name.ends_with('.')) server_name.pop_back();
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return !server_name.empty() &&
           X509_VERIFY_PARAM_set1_host(wanted, server_name.data(), server_name.size()) == 1 &&
           SSL_set_tlsext_host_name(tls, server_name.c_str()) == 1;
}

} // namespace

awaitable<tls_handshake> tls_accept(
    std::unique_ptr<stream> under, tls_server_context context, std::chrono::milliseconds limit,
    bytes early) {
    auto channel = std::make_shared<tls_channel>(
        std::move(under), context.native(), std::move(early));
    SSL_set_accept_state(channel->native());
    return shake_hands(std::move(channel), limit);
}

awaitable<tls_handshake> tls_connect(
    std::unique_ptr<stream> under, tls_client_context context, std::string server_name,
    std::chrono::milliseconds limit) {
    auto channel = std::make_shared<tls_channel>(std::move(under), context.native(), bytes());
    SSL_set_connect_state(channel->native());
    if (expect(channel->native(), server_name))
        co_return co_await shake_hands(std::move(channel), limit, std::move(server_name));
    tls_handshake failed;
    failed.error = fmt::format("\"{}\" is not the name of a server", server_name);
    co_return failed;
}

awaitable<tls_chain> tls_fetch_chain(
    std::unique_ptr<stream> under, tls_client_context context, std::string server_name,
    std::chrono::milliseconds limit, bytes early) {
    tls_chain fetched;
    auto channel = std::make_shared<tls_channel>(
        std::move(under), context.native(), std::move(early));
    SSL_set_connect_state(channel->native());
    if (!expect(channel->native(), server_name)) {
        fetched.error = fmt::format("\"{}\" is not the name of a server", server_name);
        co_return fetched;
    }
    auto done = co_await shake_hands(channel, limit, std::move(server_name));
    fetched.error = std::move(done.error);
    // It has come even where the server then wanted a certificate of ours.
    const auto* sent = SSL_get_peer_cert_chain(channel->native());
    for (int i = 0; i < sk_X509_num(sent); ++i) {
        auto* one = sk_X509_value(sent, i);
        X509_up_ref(one);
        fetched.sent.emplace_back(one);
    }
    if (done.stream) done.stream->close();
    co_return fetched;
}

} // namespace helloscope::net
