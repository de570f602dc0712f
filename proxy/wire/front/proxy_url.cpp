#include "helloscope/wire/front/proxy_url.hpp"

#include "authority.hpp"
#include "helloscope/wire/front/request_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace helloscope::wire::front {
namespace {

struct scheme_row {
    std::string_view name;
    std::uint16_t default_port;
};
constexpr std::array<scheme_row, 4> schemes{
    {{"http", 80}, {"https", 443}, {"socks5", 1080}, {"socks5h", 1080}}}; // as the enum is

std::unexpected<parse_error> fail(
    std::size_t at, std::string_view field, errc code = errc::malformed) {
    return std::unexpected(parse_error{code, at, field});
}

// Where the authority begins: 0 if the text has no scheme, as "me:http://" has none.
std::size_t after_scheme(std::string_view text) {
    const auto end = text.find("://");
    return end != text.npos && is_scheme(text.substr(0, end)) ? end + 3 : 0;
}

parsed<proxy_scheme> scheme_of(std::string_view name) {
    const auto row = std::find_if(schemes.begin(), schemes.end(), [&](const auto& candidate) {
        return same_field_name(candidate.name, name); // ignores case, as schemes do
    });
    if (row == schemes.end()) return fail(0, "scheme", errc::unsupported);
    return static_cast<proxy_scheme>(row - schemes.begin());
}

// Nothing for a control character, plain or escaped: neither Basic nor a line of a log carries it.
std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto byte = static_cast<std::uint8_t>(text[i]);
        if (byte == '%') {
            const auto digits = text.substr(i + 1, 2);
            const auto end = digits.data() + digits.size();
            const auto [stop, error] = std::from_chars(digits.data(), end, byte, 16);
            if (digits.size() != 2 || error != std::errc{} || stop != end) return std::nullopt;
            i += 2;
        } else if (byte == ' ') {
            return std::nullopt;
        }
        if (byte < 0x20 || byte == 0x7f) return std::nullopt;
        out += static_cast<char>(byte);
    }
    return out;
}

parsed<credentials> parse_userinfo(std::string_view text, std::size_t offset) {
    const auto colon = std::min(text.find(':'), text.size());
    const auto user = decoded(text.substr(0, colon));
    const auto password = decoded(text.substr(std::min(colon + 1, text.size())));
    if (!user || !password) return fail(offset, "userinfo");
    return credentials{*user, *password};
}

// Behind the authority nothing but one '/' may stand. An '@' there says that the writer meant a
// password, not a path: proxies have none.
std::optional<parse_error> wrong_rest(std::string_view rest, std::size_t offset) {
    if (rest.empty() || rest == "/") return std::nullopt;
    if (rest.find('@') != rest.npos) return parse_error{errc::malformed, offset, "userinfo"};
    const auto field = rest[0] == '/' ? "path" : rest[0] == '?' ? "query" : "fragment";
    return parse_error{errc::malformed, offset, field};
}

} // namespace

std::string_view to_string(proxy_scheme scheme) {
    return schemes[static_cast<std::size_t>(scheme)].name;
}

parsed<proxy_url> parse_proxy_url(std::string_view text) {
    proxy_url url;
    const auto start = after_scheme(text);
    if (start != 0) {
        const auto scheme = scheme_of(text.substr(0, start - 3));
        if (!scheme) return std::unexpected(scheme.error());
        url.scheme = *scheme;
    }
    const auto end = std::min(text.find_first_of("/?#", start), text.size());
    if (const auto wrong = wrong_rest(text.substr(end), end)) return std::unexpected(*wrong);

    const auto authority = text.substr(start, end - start);
    const auto at = authority.rfind('@');
    const auto host = at == authority.npos ? 0 : at + 1;
    if (host > 1) { // "@proxy.corp" says that there is no login
        const auto login = parse_userinfo(authority.substr(0, at), start);
        if (!login) return std::unexpected(login.error());
        url.login = *login;
    }
    const auto port = schemes[static_cast<std::size_t>(url.scheme)].default_port;
    const auto where = parse_authority(authority.substr(host), start + host, port);
    if (!where) return std::unexpected(where.error());
    url.at = *where;
    return url;
}

std::string to_string(const proxy_url& url) {
    return std::string(to_string(url.scheme)).append("://").append(to_string(url.at));
}

} // namespace helloscope::wire::front
