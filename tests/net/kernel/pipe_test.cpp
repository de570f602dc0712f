#include "helloscope/net/kernel/pipe.hpp"

#include "support/catch.hpp"
#include "support/loopback.hpp"

using namespace helloscope;

namespace {

struct carried {
    test::asio::io_context context;
    test::socket_pair from{context}, to{context};
    std::optional<net::pipe> through = net::pipe::open();

    carried() {
        from.far.non_blocking(true);
        to.near.non_blocking(true);
    }
    void arrives(std::string_view text) {
        test::asio::write(from.near, test::asio::buffer(text));
        from.far.wait(test::tcp::socket::wait_read);
    }
    std::string received(std::size_t size) {
        std::string text(size, '\0');
        test::asio::read(to.far, test::asio::buffer(text));
        return text;
    }
};

} // namespace

TEST_CASE_METHOD(carried, "a pipe carries bytes from socket to socket") {
    REQUIRE(through);
    CHECK(through->fill(from.far.native_handle(), 10).error == boost::asio::error::would_block);
    arrives("hello, pipe");
    CHECK(through->fill(from.far.native_handle(), 5).size == 5);
    CHECK(through->held() == 5);
    CHECK(through->drain(to.near.native_handle()).size == 5);
    CHECK(through->held() == 0);
    CHECK(through->fill(from.far.native_handle(), 100).size == 6);
    CHECK(through->drain(to.near.native_handle()).size == 6);
    CHECK(received(11) == "hello, pipe");
}

TEST_CASE_METHOD(carried, "a pipe tells ends and resets as a stream does") {
    from.near.shutdown(test::tcp::socket::shutdown_send);
    from.far.wait(test::tcp::socket::wait_read);
    CHECK(through->fill(from.far.native_handle(), 10).error == boost::asio::error::eof);

    test::socket_pair broken(context);
    broken.far.non_blocking(true);
    broken.near.set_option(boost::asio::socket_base::linger(true, 0));
    broken.near.close();
    broken.far.wait(test::tcp::socket::wait_read);
    const auto got = through->fill(broken.far.native_handle(), 10);
    CHECK(got.error == boost::asio::error::connection_reset);
}

TEST_CASE_METHOD(carried, "what one pipe holds another can hold too, to be read or thrown away") {
    arrives("abcdef");
    through->fill(from.far.native_handle(), 6);
    auto second = net::pipe::open();
    CHECK(through->share_with(*second) == 6);
    std::array<std::uint8_t, 2> seen{};
    CHECK(second->read(seen) == 2);
    CHECK(as_text(seen) == "ab");
    second->discard(3);
    CHECK(second->held() == 1);
    CHECK(second->read(seen) == 1);
    CHECK(seen[0] == 'f');
    through->drain(to.near.native_handle());
    CHECK(received(6) == "abcdef");
}

TEST_CASE_METHOD(carried, "a pool lends no more than it may, and no pipe with bytes in it") {
    net::pipe_pool pool(1);
    {
        auto lent = pool.borrow();
        REQUIRE(lent);
        CHECK_FALSE(pool.borrow());
        arrives("left");
        (*lent)->fill(from.far.native_handle(), 4);
    }
    auto next = pool.borrow();
    REQUIRE(next);
    CHECK((*next)->held() == 0);
    std::array<std::uint8_t, 4> seen{};
    CHECK((*next)->read(seen) == 0);
}

TEST_CASE("the budget for pipes is what the kernel grants, less a share for others") {
    CHECK(net::pipe_budget() > 0);
    CHECK(net::pipe_budget() <= 64);
}
