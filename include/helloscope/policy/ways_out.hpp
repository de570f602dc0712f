// Which parent proxies a target is reached through: what --via says, or else the environment, and
// the exceptions from both. A choice by names alone: nothing is looked up and nobody is asked.
#pragma once

#include "helloscope/policy/no_proxy.hpp"
#include "helloscope/wire/front/proxy_url.hpp"

#include <functional>

namespace helloscope::policy {

enum class asked_for : std::uint8_t { tunnel, plain_http };

struct way_out {
    std::vector<wire::front::proxy_url> parents; // nearest first; none: direct
    // Who said so: "--via", "HTTPS_PROXY", …; "NO_PROXY" or "loopback" if that made it direct;
    // empty if it is direct because nothing names a parent.
    std::string source;
    bool operator==(const way_out&) const = default;
};

struct ways_out {
    std::vector<wire::front::proxy_url> via; // a chain, nearest first; goes before the environment
    bool direct = false;                     // --via direct: neither
    std::optional<wire::front::proxy_url> https_proxy, http_proxy;
    std::string https_source, http_source; // the variables they come from
    no_proxy exceptions;
    std::string exceptions_source = "NO_PROXY";

    way_out choose(const host_port& target, asked_for what) const;
};

// `lookup` answers as getenv does.
struct proxy_environment {
    std::function<const char*(const char*)> lookup;
};

// Fills in HTTPS_PROXY for tunnels, HTTP_PROXY for plain HTTP, ALL_PROXY for what has none, and the
// exceptions from NO_PROXY; upper case goes before lower case, and an empty variable is none. The
// failure names the variable and what is wrong with it.
result<void> read_environment(ways_out& ways, const proxy_environment& environment);

// The URL of a parent, or a failure that begins with `name` ("--via", "HTTPS_PROXY"), says how to
// write it and holds no part of `text`.
result<wire::front::proxy_url> parse_parent(std::string_view name, std::string_view text);

} // namespace helloscope::policy
