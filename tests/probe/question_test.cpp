#include "helloscope/probe/question.hpp"

#include "support/catch.hpp"
#include "wire/tls/fixtures.hpp"

#include <algorithm>

using namespace helloscope;
using namespace helloscope::probe;
using wire::tls::client_hello;

namespace {

void noughts(std::span<std::uint8_t> into) { std::ranges::fill(into, std::uint8_t{0}); }

const client_hello& bazelisk() {
    static const auto read = wire::tls::parse_client_hello(test::hello_body("bazelisk-1.28.1"));
    return *read;
}

question asked(std::string_view test) {
    return make_question(test, bazelisk(), 1493, noughts).value();
}

client_hello hello_of(const question& what) {
    return wire::tls::parse_client_hello(bytes_view(what.hello).subspan(9)).value();
}

} // namespace

TEST_CASE("each test is a hello of ours, and a way to send it") {
    struct row {
        const char* test;
        std::size_t size;
        bool post_quantum;
        std::uint16_t version;
        const char* how;
    };
    for (const auto& [test, size, post_quantum, version, how] :
         {row{"whole", 1493, true, 0x0304, ""}, row{"mss:536", 1493, true, 0x0304, "mss:536"},
          row{"mtu:1400", 1493, true, 0x0304, "mtu:1400"},
          row{"split:midsni", 1493, true, 0x0304, "split:midsni"},
          row{"records:every:747|split:records", 1493, true, 0x0304,
              "records:every:747|split:records"},
          row{"padded", 1493, false, 0x0304, ""},
          row{"without-post-quantum", 517, false, 0x0304, ""},
          row{"without-post-quantum|split:100", 517, false, 0x0304, "split:100"},
          row{"tls1.2", 210, false, 0x0303, ""}}) {
        INFO(test);
        const auto what = asked(test);
        CHECK(what.test == test);
        CHECK(what.hello.size() == size);
        CHECK(hello_of(what).post_quantum_group().has_value() == post_quantum);
        CHECK(hello_of(what).highest_version() == version);
        CHECK(hello_of(what).server_name->host == "releases.test");
        CHECK(to_string(what.how) == how);
    }
}

TEST_CASE("a test that there is not says what is wrong with it") {
    const auto unknown = make_question("mss:x", bazelisk(), 1493, noughts);
    REQUIRE(!unknown);
    CHECK(unknown.error().message.find("mss:x") != std::string::npos);
}
