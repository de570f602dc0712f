// Takes the events of all flows, on a thread of its own, to the recording and to whoever looks on.
// It slows nobody: what it cannot take in is counted, marked in the file and told. Only with
// `payload_all` do flows wait for it (see inlet::crowded), so that nothing is lost.
#pragma once

#include "helloscope/model/event.hpp"
#include "helloscope/model/timeline.hpp"
#include "helloscope/relay/options.hpp"
#include "helloscope/trace/piece.hpp"

#include <functional>
#include <memory>
#include <variant>

namespace helloscope::relay {

// Called on the recorder's thread, in the order of each flow's events. Any may be empty.
struct onlookers {
    std::function<void(const model::event&)> event;
    std::function<void(model::timeline&&)> flow;   // a flow is over; its whole story, to be taken
    std::function<void(std::string_view)> trouble; // the recording: once when it begins, and ends
};

struct recorder_totals {
    std::uint64_t lost_events = 0;
    std::uint64_t lost_packets = 0;
    std::filesystem::path path; // the current file; empty when nothing is recorded
};

class recorder {
  public:
    // `inlets` threads will write. Fails when a recording is asked for and cannot be begun.
    static result<std::unique_ptr<recorder>> start(
        const recording_options& where, unsigned inlets, onlookers to);

    // One writing thread's way in. Never blocks.
    class inlet {
      public:
        virtual ~inlet() = default;
        virtual void event(model::event happened) = 0;
        virtual void piece(trace::piece bytes) = 0;
        virtual void flow(std::unique_ptr<model::timeline> over) = 0;
        // Nobody looks at pieces: making them would be work for nothing.
        virtual bool wants_pieces() const = 0;
        // With payload_all: so much is queued that the flow should wait before it reads on.
        virtual bool crowded() const = 0;
    };
    virtual inlet& way_in(unsigned index) = 0;

    // Writes all that was put in, closes the file and ends the thread. No inlet may be used any
    // more.
    virtual recorder_totals stop() = 0;
    virtual ~recorder() = default;
};

} // namespace helloscope::relay
