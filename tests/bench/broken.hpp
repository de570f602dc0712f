// What ends a run of the load generator before its time: the words go to stderr, the exit code
// is 1.
#pragma once

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <stdexcept>

namespace bench {

struct broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Throws `broken`; arguments as fmt::format's.
template <typename... Arguments>
[[noreturn]] void fail(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    throw broken(fmt::format(text, std::forward<Arguments>(arguments)...));
}

inline const char* error_text() { return std::strerror(errno); }

} // namespace bench
