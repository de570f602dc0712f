// A plan while the steps work on it, one after the other.
#pragma once

#include "helloscope/shape/plan.hpp"

namespace helloscope::shape {

struct draft {
    bytes content;
    first_flight what;             // its places are kept right when the content changes
    std::vector<std::size_t> cuts; // offsets in the content where a write ends
    bool new_records = false;
    std::optional<pacing> between;
    std::vector<std::string> notes;

    bool is_hello() const { return what.is == first_flight::kind::hello; }
    // Where a byte of the handshake message stands in the content.
    std::size_t at(std::size_t message_offset) const;
};

// The coordinates that positions are said in.
enum class measured : std::uint8_t { in_content, in_message };

// Where the positions lie, in order, each once, and none at either end. What does not apply is
// noted, with the step's word.
std::vector<std::size_t> places_of(
    const positions& at, measured how, draft& of, std::string_view word);

} // namespace helloscope::shape
