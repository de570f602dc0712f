// One client connection and everything known of it: its legs, its clock, its events.
// flow_runner.cpp leads it from stage to stage; it lives and dies on one thread.
#pragma once

#include "buffers.hpp"
#include "entrance.hpp"
#include "helloscope/model/facts.hpp"
#include "helloscope/model/timeline.hpp"
#include "helloscope/net/clock.hpp"
#include "helloscope/net/kernel/pipe.hpp"
#include "helloscope/net/streams/stream.hpp"
#include "observer.hpp"
#include "segment_count.hpp"
#include "shared.hpp"

#include <memory>

namespace helloscope::relay {

// How a connection came to us.
struct arrival {
    std::shared_ptr<const entrance> by;
    const listening& in; // of that
    endpoint from;
    result<endpoint> destination; // where the client was going; the listener, unless transparent

    arrival(const listening& through, const endpoint& peer)
        : arrival(std::make_shared<const entrance>(through), peer, through.at) {}
    arrival(std::shared_ptr<const entrance> through, const endpoint& peer, result<endpoint> meant)
        : by(std::move(through)), in(by->where), from(peer), destination(std::move(meant)) {}
};

class flow_faults;
class investigating;

// Both directions of a flow while bytes pass (pump.hpp).
struct running_pump {
    virtual ~running_pump() = default;
};

class flow final : private observer_sink {
  public:
    struct surroundings {
        shared& common;
        recorder::inlet& record;
        buffer_pool& buffers;
        net::pipe_pool& pipes;
    };

    // A server leg that is being made: it is given up when the client leaves, unless that has sent
    // more already, and when the flow is aborted.
    struct opening {
        net::asio::cancellation_signal give_up;
        bool client_may_leave;
        net::error_code client_left{};

        explicit opening(bool may_leave) : client_may_leave(may_leave) {}
    };

    // What runs beside the flow while one of its stages lasts. All are called on its thread.
    class companion {
      public:
        virtual ~companion() = default;
        virtual void tick() = 0;                   // each `period`
        virtual void give_up() = 0;                // the client has left, or the legs were reset
        virtual net::awaitable<void> finish() = 0; // until nothing of it runs; it was given up
    };

    flow(surroundings around, std::unique_ptr<net::stream> client, arrival came);
    ~flow() override; // finishes, if nobody did
    // Once, when both legs are over: what the end leaves to tell, and the verdict.
    void end_story();
    void finish(); // the same, flow_closed, and the whole story

    void tell(model::happening what) { happened(std::move(what), clock.now()); }
    // Whether the kernel knew something new. That time has passed since it last heard from the peer
    // is no news; where it matters the sample is told all the same.
    enum class unchanged : bool { untold, told };
    bool tell_path(model::leg of, unchanged then = unchanged::untold);
    void look_at_the_end();                  // at the server's leg, when the client or we leave
    void tell_clamped(model::clamped limit); // with what the kernel makes of it
    // That it heals, as every flow does, is told where that matters: with another attempt or a
    // verdict. Recordings of flows that are well would say it of each.
    void put_off_healing() { healing_untold_ = true; }
    bool tell_healing(); // whether it was still to be told
    void enter(model::stage next) {
        if (next <= stage_) return;
        stage_ = next;
        touch(); // a stage begins: nothing is owed yet
    }
    // A byte has passed, or nothing is owed: silence is counted from now on.
    timestamp touch() {
        resting_ = 0;
        return last_byte = clock.now();
    }
    // The front's dialogue as the recording may keep it: `masked` of a real length.
    void tell_dialogue(
        direction way, std::string_view masked, trace::legs on = trace::legs::client);
    // The same where nothing may be kept but how much it was.
    void tell_unseen(direction way, trace::legs on, std::size_t length);
    // A leg is over. Each leg's end is told once a direction.
    void tell_closed(model::leg of, std::string by, std::string how, std::string error = {});

    // The same for an error: a reset is the peer's, a timeout the kernel's.
    void tell_broken(model::leg of, const net::error_code& error);
    // What the rules make of the facts so far. It is told when it is something new: while the flow
    // goes on another cause or certainty, at the end any change.
    enum class telling : std::uint8_t { news, changes };
    void conclude(telling what);
    bool concluded() const { return timeline_ && timeline_->concluded; } // a verdict stands
    model::facts facts();                                                // as they are now

    // The writes of a shaped first flight are out: whether they left as so many segments is told
    // when all is acknowledged, or with the last look before more is sent or the leg is closed.
    void count_segments(const segment_count& begun);
    enum class look : std::uint8_t { again, last };
    void look_at_segments(look when);
    // The most that a segment of ours may hold, where a shape wants small ones for the handshake.
    std::optional<std::uint32_t> piece_size() const;

    // Ends both legs at once; whatever waits for them comes back.
    void abort();
    // A fault ends it: whatever waits comes back, and flow_faults::finish() ends the legs.
    void cut();
    // The same because helloscope ends.
    void stop();
    // Closes both legs as a server does that goes: its listener was closed or changed.
    void leave(std::string_view why);
    // Comes back when the flow was aborted: for a race with something that nobody else can end.
    net::awaitable<net::error_code> stopped();
    // Called every `period`; one timer a thread serves all flows. A tunnel in which nothing moves
    // is passed over until there is something to look at: thousands of them cost their neighbours
    // nothing.
    void sweep() {
        if (resting_ == 0) return tick();
        --resting_;
    }
    static constexpr std::chrono::milliseconds period{250};
    // Deadlines, what has become old, and whether the flow stands still.
    void tick();

    net::stream& from(direction way) { return way == direction::to_server ? *client : *server; }
    net::stream& to(direction way) { return way == direction::to_server ? *server : *client; }
    model::stage stage() const { return stage_; }
    std::uint64_t number() const { return id_; }

    surroundings around;
    const arrival came;
    std::optional<endpoint> own_end;    // of the server leg, told to all flows by `common.ends`
    std::optional<endpoint> introduced; // the client, as a PROXY protocol header names it
    net::flow_clock clock;
    std::unique_ptr<flow_faults> faults;    // null: nothing is broken on purpose
    std::unique_ptr<investigating> inquiry; // null: nothing is asked beside it
    std::unique_ptr<net::stream> client;
    std::unique_ptr<net::stream> server;
    std::unique_ptr<running_pump> pumping;
    std::shared_ptr<const policy::route> route; // of the last request; null: nothing is done to it
    observer watching;
    timestamp last_byte;
    net::asio::steady_timer* pause = nullptr; // that a stage waits for; an abort ends it
    opening* opens = nullptr;                 // while the server leg is made
    bool holds_first_flight = false; // what the client sends has not gone to the server leg
    companion* beside = nullptr;
    bool aborted = false;
    bool over = false; // the server has ended its sending, or nothing moves any more

  private:
    void look_for_a_stall(timestamp now);
    void look_at_data(timestamp now);
    void tell_stall(duration waited);
    void rest(timestamp now);
    bool tell_surroundings();
    void happened(model::happening what, timestamp when) override;
    void kept(trace::piece bytes) override;
    void follow(const model::happening& what);

    std::uint64_t id_;
    model::stage stage_ = model::stage::front;
    std::unique_ptr<model::timeline> timeline_; // gone when finished
    std::unique_ptr<segment_count> counted_;    // only while segments are counted
    bool stall_told_ = false, surroundings_told_ = false, healing_untold_ = false;
    std::optional<duration> took_; // once its story has ended
    duration look_at_{};        // of a wait: when the rules are asked again, whatever has changed
    std::uint32_t resting_ = 0; // sweeps that pass it over
};

} // namespace helloscope::relay
