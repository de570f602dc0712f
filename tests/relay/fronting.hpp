// A client before a front: what it says, step by step, and what it is answered.
#pragma once

#include "front.hpp"
#include "relay/flow_fixture.hpp"
#include "support/catch.hpp"

namespace helloscope::test {

struct fronting : flow_fixture {
    using flow_fixture::flow_fixture;
    bool over = false;
    std::optional<relay::request> asked;
    relay::stream_reader from{flow->client, buffers};

    ~fronting() { // nothing is left suspended over streams that are gone
        if (over) return;
        client->ends();
        settle();
    }
    // Options are for all flows, and fixed: a test changes them before its flow begins.
    relay::options& options() { return const_cast<relay::options&>(common.options); }
    void start() {
        boost::asio::co_spawn(
            context, relay::read_front(*flow, from),
            [this](std::exception_ptr bug, std::optional<relay::request> got) {
                over = true;
                asked = std::move(got);
                if (bug) std::rethrow_exception(bug);
            });
        settle();
    }
    void says(std::string_view text) {
        client->gives(text);
        settle();
    }
    std::string status_line() const { return client->sent.substr(0, client->sent.find("\r\n")); }
    std::string front() const {
        const auto told_requests = told.all<model::requested>();
        return told_requests.empty() ? "" : told_requests.front().front;
    }
};

} // namespace helloscope::test
