#include "x509/openssl.hpp"

#include "support/catch.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

using namespace helloscope::net::x509;

TEST_CASE("a failure carries OpenSSL's reason and leaves no error behind") {
    ERR_clear_error();
    const bio in = text_bio("no PEM");
    CHECK(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) == nullptr);
    CHECK(openssl_failure("cannot read").error().message == "cannot read: no start line");
    CHECK(ERR_peek_error() == 0);
    CHECK(openssl_failure("cannot").error().message == "cannot: OpenSSL gives no reason");
}

TEST_CASE("what is written to memory reads back as text") {
    const bio out(BIO_new(BIO_s_mem()));
    CHECK(text_of(out.get()).empty());
    BIO_puts(out.get(), "one");
    BIO_puts(out.get(), " two");
    CHECK(text_of(out.get()) == "one two");
}
