#include "print_config.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <sstream>

namespace helloscope::app {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string toml_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (is_control(c))
            out += fmt::format("\\u{:04x}", static_cast<int>(c));
        else
            out += c;
    }
    return out + '"';
}

// As TOML writes numbers: neither .5 nor 007.
bool is_number(std::string_view text) {
    constexpr auto digits = "0123456789";
    const auto point = std::min(text.find('.'), text.size());
    const auto whole = text.substr(0, point);
    const auto fraction = text.substr(std::min(point + 1, text.size()));
    const auto all_digits = [](std::string_view part) {
        return !part.empty() && part.size() < 18 &&
               part.find_first_not_of(digits) == std::string_view::npos;
    };
    return all_digits(whole) && (whole == "0" || whole[0] != '0') &&
           (point == text.size() || all_digits(fraction));
}

// user:password@ before the host of a URL. The only other @ is that of ADDRESS:PORT.
bool mask(const option_row& option, std::string& url) {
    const auto scheme = url.find("://");
    if (scheme == std::string::npos && option.type != "URL") return false;
    const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
    const auto end = url.rfind('@');
    if (end == std::string::npos || end < begin) return false;
    url.replace(begin, end - begin, "***:***");
    return true;
}

struct shown {
    std::vector<std::string> values;
    bool masked = false;
};

std::string toml_of(const option_row& option, const shown& what) {
    const auto left_out = [&] { return option.option->get_flag_value(option.key, ""); };
    if (option.value_optional && what.values == std::vector{left_out()}) return "true";
    std::vector<std::string> texts;
    for (const auto& value : what.values) {
        const bool bare = option.kind == value_kind::number && is_number(value);
        texts.push_back(bare ? value : toml_string(value));
    }
    return option.repeatable ? fmt::format("[{}]", fmt::join(texts, ", ")) : texts.front();
}

class printer {
  public:
    printer(CLI::App& command, const effective_settings& from) : command_(command), from_(from) {}

    std::string text() {
        out_ = fmt::format(
            "# What helloscope {0} uses, and where it is from; --config FILE reads it.\n[{0}]\n",
            command_.get_name());
        for (const auto& group : command_.get_groups()) add_group(group);
        return std::move(out_);
    }

  private:
    void add_group(const std::string& group) {
        auto options = configurable_rows(command_);
        std::erase_if(options, [&](auto& row) { return row.option->get_group() != group; });
        if (!options.empty() && group != "Options") out_ += fmt::format("\n# {}\n", group);
        for (const auto& option : options) add(option);
    }

    void add(const option_row& option) {
        const auto origin = from_.origins.find(option.option);
        const bool is_set = origin != from_.origins.end();
        const auto comment = is_set ? origin->second : "default" + why_not(option);
        if (option.kind == value_kind::flag || option.kind == value_kind::count)
            return add_line(option, in_force(option), comment);
        if (option.option->count() == 0) return add_default(option, comment);
        shown what{option.option->results()};
        for (auto& value : what.values) what.masked |= mask(option, value);
        add_line(
            option, toml_of(option, what),
            comment + (what.masked ? "; user and password are not shown" : ""));
    }

    void add_line(const option_row& option, std::string_view value, std::string comment) {
        std::ranges::replace_if(comment, is_control, '?'); // the name of a file may hold anything
        out_ += fmt::format("{} = {}  # {}\n", option.key, value, comment);
    }

    // A default that would not be read back beside what is set is a comment, and so is none.
    void add_default(const option_row& option, const std::string& comment) {
        const shown what{defaults_of(option)};
        if (what.values.empty()) {
            out_ += fmt::format(
                "# {}: not set{}; it takes {}\n", option.key, why_not(option), option.type);
            return;
        }
        if (!stands(option)) out_ += "# ";
        add_line(option, toml_of(option, what), comment);
    }

    static std::string in_force(const option_row& option) {
        std::int64_t count = 0;
        for (const auto& text : option.option->results()) count += CLI::detail::to_flag_value(text);
        if (option.kind == value_kind::count)
            return std::to_string(std::max(count, std::int64_t{0}));
        return count > 0 ? "true" : "false";
    }

    // The default of an option whose value may be left out is that of its value, not its own.
    static std::vector<std::string> defaults_of(const option_row& option) {
        std::string text = option.option->get_default_str();
        if (text.empty() || option.value_optional) return {};
        if (!option.repeatable) { // in the form in which it is read back, if it is a value at all
            if (!complaint_of(*option.option, text).empty()) return {};
            return {text};
        }
        std::istringstream words(text);
        return {std::istream_iterator<std::string>(words), {}};
    }

    static bool stands(const option_row& option) {
        const auto is_given = [](const CLI::Option* other) { return other->count() > 0; };
        return std::ranges::none_of(option.option->get_excludes(), is_given) &&
               std::ranges::all_of(option.option->get_needs(), is_given);
    }

    std::string why_not(const option_row& option) const {
        const auto set_aside = from_.set_aside.find(option.option);
        return set_aside == from_.set_aside.end() ? "" : ", set aside for " + set_aside->second;
    }

    CLI::App& command_;
    const effective_settings& from_;
    std::string out_;
};

} // namespace

std::string print_config(CLI::App& command, const effective_settings& from) {
    return printer(command, from).text();
}

} // namespace helloscope::app
