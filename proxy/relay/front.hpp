// What a new client wants: reads its first bytes and its request head from the client leg. Says no
// by itself where there is nothing to say yes to, and then has told why.
#pragma once

#include "flow.hpp"
#include "helloscope/wire/front/answer.hpp"

namespace helloscope::relay {

struct request {
    host_port target;
    bytes early; // of the tunnel already, came right behind the head
    request() = default;
};

// Nothing: the client was refused, or went away.
net::awaitable<std::optional<request>> read_front(flow& of);

// Answers with an error and ends the client leg so that the answer arrives.
net::awaitable<void> refuse(flow& of, wire::front::error_answer_spec why);

} // namespace helloscope::relay
