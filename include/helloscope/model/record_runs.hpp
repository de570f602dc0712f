// Keeps a direction's records affordable without losing one: the first 64, more than any handshake
// has, and every one after a pause of 50 ms stand alone; application data in between forms runs.
#pragma once

#include "helloscope/base/rare.hpp"
#include "helloscope/model/event.hpp"

#include <optional>

namespace helloscope::model {

struct run_limits {
    std::uint64_t single = 64;                      // records kept singly at the start
    duration pause = std::chrono::milliseconds(50); // a record after this is kept singly
    duration longest = std::chrono::seconds(1);     // a run ends after this
    std::size_t most_lengths = 2'000;               // about 64 KiB of JSON
};

// Another record at the end of a run, which begins with it if there is none yet.
void append(records& run, const record& next);

class record_runs {
  public:
    record_runs() = default;
    explicit record_runs(const run_limits& limits)
        : limits_(std::make_shared<const run_limits>(limits)) {}

    // What is to be told now: a run that ended before this record, and the record if kept singly.
    struct told {
        std::optional<records> run;
        std::optional<record> single;
    };
    told add(const record& next, timestamp now);

    // The run so far, when it is older than `longest`; or whatever there is, at the end.
    std::optional<records> take_old(timestamp now);
    std::optional<records> take();

  private:
    bool joins_run(const record& next, timestamp now) const;

    const run_limits& limits() const;

    std::shared_ptr<const run_limits> limits_; // none: the usual ones
    std::uint64_t seen_ = 0;
    timestamp last_{};
    rare<records> run_;
};

} // namespace helloscope::model
