#include "fields.hpp"

#include <algorithm>
#include <fmt/ranges.h>

namespace helloscope::web {

namespace {

json::string_view key(std::string_view name) { return {name.data(), name.size()}; }

} // namespace

fields::fields(const json::value& of) : of_(of.if_object()) {
    if (of_ == nullptr) wrong_ = failure{fmt::format("an object is expected, not {}", kind_of(of))};
}

void fields::expect(std::string_view name, std::string_view what, const json::value& got) {
    if (wrong_) return;
    wrong_ = failure{fmt::format("\"{}\": {} is expected, not {}", name, what, write(got))};
}

const json::value* fields::find(std::string_view name) const {
    const auto* found = of_ == nullptr ? nullptr : of_->if_contains(key(name));
    return found == nullptr || found->is_null() ? nullptr : found;
}

void fields::text(std::string_view name, std::string& value) {
    const auto* found = find(name);
    if (found == nullptr) return;
    if (const auto* got = found->if_string())
        value.assign(got->data(), got->size());
    else
        expect(name, "a string", *found);
}

void fields::yes_or_no(std::string_view name, bool& value) {
    const auto* found = find(name);
    if (found == nullptr) return;
    if (const auto* got = found->if_bool())
        value = *got;
    else
        expect(name, "true or false", *found);
}

void fields::chance(std::string_view name, double& value) {
    const auto* found = find(name);
    if (found == nullptr) return;
    boost::system::error_code none;
    const auto got = found->to_number<double>(none);
    if (!none && got >= 0 && got <= 1)
        value = got;
    else
        expect(name, "a number from 0 to 1", *found);
}

void fields::count(std::string_view name, std::int64_t& value, std::int64_t most) {
    const auto* found = find(name);
    if (found == nullptr) return;
    boost::system::error_code none;
    const auto got = found->to_number<std::int64_t>(none);
    if (!none && got >= 0 && got <= most)
        value = got;
    else
        expect(name, fmt::format("a whole number from 0 to {}", most), *found);
}

void fields::texts(std::string_view name, std::vector<std::string>& value) {
    const auto* found = find(name);
    if (found == nullptr) return;
    std::vector<std::string> got;
    if (const auto* one = found->if_string()) got.emplace_back(one->data(), one->size());
    if (const auto* many = found->if_array())
        for (const auto& one : *many)
            if (const auto* text = one.if_string()) got.emplace_back(text->data(), text->size());
    const auto* many = found->if_array();
    if (found->is_string() || (many != nullptr && many->size() == got.size()))
        value = std::move(got);
    else
        expect(name, "a string or an array of strings", *found);
}

void fields::only(std::span<const std::string_view> known, std::string_view what) {
    if (of_ == nullptr || wrong_) return;
    for (const auto& member : *of_) {
        const std::string_view name(member.key().data(), member.key().size());
        if (std::ranges::find(known, name) != known.end()) continue;
        wrong_ = failure{
            fmt::format("{} has no \"{}\": there is {}", what, name, fmt::join(known, ", "))};
        return;
    }
}

} // namespace helloscope::web
