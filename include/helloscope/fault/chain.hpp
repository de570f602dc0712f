// The faults on one direction of one flow, one behind the other, as a pure machine: bytes and times
// come in, and what is to be sent when comes out. Nothing is lost that was only held: what a fault
// delays goes on when it is taken away. Memory is bounded: room() is what it takes now.
//
//     written ─> [scanner] ─> fault ─> fault ─> … ─> ready()
//                where triggers are
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/fault/spec.hpp"

namespace helloscope::fault {

// The TCP segments that carry a direction's bytes.
struct segments {
    std::uint32_t data = 1448;  // of a full one
    std::uint32_t options = 12; // of TCP, in each: the timestamps
    bool v6 = false;

    std::uint32_t headers() const { return (v6 ? 60 : 40) + options; }
    // As they are under another MSS, which counts the options too; 0 leaves them as they are.
    segments with_mss(std::uint32_t mss) const;
};

struct conditions {
    direction passing{};
    segments sent;
    std::uint64_t flow = 1; // its number, for what is left to chance
};

// What a chain tells while it runs.
struct chain_sink {
    virtual ~chain_sink() = default;
    // A fault begins to matter, at this byte of the direction's stream.
    virtual void acted(const spec& fault, std::string did, std::uint64_t offset) = 0;
    // To be sent the other way; with `closes`, both connections end behind it.
    virtual void answer(bytes octets, bool closes) = 0;
};

// What comes when all bytes before it have been sent.
enum class ending : std::uint8_t {
    none,
    end,   // this direction is over
    close, // both connections are to be closed
    reset, // both connections are to be reset
};

class chain {
  public:
    // As much as a TCP window would hold.
    static constexpr std::size_t limit = 1 << 20;

    chain(conditions under, std::vector<spec> faults, timestamp now);
    ~chain();
    chain(chain&&) noexcept;
    chain& operator=(chain&&) noexcept;

    // ---- in
    std::size_t room() const;                              // bytes that take() takes
    void take(bytes_view written, timestamp now);          // no more than room()
    void take_end(timestamp now);                          // behind all that was written
    void inject(bytes octets, bool closes, timestamp now); // behind all that was written
    // Other faults from now on. Those that stay, stay as they are.
    void change(std::vector<spec> faults, timestamp now, chain_sink& to);

    // ---- out: run() first
    void run(timestamp now, chain_sink& to);
    bytes_view ready() const;     // to be sent at once, as one write
    void sent(std::size_t bytes); // of ready()
    ending next_end() const;      // when nothing is ready
    void end_done();              // next_end() was done

    // When to run again though nothing comes; none: it waits for more.
    std::optional<timestamp> wake() const;
    // Something has come that has not gone on.
    bool holds() const;
    // And does not by itself: a fault would have to be taken away.
    bool stuck() const {
        return holds() && ready().empty() && next_end() == ending::none && !wake();
    }

  private:
    struct state;
    std::unique_ptr<state> state_;
};

// Whether chance lets a fault act on this flow.
bool plays(const spec& fault, std::uint64_t flow);

} // namespace helloscope::fault
