#include "print.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace helloscope::app {
namespace {

result<void> write_all(int descriptor, std::string_view name, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            // Somebody left the terminal non-blocking; it takes more when it has shown this.
            pollfd waiting{descriptor, POLLOUT, 0};
            ::poll(&waiting, 1, -1);
        } else if (errno != EINTR) {
            return std::unexpected(
                failure{"cannot write to " + std::string(name) + ": " + std::strerror(errno)});
        }
    }
    return {};
}

} // namespace

result<void> print(std::string_view text) { return write_all(STDOUT_FILENO, "stdout", text); }

result<void> print_error(std::string_view text) { return write_all(STDERR_FILENO, "stderr", text); }

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

} // namespace helloscope::app
