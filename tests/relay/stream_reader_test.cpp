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

TEST_CASE("what is spent is not kept, though something is always left") {
    boost::asio::io_context context;
    std::unique_ptr<net::stream> stream;
    buffer_pool buffers;
    stream_reader from(stream, buffers);
    const bytes read(1'000);
    from.put(bytes(1));
    for (int i = 0; i < 1'000; ++i) {
        from.put(read);
        from.spend(read.size());
    }
    CHECK(from.unused().size() == 1);
    CHECK(from.take().capacity() < 10 * read.size());
}
