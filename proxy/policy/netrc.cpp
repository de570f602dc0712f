#include "helloscope/policy/netrc.hpp"

#include "helloscope/wire/front/request_head.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace helloscope::policy {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";

// Words one by one, with the line that each begins in. The first error stays and ends them.
class words {
  public:
    words(std::string_view text, std::string_view file_name) : text_(text), file_name_(file_name) {}

    // A word where a keyword may stand: there '#' begins a comment. Nothing at the end.
    std::optional<std::string> next_keyword() {
        skip_white_space();
        while (!error_ && text_.starts_with('#')) {
            skip_line();
            skip_white_space();
        }
        return next();
    }

    std::string value_of(std::string_view keyword) {
        skip_white_space();
        const auto value = next();
        if (!value) fail(fmt::format("nothing follows \"{}\"", keyword));
        return value.value_or("");
    }

    void skip_macro() { // up to an empty line
        do skip_line();
        while (!text_.empty() && !text_.starts_with('\n') && !text_.starts_with("\r\n"));
    }

    void fail(std::string_view what) {
        if (!error_) error_ = failure{fmt::format("{}:{}: {}", file_name_, word_line_, what)};
    }
    const std::optional<failure>& error() const { return error_; }

  private:
    std::optional<std::string> next() {
        if (text_.empty() || error_) return std::nullopt;
        word_line_ = line_;
        if (text_.starts_with('"')) return quoted();
        const auto word = text_.substr(0, text_.find_first_of(white_space));
        take(word.size());
        return std::string(word);
    }

    std::optional<std::string> quoted() {
        std::string out;
        for (take(1); !text_.starts_with('"'); take(1)) {
            const bool escaped = text_.starts_with('\\');
            if (escaped) take(1);
            if (text_.empty() || text_[0] == '\n') {
                fail("a quote is not closed on its line");
                return std::nullopt;
            }
            out += escaped ? unescaped(text_[0]) : text_[0];
        }
        take(1);
        return out;
    }

    static char unescaped(char c) {
        switch (c) {
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        default: return c;
        }
    }

    void skip_white_space() { take(std::min(text_.find_first_not_of(white_space), text_.size())); }
    void skip_line() {
        const auto end = text_.find('\n');
        take(end == text_.npos ? text_.size() : end + 1);
    }
    void take(std::size_t n) {
        n = std::min(n, text_.size());
        line_ += std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(n), '\n');
        text_.remove_prefix(n);
    }

    std::string_view text_, file_name_;
    std::ptrdiff_t line_ = 1, word_line_ = 1;
    std::optional<failure> error_;
};

} // namespace

result<std::vector<netrc_entry>> parse_netrc(std::string_view text, std::string_view file_name) {
    std::vector<netrc_entry> entries;
    words in(text, file_name);
    while (const auto keyword = in.next_keyword()) {
        if (*keyword == "machine") {
            entries.push_back({in.value_of(*keyword), {}});
            if (entries.back().machine.empty()) in.fail("a machine needs a name");
        } else if (*keyword == "default") {
            entries.emplace_back();
        } else if (*keyword == "macdef") {
            in.skip_macro();
        } else if (*keyword != "login" && *keyword != "password" && *keyword != "account") {
            in.fail(
                "neither machine, default, login, password, account nor macdef: a value with white "
                "space needs double quotes");
        } else if (entries.empty()) {
            in.fail(fmt::format("\"{}\" comes before any machine", *keyword));
        } else {
            auto value = in.value_of(*keyword);
            auto& login = entries.back().login;
            if (*keyword == "login")
                login.user = std::move(value);
            else if (*keyword == "password")
                login.password = std::move(value);
        }
    }
    if (in.error()) return std::unexpected(*in.error());
    return entries;
}

const wire::front::credentials* find_login(
    const std::vector<netrc_entry>& entries, std::string_view machine) {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) {
        return entry.machine.empty() || wire::front::same_field_name(entry.machine, machine);
    });
    return found == entries.end() ? nullptr : &found->login;
}

} // namespace helloscope::policy
