#include "helloscope/net/streams/fault_stream.hpp"

#include "support/catch.hpp"
#include "support/memory_stream.hpp"

using namespace helloscope;
using namespace std::chrono_literals;
using net::error_code;

namespace {

std::vector<fault::spec> specs(std::initializer_list<std::string_view> texts) {
    std::vector<fault::spec> made;
    for (const auto text : texts) made.push_back(fault::parse_spec(text).value());
    return made;
}

// A stream with faults around one in memory, and what they wanted of the flow.
struct faulty final : net::fault_hook {
    boost::asio::io_context context;
    test::memory_stream* inner = new test::memory_stream(context);
    std::vector<std::string> acted;
    std::string back;
    fault::ending how = fault::ending::none;
    net::fault_setup::list live = std::make_shared<const std::vector<fault::spec>>();
    std::unique_ptr<net::fault_stream> stream;

    explicit faulty(std::initializer_list<std::string_view> faults) {
        net::fault_setup setup;
        setup.under.passing = direction::to_client;
        setup.fixed = specs(faults);
        setup.live = [this] { return live; };
        setup.hook = this;
        stream = std::make_unique<net::fault_stream>(
            std::unique_ptr<net::stream>(inner), context.get_executor(), std::move(setup));
        stream->begin();
    }
    ~faulty() override {
        stream.reset();
        poll();
    }

    void faulted(direction, const fault::spec& one, std::string, std::uint64_t) override {
        acted.push_back(short_text(one));
    }
    void answered(direction, bytes octets, bool) override { back += as_text(octets); }
    void ended(direction, fault::ending all) override { how = all; }

    net::moved write(std::string_view text) { return stream->write_now(as_bytes(text)); }
    void become(std::initializer_list<std::string_view> faults) {
        live = std::make_shared<const std::vector<fault::spec>>(specs(faults));
    }
    void poll() { // whatever can run now
        context.restart();
        context.poll();
    }
    template <class Done> void until(Done done) { // timers are waited for
        context.restart();
        while (!done() && context.run_one() > 0) {}
        CHECK(done());
    }
};

} // namespace

TEST_CASE("without a fault everything passes at once, and reads are the inner stream's") {
    faulty line({});
    CHECK(line.write("abc").size == 3);
    CHECK(line.inner->sent == "abc");
    line.inner->gives("def");
    std::array<std::uint8_t, 8> buffer{};
    CHECK(line.stream->read_now(buffer).size == 3);
    line.stream->shutdown_send();
    CHECK(line.inner->sends_ended);
    CHECK(line.stream->plain_socket() == -1);
}

TEST_CASE("what is delayed is sent by itself, and the end behind it") {
    faulty line({"latency:300ms"}); // long enough that a busy machine does not miss it
    line.write("abc");
    line.stream->shutdown_send();
    CHECK(line.inner->sent.empty());
    CHECK(line.acted == std::vector<std::string>{"latency:300ms"});
    CHECK(line.stream->unacknowledged() == 3);
    line.until([&] { return line.inner->sends_ended; });
    CHECK(line.inner->sent == "abc");
    CHECK(line.stream->unacknowledged() == 0);
}

TEST_CASE("settling waits for what is delayed, not for what is stuck") {
    faulty line({"latency:300ms", "stall@3"});
    line.write("abcdef");
    bool settled = false;
    boost::asio::co_spawn(
        line.context, line.stream->settle(), [&](std::exception_ptr) { settled = true; });
    line.poll();
    CHECK_FALSE(settled);
    CHECK_FALSE(line.stream->stuck());
    line.until([&] { return settled; });
    CHECK(line.inner->sent == "abc");
    CHECK(line.stream->stuck());
    CHECK(line.stream->unacknowledged() == 0);
}

TEST_CASE("a writer waits while a fault holds as much as it may") {
    faulty line({"to_client stall"});
    const std::string much(fault::chain::limit + 10, 'x');
    CHECK(line.write(much).size == fault::chain::limit);
    CHECK(line.write("more").error == boost::asio::error::would_block);
    std::optional<error_code> writable;
    const auto wait = [&]() -> net::awaitable<void> {
        const auto got = co_await line.stream->wait_writable();
        writable = got;
    };
    boost::asio::co_spawn(line.context, wait(), boost::asio::detached);
    line.poll();
    CHECK_FALSE(writable);
    line.become({"latency:0s"}); // one that is in nobody's way
    line.stream->look();
    CHECK(line.inner->sent.empty()); // the fixed one is still there
    line.stream->stop_waiting();
    line.poll();
    CHECK(writable == boost::asio::error::operation_aborted);
}

TEST_CASE("what the inner stream does not take waits for it") {
    faulty line({"slice:2"});
    line.inner->takes(3);
    line.write("abcdef");
    line.stream->shutdown_send();
    CHECK(line.inner->sent == "abc");
    line.inner->takes(100);
    line.until([&] { return line.inner->sends_ended; });
    CHECK(line.inner->sent == "abcdef");
}

TEST_CASE("faults are exchanged when something is written, or when somebody looks") {
    faulty line({});
    line.become({"stall name=a"});
    line.write("abc");
    CHECK(line.inner->sent.empty());
    CHECK(line.acted == std::vector<std::string>{"stall"});
    line.become({});
    line.stream->look();
    CHECK(line.inner->sent == "abc");
    line.write("def");
    CHECK(line.inner->sent == "abcdef");
}

TEST_CASE("a timeout that is taken away closes the flow") {
    faulty line({});
    line.become({"timeout"});
    line.write("abc");
    line.become({});
    line.stream->look();
    CHECK(line.inner->sent.empty());
    CHECK(line.how == fault::ending::close);
}

TEST_CASE("a reset is for the flow to do, when what came before has been written") {
    faulty line({"reset@3"});
    line.inner->takes(2);
    line.write("abc");
    CHECK(line.how == fault::ending::none);
    line.inner->takes(100);
    line.until([&] { return line.how != fault::ending::none; });
    CHECK(line.how == fault::ending::reset);
    CHECK(line.inner->sent == "abc");
    CHECK_FALSE(line.inner->was_reset);
}

TEST_CASE("what is due at once is done at the beginning") {
    faulty line({"reset@0"});
    CHECK(line.how == fault::ending::reset);
}

TEST_CASE("an answer goes back, and what is injected comes behind what was written") {
    faulty line({"to_server alert:unrecognized_name"}); // it answers what comes from the server
    line.write("hello");
    CHECK(line.back.size() == 7);
    CHECK(line.inner->sent.empty());
    faulty other({});
    other.write("abc");
    other.stream->inject(to_bytes(as_bytes("alert")), true);
    CHECK(other.inner->sent == "abcalert");
    CHECK(other.how == fault::ending::close);
}

TEST_CASE("an error of the inner stream is told to the next who writes") {
    faulty line({"latency:1ms"});
    line.write("abc");
    line.inner->breaks();
    line.until([&] { return line.write("def").error == boost::asio::error::connection_reset; });
    CHECK_FALSE(line.stream->stuck());
}

TEST_CASE("a stream that is reset, closed or gone sends nothing more") {
    for (const int way : {0, 1, 2}) {
        faulty line({"latency:300ms"});
        std::string last;
        line.inner->last_words = &last;
        line.write("abc");
        if (way == 0) line.stream->reset();
        if (way == 1) line.stream->close();
        if (way == 2) line.stream.reset();
        line.context.restart();
        line.context.run(); // nothing waits any more
        if (way < 2) CHECK(line.inner->sent.empty());
        if (way == 2) CHECK(last.empty());
    }
}
