#include "stream_reader.hpp"

#include "support/catch.hpp"
#include "support/loopback.hpp"
#include "support/memory_stream.hpp"

using namespace helloscope;
using namespace helloscope::relay;

TEST_CASE("what was not used stays together with what comes behind it") {
    boost::asio::io_context context;
    auto* memory = new test::memory_stream(context);
    std::unique_ptr<net::stream> stream(memory);
    buffer_pool buffers;
    stream_reader from(stream, buffers);
    memory->gives("abc");
    CHECK_FALSE(test::run(context, from.more()));
    from.spend(1);
    memory->gives("def");
    CHECK_FALSE(test::run(context, from.more()));
    CHECK(as_text(from.unused()) == "bcdef");
    CHECK(as_text(from.take()) == "bcdef");
    CHECK(from.unused().empty());
    memory->ends();
    CHECK(test::run(context, from.more()) == boost::asio::error::eof);
}
