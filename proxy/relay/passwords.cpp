#include "helloscope/relay/passwords.hpp"

#include <crypt.h>
#include <cstring>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <unordered_set>

namespace helloscope::relay {

using wire::front::credentials;

namespace {

// The text behind "user:" of a user that is nobody: as slow to check as the others.
constexpr std::string_view nobody = "$2b$05$abcdefghijklmnopqrstuutVIl9bPtl1LyRzwcxRCwejf4eKZfaVO";

// crypt(5) says what is wrong by a text that begins with '*'.
std::string hash_of(const std::string& password, const std::string& setting) {
    crypt_data work{};
    const char* out = ::crypt_rn(password.c_str(), setting.c_str(), &work, sizeof work);
    return out == nullptr ? std::string() : std::string(out);
}

bool same(std::string_view a, std::string_view b) { // in a time that tells nothing of where
    unsigned differs = a.size() != b.size();
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        differs |= static_cast<unsigned>(a[i] ^ b[i]);
    return differs == 0;
}

failure at_line(std::string_view file, std::size_t line, std::string_view what) {
    return {fmt::format("{}:{}: {}", file, line, what)};
}

// Apache's own kinds, which crypt does not know.
bool is_known(const std::string& hash) {
    if (hash.starts_with("$apr1$") || hash.starts_with("{SHA}")) return false;
    return hash.starts_with('$') && ::crypt_checksalt(hash.c_str()) != CRYPT_SALT_INVALID;
}

} // namespace

struct passwords::table {
    std::map<std::string, std::string, std::less<>> hashes; // by user
    std::mutex mutex;
    std::unordered_set<std::string> right; // "user\0password", that were found right
};

result<passwords> passwords::parse(std::string_view text, std::string_view file_name) {
    auto made = std::make_shared<table>();
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size(); ++number) {
        const auto end = std::min(text.find('\n', at), text.size());
        auto line = text.substr(at, end - at);
        at = end + 1;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.starts_with('#')) continue;
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0)
            return std::unexpected(at_line(file_name, number + 1, "expected user:HASH"));
        std::string user(line.substr(0, colon)), hash(line.substr(colon + 1));
        if (!is_known(hash))
            return std::unexpected(at_line(
                file_name, number + 1,
                fmt::format(
                    "the password of '{}' is no hash that crypt(5) knows: make it with htpasswd "
                    "-B or mkpasswd",
                    user)));
        if (!made->hashes.emplace(user, std::move(hash)).second)
            return std::unexpected(
                at_line(file_name, number + 1, fmt::format("'{}' is there a second time", user)));
    }
    if (made->hashes.empty())
        return std::unexpected(
            failure{fmt::format("{}: no user in it: expected lines user:HASH", file_name)});
    passwords out;
    out.table_ = std::move(made);
    return out;
}

bool passwords::accepts(const credentials& login) const {
    if (login.password.find('\0') != std::string::npos) return false; // crypt would stop there
    const auto key = login.user + '\0' + login.password;
    {
        const std::lock_guard lock(table_->mutex);
        if (table_->right.contains(key)) return true;
    }
    const auto found = table_->hashes.find(login.user);
    const bool known = found != table_->hashes.end();
    const std::string setting = known ? found->second : std::string(nobody);
    const bool right = same(hash_of(login.password, setting), setting) && known;
    if (!right) return false;
    const std::lock_guard lock(table_->mutex);
    table_->right.insert(key); // as many as there are users
    return true;
}

} // namespace helloscope::relay
