#include "router.hpp"

#include "guard.hpp"

#include <fmt/format.h>
#include <optional>

namespace helloscope::web {

namespace {

std::optional<unsigned> digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

// RFC 3986 section 2.1. Nothing when a % is no escape.
std::optional<std::string> decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const auto high = digit(text[i + 1]), low = digit(text[i + 2]);
        if (!high || !low) return std::nullopt;
        out += static_cast<char>(*high * 16 + *low);
        i += 2;
    }
    return out;
}

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at <= path.size();) {
        const auto slash = std::min(path.find('/', at), path.size());
        out.push_back(path.substr(at, slash - at));
        at = slash + 1;
    }
    return out;
}

// What stands for each {}; nothing when the path is another.
std::optional<std::vector<std::string>> match(
    std::string_view pattern, std::span<const std::string> path) {
    const auto parts = split(pattern);
    if (parts.size() != path.size()) return std::nullopt;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i] != "{}" && parts[i] != path[i]) return std::nullopt;
        if (parts[i] == "{}" && path[i].empty()) return std::nullopt;
        if (parts[i] == "{}") names.push_back(path[i]);
    }
    return names;
}

} // namespace

std::string call::parameter(std::string_view name) const {
    for (std::size_t at = 0; at <= query.size();) {
        const auto end = std::min(query.find('&', at), query.size());
        const auto one = std::string_view(query).substr(at, end - at);
        if (one.starts_with(name) && one.substr(name.size()).starts_with('='))
            return decode(one.substr(name.size() + 1)).value_or("");
        at = end + 1;
    }
    return "";
}

answer refuse(const relay::change_error& why) {
    using reason = relay::change_error::reason;
    switch (why.why) {
    case reason::taken: return refuse(409, why.message);
    case reason::unknown: return refuse(404, why.message);
    case reason::invalid: return refuse(400, why.message);
    case reason::unavailable: return refuse(500, why.message);
    case reason::over: return refuse(503, why.message);
    }
    return refuse(500, why.message);
}

answer route(api& with, std::span<const resource> table, const request& asked) {
    if (auto no = object_to(asked)) return std::move(*no);
    const auto question = std::min(asked.target.find('?'), asked.target.size());
    std::vector<std::string> path;
    for (const auto part : split(std::string_view(asked.target).substr(0, question))) {
        auto decoded = decode(part);
        if (!decoded) return refuse(400, fmt::format("'{}' has a % that is no escape", part));
        path.push_back(std::move(*decoded));
    }
    std::string allow;
    for (const auto& row : table) {
        auto names = match(row.path, path);
        if (!names) continue;
        if (row.method != asked.method) {
            allow += (allow.empty() ? "" : ", ") + std::string(row.method);
            continue;
        }
        const call found{
            asked, std::move(*names),
            question < asked.target.size() ? asked.target.substr(question + 1) : ""};
        return row.handle(with, found);
    }
    if (allow.empty())
        return refuse(404, fmt::format("there is no {}", asked.target.substr(0, question)));
    auto no = refuse(405, fmt::format("{} is not for {}", asked.method, asked.target));
    no.allow = std::move(allow);
    return no;
}

} // namespace helloscope::web
