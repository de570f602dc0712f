#include "tls_context.hpp"

#include "client.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::origin;

namespace {

std::string refused(tls_options options) {
    const auto context = make_tls_context(options);
    return context ? "accepted" : context.error().message;
}

options with(void (*change)(tls_options&)) {
    options options = test_options();
    change(options.tls);
    return options;
}

} // namespace

TEST_CASE("the version is the highest that the options allow") {
    for (const std::uint16_t version : std::vector<std::uint16_t>{0x0301, 0x0302, 0x0303, 0x0304}) {
        options options = test_options();
        options.tls.min_version = version;
        options.tls.max_version = version;
        const server server = server::start(options).value();
        client client(server);
        INFO(client.error().message());
        CHECK(SSL_version(client.tls()) == version);
        CHECK(client.body_of("GET /bytes/0").empty());
    }
}

TEST_CASE("ciphers of either kind are as asked") {
    const server suites = server::start(with([](tls_options& tls) {
                              tls.ciphers = "TLS_CHACHA20_POLY1305_SHA256";
                          })).value();
    CHECK(SSL_get_cipher_name(client(suites).tls()) == std::string("TLS_CHACHA20_POLY1305_SHA256"));
    const server list = server::start(with([](tls_options& tls) {
                            tls.ciphers = "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-CHACHA20-POLY1305";
                            tls.max_version = 0x0303;
                        })).value();
    const std::string chosen = SSL_get_cipher_name(client(list).tls());
    CHECK(chosen.starts_with("ECDHE-ECDSA-"));
    CHECK(chosen.find("GCM") == std::string::npos);
}

TEST_CASE("ALPN is answered from the list, refused outside it, or not answered") {
    const auto negotiated = [](const server& server, std::string_view offer) {
        client client(server, offer);
        if (client.error()) return std::string("refused");
        const unsigned char* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(client.tls(), &name, &size);
        return std::string(name, name + size);
    };
    const server usual = server::start(test_options()).value();
    CHECK(negotiated(usual, "http/1.1") == "http/1.1");
    CHECK(negotiated(usual, "") == "");
    CHECK(negotiated(usual, "h2") == "refused");
    const server none = server::start(with([](tls_options& tls) { tls.alpn.clear(); })).value();
    CHECK(negotiated(none, "h2") == "");
}

TEST_CASE("no record is larger than asked") {
    const server server = server::start(with([](tls_options& tls) {
                              tls.record_size = 512;
                          })).value();
    client client(server);
    std::size_t largest = 0;
    SSL_set_msg_callback(
        client.tls(), [](int write, int, int type, const void* data, std::size_t, SSL*, void* out) {
            if (write || type != SSL3_RT_HEADER) return;
            const auto* head = static_cast<const std::uint8_t*>(data);
            auto& most = *static_cast<std::size_t*>(out);
            most = std::max<std::size_t>(most, static_cast<std::size_t>(head[3] << 8 | head[4]));
        });
    SSL_set_msg_callback_arg(client.tls(), &largest);
    CHECK(client.body_of("GET /bytes/10000").size() == 10'000);
    CHECK(largest > 512);
    CHECK(largest <= 512 + 17); // TLS 1.3: the tag and the true content type
}

TEST_CASE("options that OpenSSL refuses are named") {
    const tls_options good = test_options().tls;
    CHECK(refused(good) == "accepted");
    tls_options changed = good;
    changed.chain = "no PEM";
    CHECK(refused(changed) == "not a PEM certificate: no start line");
    changed = good;
    changed.key.clear();
    CHECK(refused(changed).starts_with("not a PEM private key: "));
    changed = good;
    changed.key = net::x509::make_key(net::x509::key_type::ec_p256)->pem().value();
    CHECK(refused(changed) == "the key does not belong to the first certificate");
    changed = good;
    changed.ciphers = "NO-SUCH-CIPHER";
    CHECK(refused(changed) == "--ciphers: no cipher match: `openssl ciphers -v` lists the names");
    changed = good;
    changed.min_version = 0x0304;
    changed.max_version = 0x0303;
    CHECK(refused(changed) == "--tls-min is above --tls-max");
    for (const std::size_t size : {0u, 511u, 16'385u}) {
        changed = good;
        changed.record_size = size;
        CHECK(refused(changed) == "--record-size: a number from 512 to 16384");
    }
    for (const std::string& name : {std::string(), std::string(256, 'a')}) {
        changed = good;
        changed.alpn = {name};
        CHECK(refused(changed) == "--alpn: a protocol has 1 to 255 bytes");
    }
}
