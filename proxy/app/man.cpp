// helloscope man: the manual page, as troff reads it.
#include "man_page.hpp"
#include "print.hpp"
#include "subcommand.hpp"
#include "values.hpp"

#include <memory>

namespace helloscope::app {

// Defined after the subcommands that it can be asked for.
action define_man(CLI::App& command) {
    const auto only = std::make_shared<std::string>();
    std::vector<std::string> names;
    if (command.get_parent() != nullptr)
        for (const auto& row : command_rows(*command.get_parent()))
            if (!row.name.empty() && row.name != command.get_name()) names.push_back(row.name);
    command.add_option("SUBCOMMAND", *only, "the page of this subcommand alone")
        ->check(one_of(names));
    command.footer("Examples:\n"
                   "  helloscope man | man -l -\n"
                   "  helloscope man run | man -l -");
    return [&command, only]() -> result<int> {
        const auto page = man_page(command_rows(*command.get_parent()), *only);
        if (const auto printed = print(page); !printed) return std::unexpected(printed.error());
        return ran;
    };
}

} // namespace helloscope::app
