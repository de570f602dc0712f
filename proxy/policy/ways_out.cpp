#include "helloscope/policy/ways_out.hpp"

#include <array>
#include <fmt/format.h>

namespace helloscope::policy {
namespace {

using wire::front::proxy_url;

struct variable {
    std::string name; // as it is spelled in the environment
    std::string value;
};

std::optional<variable> find_variable(
    const proxy_environment& environment, const char* upper, const char* lower) {
    for (const char* name : {upper, lower})
        if (const char* value = environment.lookup(name); value && *value)
            return variable{name, value};
    return std::nullopt;
}

std::string_view advice_on(std::string_view field) {
    struct row {
        std::string_view field, advice;
    };
    static constexpr std::array rows{
        row{"scheme", "the scheme is none of http, https, socks5 and socks5h"},
        row{"userinfo", "in the user and the password write @ : / ? # % and spaces as %40 %3A %2F "
                        "%3F %23 %25 %20"},
        row{"host", "the host is neither a name nor an address (IPv6 in brackets)"},
        row{"port", "the port is not a number from 1 to 65535"},
    };
    for (const auto& [name, advice] : rows)
        if (name == field) return advice;
    return "a proxy has neither path nor query";
}

} // namespace

way_out ways_out::choose(const host_port& target, asked_for what) const {
    if (direct) return {{}, "--via"};
    const bool tunnel = what == asked_for::tunnel;
    const auto& proxy = tunnel ? https_proxy : http_proxy;
    way_out out;
    if (!via.empty())
        out = {via, "--via"};
    else if (proxy)
        out = {{*proxy}, tunnel ? https_source : http_source};
    if (out.parents.empty() || !exceptions.covers(target)) return out;
    return {{}, no_proxy::is_loopback(target) ? "loopback" : exceptions_source};
}

result<void> read_environment(ways_out& ways, const proxy_environment& environment) {
    const auto all = find_variable(environment, "ALL_PROXY", "all_proxy");
    const auto read = [&](const char* upper, const char* lower, auto& proxy,
                          std::string& source) -> result<void> {
        auto found = find_variable(environment, upper, lower);
        if (!found) found = all;
        if (!found) return {};
        const auto url = parse_parent(found->name, found->value);
        if (!url) return std::unexpected(url.error());
        proxy = *url;
        source = found->name;
        return {};
    };
    if (const auto done = read("HTTPS_PROXY", "https_proxy", ways.https_proxy, ways.https_source);
        !done)
        return done;
    if (const auto done = read("HTTP_PROXY", "http_proxy", ways.http_proxy, ways.http_source);
        !done)
        return done;
    if (const auto exceptions = find_variable(environment, "NO_PROXY", "no_proxy")) {
        ways.exceptions = no_proxy::parse(exceptions->value);
        ways.exceptions_source = exceptions->name;
    }
    return {};
}

result<proxy_url> parse_parent(std::string_view name, std::string_view text) {
    const auto url = wire::front::parse_proxy_url(text);
    if (url) return *url;
    return std::unexpected(failure{fmt::format(
        "{}: {} (at byte {}); write it as http://HOST:PORT", name, advice_on(url.error().field),
        url.error().offset)});
}

} // namespace helloscope::policy
