#include "recording_file.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace helloscope::relay {

namespace fs = std::filesystem;

namespace {

std::error_code last_error() { return {errno, std::generic_category()}; }

// Nobody else writes it: an exclusive lock can be had.
bool in_use(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return true;
    const bool locked = ::flock(file, LOCK_EX | LOCK_NB) != 0;
    ::close(file);
    return locked;
}

} // namespace

result<recording_file> recording_file::create(const recording_options& where, timestamp now) {
    recording_file created(where);
    if (!where.directory.empty()) {
        std::error_code error;
        fs::create_directories(where.directory, error);
        if (error)
            return std::unexpected(failure{fmt::format(
                "cannot record into {}: {}", where.directory.string(), error.message())});
    }
    if (auto opened = created.succeed(now); !opened) return std::unexpected(opened.error());
    return created;
}

std::error_code recording_file::append(bytes_view blocks) {
    for (std::size_t done = 0; done < blocks.size();) {
        const auto n = ::write(file_, blocks.data() + done, blocks.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            const auto error = last_error();
            // Takes half a block back, so that the file stays readable to its end.
            if (::ftruncate(file_, static_cast<off_t>(size_)) == 0) ::lseek(file_, 0, SEEK_END);
            return error;
        }
        done += static_cast<std::size_t>(n);
    }
    size_ += blocks.size();
    return {};
}

bool recording_file::wants_successor(timestamp now) const {
    if (!regular_) return false; // a pipe or a device goes on and on
    return size_ >= where_.file_size ||
           (where_.file_age.count() > 0 && now - opened_ >= where_.file_age);
}

result<void> recording_file::succeed(timestamp now) {
    if (auto opened = open(next_path(now)); !opened) return opened;
    ++count_;
    opened_ = now;
    size_ = 0;
    if (!where_.directory.empty()) prune();
    return {};
}

recording_file::recording_file(recording_file&& other) noexcept
    : where_(std::move(other.where_)), path_(std::move(other.path_)), opened_(other.opened_),
      size_(other.size_), count_(other.count_), regular_(other.regular_),
      file_(std::exchange(other.file_, -1)) {}

recording_file::~recording_file() {
    if (file_ >= 0) ::close(file_);
}

result<void> recording_file::open(fs::path path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return std::unexpected(failure{fmt::format(
            "cannot record to {}: {}: choose another path with --record, or --no-record",
            path.string(), last_error().message())});
    struct stat about {};
    const bool regular = ::fstat(file, &about) == 0 && S_ISREG(about.st_mode);
    if (regular && ::flock(file, LOCK_EX | LOCK_NB) != 0) {
        ::close(file);
        return std::unexpected(failure{fmt::format(
            "cannot record to {}: another helloscope is recording to it", path.string())});
    }
    // An old file is emptied, and closed to others, only when it is ours alone. An empty one is
    // not: ext4 would then have us wait for the disk when it is closed (auto_da_alloc).
    const bool old = regular && about.st_size > 0;
    if ((old && ::ftruncate(file, 0) != 0) || (regular && ::fchmod(file, 0600) != 0)) {
        const auto why = last_error().message();
        ::close(file);
        return std::unexpected(failure{fmt::format("cannot record to {}: {}", path.string(), why)});
    }
    regular_ = regular;
    if (file_ >= 0) ::close(file_);
    file_ = file;
    path_ = std::move(path);
    return {};
}

fs::path recording_file::next_path(timestamp now) const {
    const auto suffix = count_ == 0 ? std::string() : fmt::format(".{}", count_);
    if (where_.directory.empty()) {
        auto path = where_.file;
        return count_ == 0 ? path
                           : path.replace_filename(
                                 path.stem().string() + suffix + path.extension().string());
    }
    if (count_ > 0) {
        auto stem = path_.stem().string();
        if (count_ > 1) stem.resize(stem.rfind('.'));
        return where_.directory / (stem + suffix + ".pcapng");
    }
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
    return where_.directory / fmt::format(
                                  "helloscope-{:%Y%m%dT%H%M%SZ}-{}.pcapng",
                                  fmt::gmtime(seconds.time_since_epoch().count()), ::getpid());
}

void recording_file::prune() const {
    struct old_file {
        fs::file_time_type written;
        std::uintmax_t size;
        fs::path path;
    };
    std::vector<old_file> files;
    std::uintmax_t total = 0;
    std::error_code ignored;
    for (fs::directory_iterator entry(where_.directory, ignored), end; entry != end;
         entry.increment(ignored)) {
        const auto name = entry->path().filename().string();
        if (!name.starts_with("helloscope-") || !name.ends_with(".pcapng")) continue;
        const auto size = entry->file_size(ignored);
        if (ignored) continue; // gone meanwhile
        files.push_back({entry->last_write_time(ignored), size, entry->path()});
        total += files.back().size;
    }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
        return a.written < b.written;
    });
    for (const auto& file : files) {
        if (total <= where_.total_size) return;
        if (in_use(file.path) || !fs::remove(file.path, ignored)) continue;
        total -= file.size;
    }
}

} // namespace helloscope::relay
