#include "helloscope/relay/heal_memory.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace helloscope::relay {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_read = 1 << 20; // bytes; a memory of a thousand lines is far smaller

std::string last_error() { return std::error_code(errno, std::generic_category()).message(); }

class descriptor {
  public:
    explicit descriptor(int number) : number_(number) {}
    ~descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    int operator*() const { return number_; }
    bool open() const { return number_ >= 0; }

  private:
    int number_;
};

failure cannot(std::string_view what, const fs::path& file, std::string_view why) {
    return {fmt::format("cannot {} {}: {}", what, file.string(), why)};
}

// Empty where there is none.
result<std::string> read_text(const fs::path& file) {
    // Not blocking: whoever put a pipe there would stop all flows.
    const descriptor from(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!from.open() && errno == ENOENT) return std::string();
    if (!from.open()) return std::unexpected(cannot("read", file, last_error()));
    struct stat about {};
    if (::fstat(*from, &about) != 0 || !S_ISREG(about.st_mode))
        return std::unexpected(cannot("read", file, "it is no file"));
    std::string text;
    std::array<char, 65'536> piece;
    while (true) {
        const auto got = ::read(*from, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::unexpected(cannot("read", file, last_error()));
        if (got == 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(got));
        if (text.size() > most_read)
            return std::unexpected(failure{fmt::format("{}: larger than 1 MiB", file.string())});
    }
}

result<void> write_text(const fs::path& file, std::string_view text) {
    auto beside = file;
    beside += fmt::format(".{}", ::getpid());
    ::unlink(beside.c_str()); // of one who had our number, and was killed
    const descriptor to(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!to.open()) return std::unexpected(cannot("write", beside, last_error()));
    const auto no = [&](std::string_view what, const fs::path& path) {
        auto why = cannot(what, path, last_error());
        ::unlink(beside.c_str());
        return std::unexpected(std::move(why));
    };
    for (auto left = text; !left.empty();) {
        const auto n = ::write(*to, left.data(), left.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return no("write", beside);
        left.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::rename(beside.c_str(), file.c_str()) != 0) return no("replace", file);
    return {};
}

} // namespace

result<heal::memory> read_heal_memory(const fs::path& file) {
    auto text = read_text(file);
    if (!text) return std::unexpected(text.error());
    auto read = heal::memory::parse(*text);
    if (!read)
        return std::unexpected(failure{fmt::format("{}: {}", file.string(), read.error().message)});
    return read;
}

result<void> change_heal_memory(
    const fs::path& file, const std::function<bool(heal::memory&)>& change,
    const std::function<void(const std::string&)>& trouble) {
    const auto folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return std::unexpected(cannot("make", folder, error.message()));
    // The folder is what is locked: the file itself is another one after each change.
    const descriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock.open()) return std::unexpected(cannot("open", folder, last_error()));
    while (::flock(*lock, LOCK_EX) != 0)
        if (errno != EINTR) return std::unexpected(cannot("lock", folder, last_error()));

    auto text = read_text(file);
    if (!text) return std::unexpected(text.error());
    auto read = heal::memory::parse(*text);
    if (!read) {
        auto bad = file;
        bad += ".bad";
        if (::rename(file.c_str(), bad.c_str()) != 0)
            return std::unexpected(cannot("move away", file, last_error()));
        trouble(fmt::format(
            "{}: {}: what healing had learned is kept in {}, and begins anew", file.string(),
            read.error().message, bad.string()));
        read = heal::memory();
    }
    if (!change(*read)) return {};
    return write_text(file, read->text());
}

heal_memory::heal_memory(fs::path file, duration keep)
    : heal_memory(std::move(file), keep, [](const std::string& why) { spdlog::warn("{}", why); }) {}

heal_memory::heal_memory(
    fs::path file, duration keep, std::function<void(const std::string&)> trouble)
    : file_(std::move(file)), keep_(keep), trouble_(std::move(trouble)) {}

bool heal_memory::knows_any(timestamp now) {
    const std::lock_guard lock(mutex_);
    look(now);
    return !known_.all().empty();
}

std::optional<shape::shape> heal_memory::recall(const heal::place& where, timestamp now) {
    if (keep_.count() == 0) return std::nullopt;
    const std::lock_guard lock(mutex_);
    look(now);
    const auto* known = known_.find(where, now, keep_);
    if (known == nullptr) return std::nullopt;
    return known->how;
}

void heal_memory::learn(const heal::place& where, const shape::shape& how, timestamp now) {
    if (keep_.count() == 0) return;
    change([&](heal::memory& all) { return all.learn(where, how, now); }, now);
}

void heal_memory::forget(const heal::place& where, timestamp now) {
    change([&](heal::memory& all) { return all.forget(where); }, now);
}

// Others may have changed the file: asked by its stamp, once a second.
void heal_memory::look(timestamp now) {
    if (file_.empty() || (looked_ && now - *looked_ < std::chrono::seconds(1) && now >= *looked_))
        return;
    looked_ = now;
    const auto is = stamp_of_file();
    if (seen_ == is) return;
    seen_ = is;
    auto read = read_heal_memory(file_);
    if (read)
        known_ = std::move(*read);
    else
        tell(read.error().message);
}

void heal_memory::change(const std::function<bool(heal::memory&)>& what, timestamp now) {
    const std::lock_guard lock(mutex_);
    const auto with_the_old = [&](heal::memory& all) {
        const bool changed = what(all);
        return all.expire(now, keep_) > 0 || changed;
    };
    (void)with_the_old(known_);
    if (file_.empty()) return;
    const auto told = [this](const std::string& why) { tell(why); };
    const auto done = change_heal_memory(
        file_,
        [&](heal::memory& all) {
            const bool changed = with_the_old(all);
            known_ = all;
            return changed;
        },
        told);
    if (!done) tell(done.error().message);
    seen_ = stamp_of_file();
}

heal_memory::stamp heal_memory::stamp_of_file() const {
    std::error_code ignored;
    stamp is;
    is.written = fs::last_write_time(file_, ignored);
    is.size = fs::file_size(file_, ignored);
    return is;
}

void heal_memory::tell(const std::string& why) {
    if (!std::exchange(told_, true)) trouble_(why);
}

} // namespace helloscope::relay
