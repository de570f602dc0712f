#include "toxics.hpp"

#include "fields.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::web {

namespace {

failure bad_body(std::string_view why) { return {fmt::format("bad request body: {}", why)}; }

// Over what the toxic has already.
std::optional<failure> read_attributes(fault::toxic& one, const json::value& body) {
    const auto* given = body.if_object();
    if (given == nullptr)
        return bad_body(
            fmt::format("\"attributes\": an object is expected, not {}", kind_of(body)));
    for (const auto& member : *given) {
        const std::string name(member.key().data(), member.key().size());
        boost::system::error_code none;
        const auto value = member.value().to_number<std::int64_t>(none);
        if (none)
            return bad_body(fmt::format(
                "\"{}\": a whole number is expected, not {}", name, write(member.value())));
        const auto old = std::ranges::find(one.attributes, name, &fault::toxic::attribute::name);
        if (old != one.attributes.end())
            old->value = value;
        else
            one.attributes.push_back({name, value});
    }
    return std::nullopt;
}

// As the fault that it is tells it: with every attribute.
result<fault::toxic> whole(const fault::toxic& one) {
    const auto made = parse_toxic(one);
    if (!made) return std::unexpected(bad_body(made.error().message));
    return to_toxic(*made).value();
}

std::optional<failure> read_changes(fault::toxic& one, const fields& given) {
    const auto* attributes = given.find("attributes");
    if (given.wrong()) return bad_body(given.wrong()->message);
    return attributes == nullptr ? std::nullopt : read_attributes(one, *attributes);
}

} // namespace

json::object to_json(const fault::toxic& one) {
    json::object attributes;
    for (const auto& [name, value] : one.attributes) attributes[name] = value;
    return {
        {"attributes", std::move(attributes)},
        {"name", one.name},
        {"type", one.type},
        {"stream", one.stream},
        {"toxicity", one.toxicity}};
}

result<fault::toxic> read_toxic(const json::value& body) {
    fault::toxic one;
    fields given(body);
    given.text("name", one.name);
    given.text("type", one.type);
    given.text("stream", one.stream);
    given.chance("toxicity", one.toxicity);
    if (auto wrong = read_changes(one, given)) return std::unexpected(std::move(*wrong));
    return whole(one);
}

result<fault::toxic> change_toxic(fault::toxic one, const json::value& body) {
    fields given(body);
    given.chance("toxicity", one.toxicity);
    if (auto wrong = read_changes(one, given)) return std::unexpected(std::move(*wrong));
    return whole(one);
}

std::vector<fault::toxic> toxics_among(std::span<const fault::spec> faults) {
    std::vector<fault::toxic> out;
    for (const auto& one : faults)
        if (auto toxic = to_toxic(one)) out.push_back(std::move(*toxic));
    std::ranges::stable_partition(
        out, [](const fault::toxic& one) { return one.stream == "upstream"; });
    return out;
}

} // namespace helloscope::web
