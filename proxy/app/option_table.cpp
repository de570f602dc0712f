#include "option_table.hpp"

#include "values.hpp"

namespace helloscope::app {
namespace {

value_kind kind_of(CLI::Option& option) {
    if (option.get_items_expected_max() > 0)
        return takes_numbers(option) ? value_kind::number : value_kind::text;
    const bool counted = option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
    return counted ? value_kind::count : value_kind::flag;
}

option_row row_of(CLI::Option& option) {
    option_row row;
    row.option = &option;
    for (const auto& name : option.get_snames()) row.flags.push_back("-" + name);
    for (const auto& name : option.get_lnames()) row.flags.push_back("--" + name);
    row.key = option.get_single_name();
    row.kind = kind_of(option);
    if (row.kind == value_kind::number || row.kind == value_kind::text) {
        row.repeatable = option.get_items_expected_max() > 1;
        row.value_optional = option.get_items_expected_min() == 0;
        row.type = row.flags.empty() ? row.key : option.get_type_name();
    }
    row.choices = choices_of(option);
    return row;
}

command_row row_of(CLI::App& command) {
    command_row row;
    if (command.get_parent() != nullptr) row.name = command.get_name();
    row.summary = command.get_description();
    row.footer = command.get_footer();
    row.options = option_rows(command);
    std::erase_if(row.options, [](const auto& it) { return it.option->get_group().empty(); });
    return row;
}

} // namespace

std::vector<option_row> option_rows(CLI::App& command) {
    std::vector<option_row> rows;
    for (CLI::Option* option : command.get_options()) rows.push_back(row_of(*option));
    return rows;
}

std::vector<command_row> command_rows(CLI::App& root) {
    std::vector<command_row> rows{row_of(root)};
    for (CLI::App* command : root.get_subcommands([](CLI::App*) { return true; }))
        rows.push_back(row_of(*command));
    return rows;
}

std::vector<option_row> configurable_rows(CLI::App& command) {
    auto rows = option_rows(command);
    std::erase_if(rows, [](const auto& row) {
        return row.option->get_lnames().empty() || !row.option->get_configurable();
    });
    return rows;
}

std::string complaint_of(CLI::Option& option, std::string& value) {
    if (value.empty() && option.get_expected_min() == 0) return ""; // it may be left out
    try {
        for (int index = 0;; ++index)
            if (auto wrong = (*option.get_validator(index))(value); !wrong.empty()) return wrong;
    } catch (const CLI::OptionNotFound&) { // the only sign of the last check
        return "";
    }
}

std::string variable_of(std::string_view command, std::string_view key) {
    std::string name = "HELLOSCOPE_";
    name.append(command).append("_").append(key);
    for (char& c : name) {
        if (c == '-') c = '_';
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return name;
}

} // namespace helloscope::app
