#include "json_text.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>
#include <cmath>
#include <fmt/format.h>

namespace helloscope::web {

namespace {

void write(const json::value& value, std::string& out);

void write(const json::object& object, std::string& out) {
    out += '{';
    for (const auto& member : object) {
        if (out.back() != '{') out += ',';
        out += json::serialize(member.key());
        out += ':';
        write(member.value(), out);
    }
    out += '}';
}

void write(const json::array& array, std::string& out) {
    out += '[';
    for (const auto& one : array) {
        if (&one != array.data()) out += ',';
        write(one, out);
    }
    out += ']';
}

void write(const json::value& value, std::string& out) {
    if (const auto* object = value.if_object())
        write(*object, out);
    else if (const auto* array = value.if_array())
        write(*array, out);
    else if (const auto* number = value.if_double())
        out += std::isfinite(*number) ? fmt::format("{}", *number) : "null";
    else
        out += json::serialize(value);
}

} // namespace

std::string write(const json::value& value) {
    std::string out;
    write(value, out);
    return out;
}

result<json::value> read(std::string_view text) {
    json::parse_options limits;
    limits.max_depth = 16;
    json::stream_parser parser({}, limits);
    boost::system::error_code error;
    const auto used = parser.write_some(text.data(), text.size(), error);
    if (!error && used < text.size()) error = json::error::extra_data;
    if (!error) parser.finish(error);
    if (!error) return parser.release();
    return std::unexpected(failure{fmt::format("no JSON: {} at byte {}", error.message(), used)});
}

std::string_view kind_of(const json::value& value) {
    switch (value.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return "true or false";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_: return "a number";
    case json::kind::string: return "a string";
    case json::kind::array: return "an array";
    case json::kind::object: return "an object";
    }
    return "";
}

} // namespace helloscope::web
