// What rules about the data stage share: which leg stands still, which way, and what is known of
// the piece that does not arrive.
#pragma once

#include "rule.hpp"

namespace helloscope::diagnose {

struct data_stall {
    model::leg where{};
    bool to_us = false; // what the peer sends does not come; else ours is not acknowledged
    std::optional<std::uint32_t> piece; // of ours
    bool later_arrived = false;         // a shorter one behind it
    bool answer_lost = false; // only our own last words show it: the peer has had them twice
};

// Established, still for a while, and a kernel that says something is lost: a tunnel that nobody
// uses is none.
std::optional<data_stall> data_stall_of(const facts& f);

// The client asked for something since the server's last word, and its own last one was no
// close_notify. What a session ticket crosses on its way passes for answered.
bool request_is_open(const facts& f);

// "releases.bazel.build:443", "the client 127.0.0.1:52114"
std::string far_end_of(const facts& f, model::leg where);

} // namespace helloscope::diagnose
