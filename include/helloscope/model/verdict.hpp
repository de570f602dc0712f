// What was concluded about a flow: one primary cause and the notes beside it, with the evidence.
// "Unknown" is a verdict; a guess is not. The rules that make one live in diagnose.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace helloscope::model {

// `confirmed` needs an intervention: the same on the same path succeeded with one thing changed,
// or a peer that said so itself (an alert, a refused connection).
enum class certainty : std::uint8_t { suspected, likely, confirmed };

struct evidence {
    std::string name; // a fact's name, "bytes_acked"
    std::string value;
    bool operator==(const evidence&) const = default;
};

// Something the user can do; `command` can be pasted and may be empty.
struct remedy {
    std::string who; // "client", "helloscope", "host", "network", "server"
    std::string text;
    std::string command;
    bool operator==(const remedy&) const = default;
};

struct note {
    std::string id;
    std::string text;
    bool operator==(const note&) const = default;
};

struct verdict {
    std::string id; // stable words: "server-silent"
    certainty how_sure = certainty::suspected;
    std::string summary;              // one plain sentence
    std::vector<evidence> facts;      // what speaks for it
    std::vector<std::string> others;  // ids that the facts do not rule out
    std::vector<std::string> missing; // what would settle it
    std::vector<remedy> remedies;
    std::vector<note> notes;
    bool operator==(const verdict&) const = default;
};

std::string_view to_string(certainty value); // "suspected"

} // namespace helloscope::model
