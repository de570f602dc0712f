// A stream around another one that breaks what is written to it, as its faults say. Reads pass
// through, so an observer sees what the peers have sent. It waits for clocks and for room by
// itself; the order of bytes and ends stays. Faults that the admin API exchanges are looked at when
// something is written, when a timer fires, and at each look().
#pragma once

#include "helloscope/fault/chain.hpp"
#include "helloscope/net/clock.hpp"
#include "helloscope/net/streams/stream.hpp"

#include <functional>
#include <memory>

namespace helloscope::net {

// What the faults of one direction want from the flow. Called from write_now() and from timers.
struct fault_hook {
    virtual ~fault_hook() = default;
    // Begins to matter; told once each.
    virtual void faulted(
        direction passing, const fault::spec& fault, std::string did, std::uint64_t offset) = 0;
    // To be sent the other way, and with `closes` to end both connections behind it.
    virtual void answered(direction passing, bytes octets, bool closes) = 0;
    // Both connections are to be closed or reset, now that all bytes before it were written.
    virtual void ended(direction passing, fault::ending how) = 0;
};

struct fault_setup {
    using list = std::shared_ptr<const std::vector<fault::spec>>;

    fault::conditions under;
    std::vector<fault::spec> fixed; // in front of the others
    // Those that may be exchanged meanwhile, as they are now: another list after each exchange. A
    // fault that stays in it (equal in all, its name too) goes on as it is; one that goes lets pass
    // what it holds; a new one counts its trigger from then on. Empty: none.
    std::function<list()> live;
    flow_clock clock;
    fault_hook* hook = nullptr; // outlives the stream

    fault_setup() = default;
};

class fault_stream final : public stream {
  public:
    fault_stream(
        std::unique_ptr<stream> inner, const asio::any_io_executor& executor, fault_setup setup);
    ~fault_stream() override;

    moved read_now(std::span<std::uint8_t> into) override;
    moved write_now(bytes_view from) override;
    awaitable<error_code> wait_readable() override;
    awaitable<error_code> wait_writable() override;
    void when_readable(readable_sink& to, const asio::any_io_executor& on) override;
    void stop_waiting() override;
    void shutdown_send() override;
    void reset() override; // what is held is dropped
    void close() override; // the same: settle() first
    error_code ended() const override;
    std::size_t unacknowledged() const override; // with what will still be written
    std::optional<model::path_sample> path() const override;

    void begin(); // once: its clocks run, and what is due at byte 0 is done
    void inject(bytes octets, bool closes); // behind what was written
    void look();                            // were the faults exchanged?
    // Something is held, and goes on only if a fault is taken away.
    bool stuck() const;
    // Until nothing more goes on by itself.
    awaitable<void> settle();

  private:
    struct state;
    std::shared_ptr<state> state_; // a wait of ours may outlive us for a moment
};

} // namespace helloscope::net
