// The files of a recording: appended to in whole blocks, followed by another when full or old,
// pruned when there are too many. Files in use are locked (flock) and never pruned, by us or by
// another helloscope. Used by the recorder's thread alone; a write may take as long as the disk
// takes.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/time.hpp"
#include "helloscope/relay/options.hpp"

#include <system_error>

namespace helloscope::relay {

class recording_file {
  public:
    // Creates the first file (mode 0600), and its directory. The failure names the path and why.
    static result<recording_file> create(const recording_options& where, timestamp now);

    // All of it or nothing: after an error the file ends where it ended before.
    std::error_code append(bytes_view blocks);

    bool wants_successor(timestamp now) const;
    // Goes on in the next file, which is empty. On failure the current file is kept.
    result<void> succeed(timestamp now);

    const std::filesystem::path& path() const { return path_; }

    recording_file(recording_file&& other) noexcept;
    recording_file& operator=(recording_file&&) = delete;
    ~recording_file();

  private:
    recording_file(const recording_options& where) : where_(where) {}
    result<void> open(std::filesystem::path path);
    std::filesystem::path next_path(timestamp now) const;
    void prune() const;

    recording_options where_;
    std::filesystem::path path_;
    timestamp opened_{};
    std::uint64_t size_ = 0;
    unsigned count_ = 0;
    bool regular_ = true;
    int file_ = -1;
};

} // namespace helloscope::relay
