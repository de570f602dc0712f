#include "config_file.hpp"

#include "nearest.hpp"
#include "toml.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace helloscope::app {
namespace {

std::string_view name_of(toml::node_type type) {
    switch (type) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "an array";
    case toml::node_type::string: return "a string";
    case toml::node_type::integer: return "an integer";
    case toml::node_type::floating_point: return "a float";
    case toml::node_type::boolean: return "a boolean";
    case toml::node_type::date: return "a date";
    case toml::node_type::time: return "a time";
    case toml::node_type::date_time: return "a date and time";
    default: return "nothing";
    }
}

std::string expected(const option_row& option) {
    if (option.kind == value_kind::flag) return "true or false";
    if (option.kind == value_kind::count) return "true, false or how often";
    std::string one = option.kind == value_kind::number ? "a number" : "a string";
    if (!option.type.empty()) one += " (" + option.type + ")";
    if (option.repeatable) one += " or an array of them";
    return option.value_optional ? one + ", true or false" : one;
}

// toml++ sorts a table by its keys; errors are for people, who read from the top.
auto in_order(const toml::table& table) {
    std::vector<std::pair<const toml::key*, const toml::node*>> entries;
    for (const auto& [key, node] : table) entries.emplace_back(&key, &node);
    std::ranges::sort(entries, {}, [](const auto& entry) {
        const auto begin = entry.first->source().begin;
        return std::pair(begin.line, begin.column);
    });
    return entries;
}

// What a mistake in TOML usually is: a text without its quotes.
bool lacks_quotes(std::string_view toml, std::uint32_t line) {
    for (std::uint32_t skipped = 1; skipped < line; ++skipped)
        toml.remove_prefix(std::min(toml.find('\n'), toml.size() - 1) + 1);
    toml = toml.substr(0, toml.find('\n'));
    const auto value = toml.find_first_not_of(" \t", std::min(toml.find('='), toml.size() - 1) + 1);
    if (value == std::string_view::npos || value == 0) return false;
    const bool begins_bare = toml.find_first_of("\"'[{#=", value) != value;
    const auto bare = toml.substr(value, toml.find_first_of(" \t\r#", value) - value);
    return begins_bare && bare.find_first_not_of("0123456789+-._") != std::string_view::npos &&
           bare != "true" && bare != "false";
}

std::string words_of(const toml::parse_error& error, std::string_view toml) {
    constexpr std::string_view opening = "Error while parsing ";
    std::string words(error.description());
    if (words.starts_with(opening)) words.erase(0, opening.size());
    if (lacks_quotes(toml, error.source().begin.line)) words += " (text stands in quotes)";
    return words;
}

// Whether a boolean, or for a count a number, says that the option is on; nothing: it says a value.
std::optional<bool> is_on(const option_row& option, const toml::node& node) {
    const bool no_value = option.kind == value_kind::flag || option.kind == value_kind::count;
    const auto* on = node.as_boolean();
    if (on != nullptr && (no_value || option.value_optional)) return on->get();
    const auto* often = node.as_integer();
    if (often != nullptr && option.kind == value_kind::count && often->get() == 0) return false;
    return std::nullopt;
}

// One value as the command line would have it, or nothing when it is of another type.
std::optional<std::string> text_of(const option_row& option, const toml::node& node) {
    const auto* text = node.as_string();
    const auto* integer = node.as_integer();
    const auto* real = node.as_floating_point();
    switch (option.kind) {
    case value_kind::flag: break;
    case value_kind::count:
        if (integer != nullptr && integer->get() >= 0) return std::to_string(integer->get());
        break;
    case value_kind::number:
        if (integer != nullptr) return std::to_string(integer->get());
        if (real != nullptr) return fmt::format("{}", real->get());
        [[fallthrough]]; // "64MiB"
    case value_kind::text:
        if (text != nullptr) return text->get();
    }
    return std::nullopt;
}

class reader {
  public:
    reader(const config_text& text, std::span<const std::string> commands)
        : file_(text.file), commands_(commands) {}

    result<settings> read(
        const toml::table& root, const std::string& command,
        std::span<const option_row> options) const {
        settings found;
        for (const auto& [key, node] : in_order(root)) {
            if (const auto known = check_table(*key, *node); !known)
                return std::unexpected(known.error());
            if (node->is_array_of_tables()) {
                auto set = read_tables(*key, *node->as_array(), options);
                if (!set) return std::unexpected(set.error());
                if (*set) found.push_back(std::move(**set));
            }
            if (key->str() != command) continue;
            for (const auto& [name, value] : in_order(*node->as_table())) {
                auto set = read_key(*name, *value, command, options);
                if (!set) return std::unexpected(set.error());
                found.push_back(std::move(*set));
            }
        }
        return found;
    }

    std::string at(toml::source_position place) const { // line and column, from 1
        return fmt::format("{}:{}:{}: ", file_, place.line, place.column);
    }

  private:
    std::unexpected<failure> wrong(toml::source_position place, std::string_view what) const {
        return std::unexpected(failure{at(place) + std::string(what)});
    }

    result<void> check_table(const toml::key& key, const toml::node& node) const {
        const std::string name(key.str());
        const auto place = key.source().begin;
        const bool known = std::ranges::find(commands_, name) != commands_.end();
        if (known && node.is_table()) return {};
        if (name == worded && node.is_array_of_tables()) return {};
        if (name == worded)
            return wrong(place, fmt::format("{0}: expected [[{0}]], once a {0}", worded));
        if (known)
            return wrong(
                node.source().begin,
                fmt::format("{}: expected a table, found {}", name, name_of(node.type())));
        if (!node.is_table() && !node.is_array_of_tables())
            return wrong(
                place, fmt::format(
                           "'{}' is in no table: keys stand below one of [{}]", name,
                           fmt::join(commands_, "], [")));
        const auto near = nearest(name, commands_);
        return wrong(
            place, near ? fmt::format("unknown table [{}]; did you mean [{}]?", name, *near)
                        : fmt::format(
                              "unknown table [{}]: expected one of [{}]", name,
                              fmt::join(commands_, "], [")));
    }

    // Of [[route]] tables, where `options` has that option.
    result<std::optional<setting>> read_tables(
        const toml::key& key, const toml::array& tables,
        std::span<const option_row> options) const {
        const auto row = std::ranges::find(options, key.str(), &option_row::key);
        if (row == options.end()) return std::nullopt;
        const auto place = key.source().begin;
        setting set{row->option, row->key, at(place), fmt::format("{}:{}", file_, place.line), {}};
        for (const auto& table : tables) {
            auto text = words_of_table(*row, *table.as_table());
            if (!text) return std::unexpected(text.error());
            set.values.push_back({std::move(*text), at(table.source().begin)});
        }
        return set;
    }

    // Each word is checked where it stands; what they are together, later.
    result<std::string> words_of_table(const option_row& option, const toml::table& table) const {
        std::string text;
        for (const auto& [key, node] : in_order(table)) {
            const auto* list = node->as_array();
            const auto count = list != nullptr ? list->size() : 1;
            for (std::size_t i = 0; i < count; ++i) {
                const auto& one = list != nullptr ? *list->get(i) : *node;
                const auto place = one.source().begin;
                auto word = word_of(key->str(), one);
                if (!word)
                    return wrong(
                        place, fmt::format(
                                   "{}: expected a string, a number or true or false, found {}",
                                   key->str(), name_of(one.type())));
                auto checked = *word;
                if (const auto complaint = complaint_of(*option.option, checked);
                    !complaint.empty())
                    return wrong(list != nullptr ? place : key->source().begin, complaint);
                text += (text.empty() ? "" : " ") + *word;
            }
        }
        return text;
    }

    static std::optional<std::string> word_of(std::string_view key, const toml::node& node) {
        std::string value;
        if (const auto* text = node.as_string())
            value = text->get();
        else if (const auto* number = node.as_integer())
            value = std::to_string(number->get());
        else if (const auto* on = node.as_boolean())
            value = on->get() ? "on" : "off";
        else
            return std::nullopt;
        const char quote = value.find('\'') == std::string::npos ? '\'' : '"';
        return fmt::format("{}={}{}{}", key, quote, value, quote);
    }

    result<setting> read_key(
        const toml::key& key, const toml::node& node, const std::string& command,
        std::span<const option_row> options) const {
        const std::string name(key.str());
        const auto place = key.source().begin;
        const auto row = std::ranges::find(options, name, &option_row::key);
        if (row == options.end()) return unknown_key(key, command, options);
        setting set{row->option, name, at(place), fmt::format("{}:{}", file_, place.line), {}};
        auto values = read_values(*row, node);
        if (!values) return std::unexpected(values.error());
        set.values = std::move(*values);
        return set;
    }

    std::unexpected<failure> unknown_key(
        const toml::key& key, const std::string& command,
        std::span<const option_row> options) const {
        std::vector<std::string> known;
        for (const auto& row : options) known.push_back(row.key);
        const auto near = nearest(key.str(), known);
        return wrong(
            key.source().begin,
            fmt::format(
                "unknown key '{}' in [{}]{}", key.str(), command,
                near ? fmt::format("; did you mean '{}'?", *near)
                     : fmt::format(": helloscope {} --help has them", command)));
    }

    result<std::vector<setting::value>> read_values(
        const option_row& option, const toml::node& node) const {
        std::vector<setting::value> values;
        const auto begin = node.source().begin;
        const auto* array = node.as_array();
        if (const auto on = is_on(option, node)) {
            if (*on) values.push_back({option.option->get_flag_value(option.key, ""), at(begin)});
        } else if (array != nullptr && option.repeatable) {
            if (array->empty())
                return wrong(begin, option.key + ": expected a value, found an empty array");
            for (const auto& element : *array)
                if (const auto added = add(option, element, values); !added)
                    return std::unexpected(added.error());
        } else if (const auto added = add(option, node, values); !added) {
            return std::unexpected(added.error());
        }
        return values;
    }

    result<void> add(
        const option_row& option, const toml::node& node,
        std::vector<setting::value>& values) const {
        const auto begin = node.source().begin;
        auto text = text_of(option, node);
        if (!text)
            return wrong(
                begin, fmt::format(
                           "{}: expected {}, found {}", option.key, expected(option),
                           name_of(node.type())));
        values.push_back({std::move(*text), at(begin)});
        return {};
    }

    static constexpr std::string_view worded = "route";
    const std::string& file_;
    std::span<const std::string> commands_;
};

} // namespace

result<settings> read_config_text(
    const config_text& text, const std::string& command, std::span<const option_row> options,
    std::span<const std::string> commands) {
    const reader reader(text, commands);
    const auto parsed = toml::parse(std::string_view(text.toml), std::string_view(text.file));
    if (!parsed)
        return std::unexpected(failure{
            reader.at(parsed.error().source().begin) + words_of(parsed.error(), text.toml)});
    return reader.read(parsed.table(), command, options);
}

} // namespace helloscope::app
