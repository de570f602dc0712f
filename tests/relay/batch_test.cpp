#include "batch.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

#include <string>

using namespace helloscope;
using namespace helloscope::relay;

namespace {

std::string record(char type, std::size_t length) {
    const char size[]{static_cast<char>(length >> 8), static_cast<char>(length & 0xff)};
    return std::string{type, 3, 3} + std::string(size, 2) + std::string(length, 'x');
}

// The plan for what waits in a socket that got `seen` of the stream before.
batch plan(std::string_view seen, std::string_view waits, std::size_t most = 1 << 20) {
    wire::tls::record_walker walker;
    auto input = as_bytes(seen);
    while (walker.next(input)) {}
    batch made;
    plan_batch(made, walker, most, [&](std::size_t offset, std::span<std::uint8_t> into) {
        if (offset >= waits.size()) return std::size_t{0};
        const auto n = std::min(into.size(), waits.size() - offset);
        std::copy_n(waits.begin() + static_cast<std::ptrdiff_t>(offset), n, into.begin());
        return n;
    });
    return made;
}

const std::string data = record(23, 100);

} // namespace

TEST_CASE("a batch ends with the last record whose header has come") {
    struct row {
        std::string name, seen, waits;
        std::size_t size, count;
    };
    const auto [name, seen, waits, size, count] = GENERATE(
        row{"nothing", "", "", 0, 0}, row{"one record", "", data, 105, 1},
        row{"two", "", data + data, 210, 2},
        row{"a body still on its way", "", data + data.substr(0, 20), 210, 2},
        row{"half a header behind", "", data + data.substr(0, 4), 105, 1},
        row{"half a header alone", "", data.substr(0, 4), 0, 0},
        row{"the rest of a body", data.substr(0, 50), data.substr(50) + data, 55 + 105, 1},
        row{"the rest of a header", data.substr(0, 3), data.substr(3), 102, 1},
        row{"less than that", data.substr(0, 1), data.substr(1, 2), 0, 0},
        row{"an empty record", "", record(23, 0) + data, 110, 2},
        row{"an alert behind", "", data + record(21, 2), 105, 1},
        row{"an alert first", "", record(21, 2) + data, 0, 0},
        row{"the rest of a handshake", record(22, 50).substr(0, 20), "xxxx", 0, 0},
        row{"no TLS behind", "", data + "HTTP/1.1 200", 105, 1},
        row{"no TLS", "", "HTTP/1.1 200", 0, 0});
    CAPTURE(name);
    const auto made = plan(seen, waits);
    CHECK(made.size == size);
    CHECK(made.count == count);
}

TEST_CASE("the headers of a batch stand where they were found") {
    const auto made = plan(data.substr(0, 103), data.substr(103) + data + record(23, 7));
    REQUIRE(made.count == 2);
    CHECK(made.headers[0].offset == 2);
    CHECK(made.headers[1].offset == 2 + 105);
    CHECK(made.headers[1].view()[4] == 7);
    const auto cut = plan(data.substr(0, 2), data.substr(2));
    REQUIRE(cut.count == 1);
    CHECK(cut.headers[0].offset == 0);
    CHECK(cut.headers[0].size == 3);
}

TEST_CASE("a batch is as large as asked for, to the end of a record, and no more headers") {
    std::string many;
    for (int i = 0; i < 300; ++i) many += data;
    CHECK(plan("", many, 1).size == 105);
    CHECK(plan("", many, 106).size == 210);
    CHECK(plan("", many).count == batch::most_headers);
    CHECK(plan("", many).size == batch::most_headers * 105);
}
