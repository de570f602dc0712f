// A test of --investigate as it is sent: a ClientHello of ours and the way in which it leaves.
// diagnose/inquiry.hpp has the names of the tests.
#pragma once

#include "helloscope/shape/shape.hpp"
#include "helloscope/wire/tls/make_hello.hpp"

namespace helloscope::probe {

struct question {
    std::string test;
    bytes hello;      // one record
    shape::shape how; // empty: in one write
};

// `seen` is the client's hello, which had `size` bytes on the wire. The failure names a test that
// there is not.
result<question> make_question(
    std::string_view test, const wire::tls::client_hello& seen, std::uint32_t size,
    const wire::tls::random_source& random);

} // namespace helloscope::probe
