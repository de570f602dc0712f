// Reads a recording back: its events in order, and how far the file makes sense.
#pragma once

#include "helloscope/model/event.hpp"

#include <optional>
#include <vector>

namespace helloscope::trace {

class recording_reader {
  public:
    // Views `file`, which must outlive the reader. Fails when it is no pcapng at all ("it begins
    // with …"), or a capture that helloscope did not write.
    static result<recording_reader> open(bytes_view file);

    // The next event; nothing at the end, and nothing once `trouble()` is set.
    std::optional<model::event> next();

    // Why reading stopped before the end of the file: offset, block and field, in one sentence. The
    // events before it are good.
    const std::optional<failure>& trouble() const;

    std::uint64_t packets() const; // passed over so far

    recording_reader(recording_reader&&) noexcept;
    recording_reader& operator=(recording_reader&&) noexcept;
    ~recording_reader();

  private:
    struct impl;
    explicit recording_reader(std::unique_ptr<impl> impl);
    std::unique_ptr<impl> impl_;
};

} // namespace helloscope::trace
