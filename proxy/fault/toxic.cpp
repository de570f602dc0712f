#include "helloscope/fault/toxic.hpp"

#include "faults/faults.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::fault {
namespace {

struct toxic_attribute {
    std::string_view name, parameter;
    std::int64_t factor; // from its unit to ours
};

struct toxic_type {
    std::string_view name;
    const kind* as;
    std::vector<toxic_attribute> attributes;
};

constexpr std::int64_t millisecond = 1'000'000, microsecond = 1'000, kilobyte = 1'000;

const std::vector<toxic_type>& types() {
    static const std::vector<toxic_type> table{
        {"latency",
         &faults::latency,
         {{"latency", "delay", millisecond}, {"jitter", "jitter", millisecond}}},
        {"bandwidth", &faults::throttle, {{"rate", "rate", kilobyte}}},
        {"slow_close", &faults::slow_close, {{"delay", "time", millisecond}}},
        {"timeout", &faults::timeout, {{"timeout", "time", millisecond}}},
        {"reset_peer", &faults::reset, {{"timeout", "time", millisecond}}},
        {"slicer",
         &faults::slice,
         {{"average_size", "size", 1},
          {"size_variation", "vary", 1},
          {"delay", "pause", microsecond}}},
        {"limit_data", &faults::limit_data, {{"bytes", "bytes", 1}}},
    };
    return table;
}

template <class Rows> std::string names_of(const Rows& rows) {
    std::string all;
    for (const auto& one : rows) all += (all.empty() ? "" : ", ") + std::string(one.name);
    return all;
}

std::unexpected<failure> wrong(std::string what) {
    return std::unexpected(failure{std::move(what)});
}

result<direction> parse_stream(std::string_view text) {
    if (text == "upstream") return direction::to_server;
    if (text == "downstream") return direction::to_client;
    return wrong(fmt::format("stream: \"{}\" is neither upstream nor downstream", text));
}

// Of one attribute, as the parameter that it becomes.
result<std::int64_t> value_of(
    const toxic_type& type, const toxic_attribute& row, std::int64_t given) {
    const auto& bounds = *type.as->find(row.parameter);
    std::int64_t value = 0;
    const bool fits = !__builtin_mul_overflow(given, row.factor, &value) && value >= bounds.least &&
                      value <= bounds.most;
    if (fits) return value;
    const auto least = (bounds.least + row.factor - 1) / row.factor;
    return wrong(fmt::format(
        "attributes: {}: {} is not from {} to {}", row.name, given, least,
        bounds.most / row.factor));
}

} // namespace

result<spec> parse_toxic(const toxic& given) {
    const auto type = std::ranges::find(types(), given.type, &toxic_type::name);
    if (type == types().end())
        return wrong(fmt::format(
            "type: there is no toxic \"{}\"; there are {}", given.type, names_of(types())));
    const auto way = parse_stream(given.stream);
    if (!way) return std::unexpected(way.error());
    if (!(given.toxicity >= 0 && given.toxicity <= 1))
        return wrong(fmt::format("toxicity: {} is not from 0 to 1", given.toxicity));
    spec made;
    made.way = *way;
    made.what = type->as;
    made.toxicity = given.toxicity;
    made.name = given.name.empty() ? given.type + "_" + given.stream : given.name;
    for (const auto& one : given.attributes)
        if (std::ranges::find(type->attributes, one.name, &toxic_attribute::name) ==
            type->attributes.end())
            return wrong(fmt::format(
                "attributes: {} has no \"{}\"; it has {}", given.type, one.name,
                names_of(type->attributes)));
    for (const auto& one : type->as->parameters) {
        const auto row = std::ranges::find(type->attributes, one.name, &toxic_attribute::parameter);
        const auto said = std::ranges::find(given.attributes, row->name, &toxic::attribute::name);
        const auto value = value_of(*type, *row, said == given.attributes.end() ? 0 : said->value);
        if (!value) return std::unexpected(value.error());
        made.values.push_back(*value);
    }
    return made;
}

std::optional<toxic> to_toxic(const spec& fault) {
    const auto type = std::ranges::find(types(), fault.what, &toxic_type::as);
    if (type == types().end() || !fault.way || fault.when != trigger{}) return std::nullopt;
    toxic made;
    made.type = type->name;
    made.stream = *fault.way == direction::to_server ? "upstream" : "downstream";
    made.name = fault.name.empty() ? made.type + "_" + made.stream : fault.name;
    made.toxicity = fault.toxicity;
    for (const auto& row : type->attributes)
        made.attributes.push_back({std::string(row.name), fault.value(row.parameter) / row.factor});
    return made;
}

} // namespace helloscope::fault
