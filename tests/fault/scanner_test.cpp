#include "scanner.hpp"

#include "support/catch.hpp"
#include "wire/tls/fixtures.hpp"

#include <fmt/format.h>

using namespace helloscope;
using namespace helloscope::fault;
using namespace helloscope::test;

namespace {

std::vector<std::string> landmarks(bytes_view all, std::size_t step) {
    std::vector<std::string> out;
    scanner look;
    const auto tell = [&](const landmark& mark) {
        static constexpr std::string_view names[] = {"record", "message", "name"};
        out.push_back(
            fmt::format("{} {} at {}", names[static_cast<int>(mark.kind)], mark.type, mark.at));
        CHECK(mark.at <= look.fed());
    };
    feed_cut(all, 0, step, [&](bytes_view part) {
        const auto before = look.decided(false);
        look.feed(part, tell);
        CHECK(look.decided(false) >= before);
        CHECK(look.decided(true) <= look.decided(false));
        CHECK(look.next_border() >= look.decided(false));
    });
    CHECK(look.decided(true) == all.size());
    return out;
}

} // namespace

TEST_CASE("records, messages and the name are found, however the stream is cut") {
    const auto hello = hello_record("curl-7.88");
    const auto whole = landmarks(hello, hello.size());
    REQUIRE(whole.size() == 3);
    CHECK(whole[0] == "record 22 at 0");
    CHECK(whole[1] == "message 1 at 0");
    CHECK(whole[2].starts_with("name 0 at "));
    for (std::size_t step = 1; step < 20; ++step) CHECK(landmarks(hello, step) == whole);
}

TEST_CASE("the messages of TLS 1.2 are found up to Finished") {
    const auto all = stream_of(dialogue("tls12"), direction::to_client);
    const auto found = landmarks(all, 1);
    CHECK(found == landmarks(all, all.size()));
    std::string types;
    for (const auto& one : found)
        if (one.starts_with("message")) types += one.substr(8, one.find(" at ") - 8) + " ";
    CHECK(types.starts_with("2 11 "));
    CHECK(types.ends_with(" 14 4 20 "));
}

TEST_CASE("of TLS 1.3 only what is in the clear is found") {
    const auto found = landmarks(stream_of(dialogue("tls13"), direction::to_client), 7);
    std::size_t messages = 0;
    for (const auto& one : found) messages += one.starts_with("message");
    CHECK(messages == 1);
    CHECK(found[1] == "message 2 at 0");
}

TEST_CASE("what is no TLS has no landmarks and holds nothing back") {
    CHECK(landmarks(as_bytes("GET / HTTP/1.1\r\n\r\n"), 3).empty());
}

TEST_CASE("a header and a hello are held until they are understood") {
    const auto hello = hello_record("curl-7.88");
    scanner look;
    const auto ignore = [](const landmark&) {};
    look.feed(bytes_view(hello).first(5), ignore);
    CHECK(look.decided(false) == 0);
    look.feed(bytes_view(hello).subspan(5, 1), ignore);
    CHECK(look.decided(false) == 6);
    CHECK(look.decided(true) == 0);
    CHECK(look.next_border() == hello.size());
    look.feed(bytes_view(hello).subspan(6), ignore);
    CHECK(look.decided(true) == hello.size());
}

TEST_CASE("the place of a name counts across records") {
    // The same hello in records of 50 bytes.
    const auto one = hello_record("curl-7.88");
    bytes cut;
    for (std::size_t at = 5; at < one.size(); at += 50) {
        const auto size = std::min<std::size_t>(50, one.size() - at);
        cut.insert(cut.end(), {22, 3, 1, 0, static_cast<std::uint8_t>(size)});
        cut.insert(
            cut.end(), one.begin() + static_cast<std::ptrdiff_t>(at),
            one.begin() + static_cast<std::ptrdiff_t>(at + size));
    }
    const auto place = [](bytes_view stream, trigger when) {
        scanner look;
        std::uint64_t at = 0;
        look.feed(stream, [&](const landmark& mark) {
            if (mark.kind == landmark::what::name) at = look.place_of(when);
        });
        return stream[at];
    };
    using at = trigger::at;
    for (const int more : {0, 1, 5, -3})
        CHECK(place(cut, {at::sni, more, {}}) == place(one, {at::sni, more, {}}));
    CHECK(place(cut, {at::midsni, 0, {}}) == place(one, {at::midsni, 0, {}}));
    CHECK(place(one, {at::sni, -100'000, {}}) == 22); // not before the hello begins
}

TEST_CASE("mutated streams do no harm") {
    mutated(stream_of(dialogue("tls12"), direction::to_client), 300, 7, [](const bytes& stream) {
        scanner look;
        feed_cut(stream, 0, 11, [&](bytes_view part) { look.feed(part, [](const landmark&) {}); });
    });
}
