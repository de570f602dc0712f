#include "helloscope/net/dialers/hop.hpp"

#include "helloscope/net/streams/deadline.hpp"
#include "helloscope/wire/front/response_head.hpp"
#include "helloscope/wire/front/socks_client.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace helloscope::net {

using ending = hop_answer::ending;
using wire::front::socks_client;

namespace {

constexpr int most_interim = 16; // 1xx answers before the one that counts

// What a dialogue needs of a stream: all of it written, one read more.
class talk {
  public:
    talk(asio::any_io_executor executor, stream& through, std::chrono::milliseconds limit)
        : through_(through), limit_(limit), time_(executor, through, limit) {}

    awaitable<error_code> say(bytes_view what) {
        while (!what.empty()) {
            const auto sent = through_.write_now(what);
            what = what.subspan(sent.size);
            if (sent.error && sent.error != asio::error::would_block) co_return sent.error;
            if (time_.fired()) co_return asio::error::timed_out;
            if (!sent.error) continue;
            const auto stopped = co_await through_.wait_writable();
            if (stopped) co_return stopped;
        }
        co_return error_code();
    }

    awaitable<error_code> hear() {
        while (!time_.fired()) {
            const auto stopped = co_await through_.wait_readable();
            if (stopped) co_return stopped;
            std::array<std::uint8_t, 4096> buffer;
            const auto got = through_.read_now(buffer);
            heard.insert(heard.end(), buffer.begin(), buffer.begin() + got.size);
            if (got.size > 0) co_return error_code();
            if (got.error != asio::error::would_block) co_return got.error;
        }
        co_return asio::error::timed_out;
    }

    void spend(std::size_t n) {
        heard.erase(heard.begin(), heard.begin() + static_cast<std::ptrdiff_t>(n));
    }

    // Why it got no further.
    hop_answer cut_short(const error_code& error) const {
        hop_answer answer;
        if (time_.fired()) {
            answer.how = ending::silent;
            answer.error = fmt::format(
                "{} within {} s", heard.empty() ? "nothing" : "half an answer",
                std::chrono::duration<double>(limit_).count());
        } else if (error == asio::error::eof) {
            answer.how = ending::closed;
            answer.error = heard.empty() ? "without an answer" : "in the middle of its answer";
        } else {
            answer.how = ending::broken;
            answer.error = error_name(error);
        }
        return answer;
    }

    bytes heard; // and not spent

  private:
    stream& through_;
    std::chrono::milliseconds limit_;
    deadline time_;
};

hop_answer garbled(std::string error) {
    hop_answer answer;
    answer.how = ending::garbled;
    answer.error = std::move(error);
    return answer;
}

// ---- HTTP

std::string connect_head(const hop_request& asked) {
    const auto target = to_string(asked.next);
    auto head = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", target);
    if (!asked.via.empty()) head += fmt::format("Via: {}\r\n", asked.via);
    const auto login = asked.parent.login ? basic_authorization(*asked.parent.login)
                                          : asked.client_authorization;
    if (!login.empty()) head += fmt::format("Proxy-Authorization: {}\r\n", login);
    return head + "\r\n";
}

hop_answer answer_of(const wire::front::response_head& head) {
    hop_answer answer;
    answer.status = head.status;
    answer.reason = head.reason;
    answer.how = head.status / 100 == 2 ? ending::passed
                 : head.status == 407   ? ending::wants_login
                                        : ending::refused;
    if (answer.how != ending::passed)
        for (const auto& field : head.fields) answer.fields.emplace_back(field.name, field.value);
    return answer;
}

// Each byte is looked at once, though the first ones may tell already that it is not HTTP.
parsed<wire::front::response_head> parse_so_far(
    wire::front::head_scanner& scanner, bytes_view heard) {
    const auto end = scanner.find_end(heard);
    const bool more = !end && end.error().code == errc::need_more;
    return wire::front::parse_response_head(
        more ? heard.first(std::min<std::size_t>(heard.size(), 5)) : heard);
}

awaitable<hop_answer> ask_http(talk& with, const hop_request& asked) {
    const auto head = connect_head(asked);
    wire::front::head_scanner scanner;
    int interim = 0;
    auto stopped = co_await with.say(as_bytes(head));
    while (!stopped) {
        const auto answered = parse_so_far(scanner, with.heard);
        if (answered) {
            auto answer = answer_of(*answered);
            with.spend(answered->size);
            if (answer.status / 100 != 1) co_return answer;
            if (++interim == most_interim)
                co_return garbled(fmt::format(
                    "the answer is not HTTP/1: {} interim answers and no final one", interim));
            scanner = {};
        } else if (answered.error().code == errc::need_more) {
            stopped = co_await with.hear();
        } else {
            co_return garbled("the answer is not HTTP/1: " + to_string(answered.error()));
        }
    }
    co_return with.cut_short(stopped);
}

// ---- SOCKS5

awaitable<hop_answer> ask_socks(talk& with, const hop_request& asked) {
    socks_client dialogue(asked.next, asked.parent.login, asked.via);
    const auto greeting = dialogue.greeting();
    auto stopped = co_await with.say(greeting);
    while (!stopped) {
        const auto step = dialogue.feed(with.heard);
        with.spend(step.used);
        hop_answer answer;
        answer.status = step.reply;
        answer.reason = step.words;
        switch (step.what) {
        case socks_client::next::done: answer.how = ending::passed; co_return answer;
        case socks_client::next::refused: answer.how = ending::refused; co_return answer;
        case socks_client::next::wants_login: answer.how = ending::wants_login; co_return answer;
        case socks_client::next::garbled:
            co_return garbled("the answer is not SOCKS5: " + step.words);
        case socks_client::next::more: stopped = co_await with.hear(); break;
        case socks_client::next::send: stopped = co_await with.say(step.to_send); break;
        }
    }
    co_return with.cut_short(stopped);
}

} // namespace

awaitable<hop_answer> pass_hop(stream& through, hop_request asked) {
    const auto began = std::chrono::steady_clock::now();
    talk with(co_await asio::this_coro::executor, through, asked.limit);
    hop_answer answer;
    if (asked.parent.speaks_http())
        answer = co_await ask_http(with, asked);
    else
        answer = co_await ask_socks(with, asked);
    if (answer.how == ending::passed) answer.early = std::move(with.heard);
    answer.took = std::chrono::steady_clock::now() - began;
    co_return answer;
}

} // namespace helloscope::net
