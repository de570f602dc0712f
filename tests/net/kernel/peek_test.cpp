#include "helloscope/net/kernel/peek.hpp"

#include "support/catch.hpp"
#include "support/loopback.hpp"

using namespace helloscope;

namespace {

std::string peek(net::peeker& look, std::size_t offset, std::size_t size) {
    std::string text(size, '\0');
    const auto seen = look.at(offset, {reinterpret_cast<std::uint8_t*>(text.data()), size});
    text.resize(seen.size);
    return text;
}

} // namespace

TEST_CASE("a peek finds bytes at any offset, again and again, before and after reads") {
    if (!net::peeks_at_offsets()) return; // an older kernel: `tee` serves
    test::asio::io_context context;
    test::socket_pair pair(context);
    net::peeker look(pair.far.native_handle());
    CHECK(peek(look, 0, 3).empty());
    test::asio::write(pair.near, test::asio::buffer(std::string_view("0123456789")));
    pair.far.wait(test::tcp::socket::wait_read);
    CHECK(peek(look, 0, 3) == "012");
    CHECK(peek(look, 0, 3) == "012");
    CHECK(peek(look, 4, 2) == "45");
    CHECK(peek(look, 6, 2) == "67");
    CHECK(peek(look, 8, 9) == "89");
    CHECK(peek(look, 20, 1).empty());
    std::array<char, 3> taken{};
    test::asio::read(pair.far, test::asio::buffer(taken));
    CHECK(std::string_view(taken.data(), 3) == "012");
    CHECK(peek(look, 1, 2) == "45");
    CHECK(peek(look, 0, 1) == "3");
    peek(look, 3, 1);
    look.leave();
    std::array<char, 2> first{};
    CHECK(::recv(pair.far.native_handle(), first.data(), 2, MSG_PEEK) == 2);
    CHECK(std::string_view(first.data(), 2) == "34");
}

TEST_CASE("a peek tells the end, and the error that a read would have told") {
    test::asio::io_context context;
    test::socket_pair ended(context), broken(context);
    std::array<std::uint8_t, 1> seen{};
    ended.near.shutdown(test::tcp::socket::shutdown_send);
    ended.far.wait(test::tcp::socket::wait_read);
    CHECK(net::peeker(ended.far.native_handle()).at(0, seen).error == boost::asio::error::eof);
    broken.near.set_option(boost::asio::socket_base::linger(true, 0));
    broken.near.close();
    broken.far.wait(test::tcp::socket::wait_read);
    CHECK(
        net::peeker(broken.far.native_handle()).at(0, seen).error ==
        boost::asio::error::connection_reset);
}
