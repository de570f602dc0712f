#include "files.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

namespace helloscope::app {
namespace {

constexpr std::size_t read_limit = 16 << 20;

class descriptor {
  public:
    explicit descriptor(int number) : number_(number) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int number() const { return number_; }

  private:
    int number_;
};

std::unexpected<failure> failed(std::string_view what, const std::filesystem::path& path) {
    return std::unexpected(
        failure{fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno))});
}

bool write_all(int number, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(number, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// A device or a pipe cannot be replaced, and must not be: as root, /dev/null could be.
result<void> write_in_place(const std::filesystem::path& path, std::string_view content) {
    const descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.number() < 0 || !write_all(file.number(), content)) return failed("write", path);
    return {};
}

} // namespace

result<std::string> read_file(const std::filesystem::path& path) {
    const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0) return failed("open", path);
    std::string content;
    char piece[16384];
    while (content.size() <= read_limit) {
        const ssize_t got = ::read(file.number(), piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed("read", path);
        if (got == 0) return content;
        content.append(piece, static_cast<std::size_t>(got));
    }
    return std::unexpected(failure{fmt::format("{} is larger than 16 MiB", path.string())});
}

result<void> write_file(const std::filesystem::path& path, std::string_view content, mode_t mode) {
    std::error_code ignored;
    const auto status = std::filesystem::status(path, ignored);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        return write_in_place(path, content);
    }
    std::string beside = path.string() + ".XXXXXX";
    const descriptor file(::mkostemp(beside.data(), O_CLOEXEC));
    if (file.number() < 0) return failed("write", path);
    if (!write_all(file.number(), content) || ::fchmod(file.number(), mode) != 0 ||
        ::rename(beside.c_str(), path.c_str()) != 0) {
        auto error = failed("write", path);
        ::unlink(beside.c_str());
        return error;
    }
    return {};
}

result<void> write_port_file(
    const std::filesystem::path& path, std::span<const std::uint16_t> ports) {
    return write_file(path, fmt::format("{}\n", fmt::join(ports, "\n")), 0644);
}

} // namespace helloscope::app
