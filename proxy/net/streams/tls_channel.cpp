#include "streams/tls_channel.hpp"

#include <algorithm>
#include <new>
#include <openssl/err.h>

namespace helloscope::net {

// OpenSSL's way to our streams.
struct tls_channel_bio {
    static tls_channel& channel_of(BIO* bio) {
        return *static_cast<tls_channel*>(BIO_get_data(bio));
    }

    // What OpenSSL wants to hear: the count, or -1 and whether to try again.
    static int told(BIO* bio, const moved& outcome, int retry) {
        BIO_clear_retry_flags(bio);
        if (outcome.size > 0) return static_cast<int>(outcome.size);
        if (outcome.error == asio::error::would_block)
            BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
        else
            channel_of(bio).broken_ = outcome.error;
        return -1;
    }

    static int read(BIO* bio, char* into, int size) {
        const std::span room(reinterpret_cast<std::uint8_t*>(into), static_cast<std::size_t>(size));
        return told(bio, channel_of(bio).take(room), BIO_FLAGS_READ);
    }

    static int write(BIO* bio, const char* from, int size) {
        const bytes_view all = as_bytes({from, static_cast<std::size_t>(size)});
        return told(bio, channel_of(bio).under_->write_now(all), BIO_FLAGS_WRITE);
    }

    // Nothing is kept back, so a flush has nothing to do; nothing else is asked that matters.
    static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH; }

    static const BIO_METHOD* method() {
        static const auto* const made = [] {
            BIO_METHOD* all = BIO_meth_new(
                BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "helloscope stream");
            if (!all) throw std::bad_alloc();
            BIO_meth_set_read(all, read);
            BIO_meth_set_write(all, write);
            BIO_meth_set_ctrl(all, control);
            return all;
        }();
        return made;
    }
};

tls_channel::tls_channel(std::unique_ptr<stream> under, SSL_CTX* context, bytes early)
    : under_(std::move(under)), early_(std::move(early)), tls_(SSL_new(context)) {
    BIO* bio = BIO_new(tls_channel_bio::method());
    if (!tls_ || !bio) throw std::bad_alloc();
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(native(), bio, bio);
}

moved tls_channel::take(std::span<std::uint8_t> into) {
    if (taken_ == early_.size()) return under_->read_now(into);
    const auto next = bytes_view(early_).subspan(taken_);
    const auto size = std::min(next.size(), into.size());
    std::copy_n(next.begin(), size, into.begin());
    taken_ += size;
    return {size, {}};
}

// One call of OpenSSL, which returns 1 when it did what it should.
template <class F> error_code tls_channel::run(tls_needs& needs, F call) {
    ERR_clear_error(); // SSL_get_error would take an old one for this call's
    broken_ = {};
    needs = tls_needs::nothing;
    const int returned = call(native());
    if (returned == 1) return {};
    const int outcome = SSL_get_error(native(), returned);
    reason_ = ERR_peek_error();
    ERR_clear_error();
    switch (outcome) {
    case SSL_ERROR_WANT_READ: needs = tls_needs::readable; return asio::error::would_block;
    case SSL_ERROR_WANT_WRITE: needs = tls_needs::writable; return asio::error::would_block;
    case SSL_ERROR_ZERO_RETURN: return asio::error::eof;
    default: break;
    }
    if (broken_) return broken_;
    return error_code(EPROTO, boost::system::system_category());
}

error_code tls_channel::shake_hands() { return run(read_needs_, SSL_do_handshake); }

moved tls_channel::read(std::span<std::uint8_t> into) {
    if (read_end_) return {0, read_end_};
    moved got;
    got.error = run(read_needs_, [&](SSL* tls) {
        return SSL_read_ex(tls, into.data(), into.size(), &got.size);
    });
    if (got.error && got.error != asio::error::would_block) read_end_ = got.error;
    return got;
}

moved tls_channel::write(bytes_view from) {
    moved sent;
    sent.error = run(write_needs_, [&](SSL* tls) {
        return SSL_write_ex(tls, from.data(), from.size(), &sent.size);
    });
    return sent;
}

error_code tls_channel::peek() {
    if (read_end_) return read_end_;
    const auto error = run(read_needs_, [&](SSL* tls) {
        std::uint8_t one = 0;
        std::size_t size = 0;
        return SSL_peek_ex(tls, &one, 1, &size);
    });
    if (error && error != asio::error::would_block) read_end_ = error;
    return error;
}

error_code tls_channel::say_goodbye() {
    return run(write_needs_, [](SSL* tls) {
        const int returned = SSL_shutdown(tls);
        return returned == 0 ? 1 : returned; // 0: sent, and the peer's has not come yet
    });
}

} // namespace helloscope::net
