// A flow between two memory streams, and what it told.
#pragma once

#include "flow.hpp"
#include "support/loopback.hpp"
#include "support/memory_stream.hpp"

namespace helloscope::test {

struct told_events final : relay::recorder::inlet {
    std::vector<model::event> events;
    std::vector<trace::piece> pieces;
    std::unique_ptr<model::timeline> over;
    bool full = false;

    void event(model::event happened) override { events.push_back(std::move(happened)); }
    void piece(trace::piece bytes) override { pieces.push_back(std::move(bytes)); }
    void flow(std::unique_ptr<model::timeline> line) override { over = std::move(line); }
    bool wants_pieces() const override { return true; }
    bool crowded() const override { return full; }

    template <class T> std::vector<T> all() const {
        std::vector<T> out;
        for (const auto& one : events)
            if (const auto* got = std::get_if<T>(&one.what)) out.push_back(*got);
        return out;
    }
    std::string kept_text() const {
        std::string out;
        for (const auto& one : pieces) out.append(as_text(one.body));
        return out;
    }
};

struct flow_fixture {
    flow_fixture() : flow_fixture(endpoint{{false, {127, 0, 0, 1}}, 50'000}) {}
    explicit flow_fixture(
        const endpoint& from, relay::way_in how = relay::way_in::proxy, host_port target = {})
        : flow_fixture(options_of(how, std::move(target)), from) {}
    explicit flow_fixture(
        relay::options wanted, const endpoint& from = endpoint{{false, {127, 0, 0, 1}}, 50'000})
        : common(std::move(wanted), names, "helloscope-00007e57"),
          flow(std::make_unique<relay::flow>(
              relay::flow::surroundings{common, told, buffers, pipes},
              std::unique_ptr<net::stream>(client),
              relay::arrival(common.options.listeners.front(), from))) {}

    static relay::options options_of(relay::way_in how, host_port target) {
        relay::options made;
        made.listeners.front().how = how;
        made.listeners.front().target = std::move(target);
        return made;
    }

    boost::asio::io_context context;
    net::resolver names;
    relay::shared common;
    told_events told;
    relay::buffer_pool buffers;
    net::pipe_pool pipes{8};
    memory_stream* client = new memory_stream(context);
    std::unique_ptr<relay::flow> flow;
    memory_stream* server = nullptr;

    void connect() {
        server = new memory_stream(context);
        flow->server.reset(server);
        flow->enter(model::stage::hello);
    }
    // Runs whatever can run now.
    void settle() {
        context.restart();
        context.poll();
    }
};

} // namespace helloscope::test
