// How a client asked, and how it is answered. read_front() finds out what a new client wants; one
// front a file in fronts/.
#pragma once

#include "flow.hpp"
#include "helloscope/policy/ways_out.hpp"
#include "helloscope/wire/front/answer.hpp"
#include "stream_reader.hpp"

#include <memory>

namespace helloscope::relay {

// Why a client does not get what it wants.
struct refusal {
    wire::front::error_answer_spec spec;
    std::vector<std::pair<std::string, std::string>> fields; // of an HTTP answer, beyond the usual

    explicit refusal(wire::front::error_answer_spec why) : spec(std::move(why)) {}
    // With the status that RFC 9209 recommends for the error, or another.
    refusal(wire::front::proxy_error error, std::string cause);
    refusal(int status, wire::front::proxy_error error, std::string cause);
};

// The way to say yes and no to one client. An empty answer: this front has no words for it.
class front {
  public:
    virtual ~front() = default;
    // The server leg stands; `local` is our end of it.
    virtual std::string established(const endpoint& local) const = 0;
    virtual std::string refused(const refusal& why) const = 0;
};

struct request {
    host_port target;
    policy::asked_for what = policy::asked_for::tunnel;
    std::unique_ptr<front> by;
    std::string authorization; // the client's Proxy-Authorization, meant for a parent
    std::string via;           // whom the request came through, as its Via fields say
    // Where choose_way() has been asked already: the way out, and what the target's name gave.
    std::optional<policy::way_out> way;
    std::optional<net::resolver::answer> addresses;
    request() = default;
};

// What the client wants; what it sent behind it stays in `from`. With plain_http the request head
// itself is still there, and `target` is empty. Nothing: the client was refused, or went away, and
// that has been told.
net::awaitable<std::optional<request>> read_front(flow& of, stream_reader& from);

// Answers by the front's words and ends the client leg so that the answer arrives; where there are
// no words, the leg is reset.
net::awaitable<void> refuse(flow& of, const front& by, refusal why);

// Words of a peer as they may be shown: what is not printable ASCII becomes '?'.
std::string printable(std::string_view words);

// Says what is to be said last, and then waits for the client to close: a close of ours with bytes
// of the client unread would be a reset, and the answer could be lost with it.
net::awaitable<void> say_goodbye(flow& of, std::string answer);

} // namespace helloscope::relay
