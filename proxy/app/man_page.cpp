#include "man_page.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sstream>
#include <utility>

namespace helloscope::app {
namespace {

constexpr auto description = R"(.SH DESCRIPTION
helloscope is a forward proxy on your own machine.
It relays every byte unchanged, with TLS from end to end; it records each TLS
record, each handshake message and what the kernel knows of the path, and names
the cause when a handshake stalls or fails.
)";

constexpr auto configuration = R"(.SH CONFIGURATION
A flag that is not given is taken from the environment, else from a
configuration file, else it has its default.
A flag that excludes another one sets it aside when that comes from a weaker
source.
.PP
The file is TOML, with a table for each subcommand.
Its keys are the long flags without dashes.
Flags without a value are booleans, flags that may be repeated take one value or
an array, numbers stand bare and all other values in quotes:
.PP
.in +4n
.EX
[run]
threads = 2
idle\-timeout = 600
record\-file\-size = "16MiB"
resolve = ["registry.test:443:192.0.2.1"]
no\-report = true
.EE
.in
.PP
.B \-\-print\-config
prints what is in force as such a file, with the source of each value.
)";

constexpr auto rest = R"(.SH EXIT STATUS
.TP
.B 0
It did what it was asked for.
.TP
.B 2
Wrong usage, in a flag, a variable or the configuration file.
.TP
.B 3
It could not do it: the message says why.
.PP
.B helloscope run
with a
.I COMMAND
ends as the command did, with 128+N if signal N ended it; with 125 for a failure
of its own, 126 if the command cannot be executed and 127 if it is not found.
.SH ENVIRONMENT
.TP
.BI HELLOSCOPE_ SUBCOMMAND _ FLAG
The flag of that subcommand, in upper case and with _ for each dash:
HELLOSCOPE_RUN_RECORD_DETAIL, HELLOSCOPE_RUN_CONFIG.
A blank variable is as if it were not set.
Several values are separated by white space; a flag without a value takes true
or false.
.TP
.BR HTTPS_PROXY ", " HTTP_PROXY ", " ALL_PROXY ", " NO_PROXY
The parent proxies of
.B helloscope run
where
.B \-\-via
does not name others; also in lower case.
.TP
.B NO_COLOR
If it is not empty, no colours are written.
.TP
.BR XDG_CONFIG_HOME ", " XDG_STATE_HOME
Where the files below are if not in the home directory.
.SH FILES
.TP
.I \(ti/.config/helloscope/config.toml
The configuration, unless
.B \-\-config
names another one, or none.
.TP
.I \(ti/.local/state/helloscope/
Recordings of
.BR "helloscope run" .
)";

// Text as troff shows it: neither its escapes nor its control lines, and ASCII alone.
std::string roff(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else if (c == '~') {
            out += "\\(ti";
        } else if (c == '^') {
            out += "\\(ha";
        } else if (c == '\'') {
            out += "\\(aq";
        } else if (c == '.' && (at == 0 || text[at - 1] == '\n')) {
            out += "\\&.";
        } else if (c < 0x80) {
            out += text[at];
        } else { // well-formed UTF-8, being ours: a character of two, three or four bytes
            const int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
            std::uint32_t code = c & (0x3fU >> more);
            for (int i = 0; i < more; ++i)
                code = code << 6 | (static_cast<unsigned char>(text[++at]) & 0x3fU);
            out += fmt::format("\\[u{:04X}]", code);
        }
    }
    return out;
}

// Prose on lines of which mandoc approves; troff fills them anew.
std::string filled(const std::string& text) {
    std::istringstream words(text);
    std::string out, line;
    for (std::string word; words >> word;) {
        if (line.size() + word.size() > 70) out += roff(std::exchange(line, "")) + "\n";
        line += (line.empty() ? "" : " ") + word;
    }
    return out + roff(line) + "\n";
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string argument(const option_row& option) {
    std::string out = italic(option.key) + (option.repeatable ? " ..." : "");
    if (option.key == "COMMAND") out = "\\-\\- " + out;
    return option.option->get_required() ? out : "[" + out + "]";
}

std::string synopsis(const command_row& command) {
    std::string out = fmt::format(".B helloscope {}\n[\\fIoption\\fR ...]\n", command.name);
    for (const auto& option : command.options)
        if (option.flags.empty()) out += argument(option) + "\n";
    return out;
}

std::string entry(const option_row& option) {
    std::vector<std::string> names;
    for (const auto& flag : option.flags) names.push_back(bold(flag));
    if (option.flags.empty()) names.push_back(italic(option.key));
    std::string out = fmt::format(".TP\n{}", fmt::join(names, ", "));
    if (!option.flags.empty() && !option.type.empty()) {
        const auto value = italic(option.type);
        out += option.value_optional ? " [" + value + "]" : " " + value;
    }
    out += "\n" + filled(option.option->get_description() + ".");
    const auto standard = option.option->get_default_str();
    if (!standard.empty() && !option.flags.empty()) out += filled("Default: " + standard + ".");
    return out;
}

std::string_view without_name(std::string_view summary) {
    constexpr std::string_view name = "helloscope: ";
    return summary.substr(summary.starts_with(name) ? name.size() : 0);
}

// What a footer says besides its examples, and those: "Examples:" and indented lines.
struct footer_parts {
    std::string prose;
    std::vector<std::string> examples;
};

footer_parts parts_of(const std::string& footer) {
    footer_parts parts;
    std::istringstream lines(footer);
    bool in_examples = false;
    for (std::string line; std::getline(lines, line);) {
        if (line == "Examples:")
            in_examples = true;
        else if (in_examples && !line.empty())
            parts.examples.push_back(line.substr(line.find_first_not_of(' ')));
        else if (!line.empty())
            parts.prose += line + "\n";
    }
    return parts;
}

std::vector<std::string> groups_of(const command_row& command) {
    std::vector<std::string> groups;
    for (const auto& option : command.options)
        if (const auto& group = option.option->get_group();
            std::ranges::find(groups, group) == groups.end())
            groups.push_back(group);
    return groups;
}

std::string options(const command_row& command) {
    std::string out;
    for (const auto& group : groups_of(command)) {
        if (group != "Options") out += ".PP\n" + roff(group) + ":\n";
        for (const auto& option : command.options)
            if (option.option->get_group() == group) out += entry(option);
    }
    return out;
}

std::string section(const command_row& command) {
    std::string out = fmt::format(
        ".SS helloscope {}\n{}", roff(command.name), filled(command.summary + "."));
    out += options(command);
    if (const auto prose = parts_of(command.footer).prose; !prose.empty())
        out += ".PP\n" + filled(prose);
    return out;
}

std::string examples(std::span<const command_row> commands) {
    std::string out;
    for (const auto& command : commands)
        for (const auto& example : parts_of(command.footer).examples) out += roff(example) + "\n";
    return out.empty() ? "" : ".SH EXAMPLES\n.EX\n" + out + ".EE\n";
}

} // namespace

std::string man_page(std::span<const command_row> commands, std::string_view only) {
    const auto& program = commands.front();
    std::vector<command_row> shown;
    for (const auto& command : commands.subspan(1))
        if (only.empty() || command.name == only) shown.push_back(command);
    const std::string name = only.empty() ? "helloscope" : fmt::format("helloscope-{}", only);
    std::string title = roff(name);
    std::ranges::transform(title, title.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    const auto summary = only.empty() ? program.summary : shown.front().summary;
    std::string out = fmt::format(
        ".TH {4} 1 {1} \"helloscope {2}\" \"User Commands\"\n.SH NAME\n{0} \\- {3}\n.SH "
        "SYNOPSIS\n",
        roff(name), HELLOSCOPE_DATE, HELLOSCOPE_VERSION, roff(without_name(summary)), title);
    for (const auto& command : shown)
        out += (&command == shown.data() ? "" : ".PP\n") + synopsis(command);
    out += description;
    out += ".SH SUBCOMMANDS\n";
    for (const auto& command : shown) out += section(command);
    if (only.empty()) out += ".SS Options without a subcommand\n" + options(program);
    out += configuration;
    out += rest;
    return out + examples(shown);
}

} // namespace helloscope::app
